"""The roster file's blocks: staff and their posts, cardholders, projects, teams, the three ones, absences."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from desk.imports.cells import card_number
from desk.imports.forms import MOST_SIGNS_OF_A_CARD
from desk.rules.reasons import Reason, because
from sheets import Bilingual, Day, Form, Id, Text, wrong

Role = Literal["leader", "liaison", "head", "handler", "run_team", "dispatcher", "editor", "admin", "auditor"]
CardText = Annotated[Text, StringConstraints(max_length=MOST_SIGNS_OF_A_CARD)]
Phone = Annotated[str, StringConstraints(pattern=r"^1[3-9]\d{9}$")]


class PostEntry(Form):
    """A post: an office, a role, who stands in, and for a liaison the leader they act for."""

    office: Id
    role: Role
    title: Bilingual | None = None
    deputy: Id | None = None
    acts_for: Id | None = None


class StaffEntry(Form):
    """Somebody who works for the district. `chat` is their phone in the demo."""

    id: Id
    name: Text
    posts: tuple[PostEntry, ...] = Field(min_length=1)
    phone: Phone | None = None
    chat: Id | None = None


class CardEntry(Form):
    """A talent card; no last day: it has no end yet."""

    number: Annotated[CardText, AfterValidator(card_number)]
    tier: CardText
    valid_from: Day | None = None
    valid_to: Day | None = None
    status: Literal["active", "lost", "revoked"] = "active"


class CardholderEntry(Form):
    """Somebody with a talent card."""

    id: Id
    name: Text
    card: CardEntry
    phone: Phone | None = None
    chat: Id | None = None


class GroupEntry(Form):
    """A project or a team, and the cardholders who belong to it."""

    id: Id
    name: Bilingual
    members: tuple[Id, ...] = ()


class _Dated(Form):
    since: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _begins_first(self) -> _Dated:
        if self.until is not None and self.until < self.since:
            raise wrong("roster.ends_before_it_begins")
        return self


class LeaderLink(_Dated):
    """A district leader linked to a cardholder."""

    cardholder: Id
    staff: Id


class DepartmentLink(_Dated):
    """A department paired with a project."""

    project: Id
    office: Id


class RunTeamLink(_Dated):
    """A run-team member who follows a team."""

    team: Id
    staff: Id


class LinkEntries(Form):
    """The three ones."""

    leader: tuple[LeaderLink, ...] = ()
    department: tuple[DepartmentLink, ...] = ()
    run_team: tuple[RunTeamLink, ...] = ()


class AbsenceEntry(Form):
    """Days away, first and last included, and who stands in (the post's own deputy when not named)."""

    staff: Id
    first: Day
    last: Day
    deputy: Id | None = None

    @model_validator(mode="after")
    def _begins_first(self) -> AbsenceEntry:
        if self.last < self.first:
            raise wrong("roster.ends_before_it_begins")
        return self


class RosterFile(Form):
    """Everybody the service is to know."""

    staff: tuple[StaffEntry, ...] = Field(min_length=1)
    cardholders: tuple[CardholderEntry, ...] = ()
    projects: tuple[GroupEntry, ...] = ()
    teams: tuple[GroupEntry, ...] = ()
    links: LinkEntries = LinkEntries()
    absences: tuple[AbsenceEntry, ...] = ()

    def missing_links(self) -> list[Reason]:
        """Projects without a department and teams without a run-team member: what an operator has to be told."""
        paired = {link.project for link in self.links.department}
        followed = {link.team for link in self.links.run_team}
        found = [because("roster.project_alone", id=each.id) for each in self.projects if each.id not in paired]
        return found + [because("roster.team_alone", id=each.id) for each in self.teams if each.id not in followed]
