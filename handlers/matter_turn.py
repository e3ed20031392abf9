"""What every step about one matter shares: find it for this person, act on it, and show what stands now."""

from __future__ import annotations

from desk import standing
from desk.deed import Deed
from desk.filing import Upload
from desk.refusals import NoSuchMatter
from desk.rules.life import Act, Role
from desk.views import Matter
from handlers.turn import Turn


async def matter_of(turn: Turn, matter_id: int | None = None) -> tuple[Matter, frozenset[Role]]:
    """The matter of the pressed button and this person's roles in it.

    Raises:
        NoSuchMatter: there is none, or it is none of theirs; both answer alike.
    """
    matter = await turn.desk.views.matter(matter_id or turn.subject)
    roles = standing.roles(turn.person, matter) if matter else frozenset()
    if matter is None or not roles:
        raise NoSuchMatter
    return matter, roles


async def respond(
    turn: Turn, act: Act, *, matter_id: int | None = None, words: str = "", rating: int | None = None, office: str = ""
) -> None:
    """Act on the matter. The cards change by themselves; whoever acted hears one short word."""
    matter, roles = await matter_of(turn, matter_id)
    uploads = [Upload(a.kind, a.file_id, a.name, a.size, a.album) for a in turn.incoming.attachments]
    deed = Deed(words, uploads, rating, office)
    await turn.desk.matters.act(matter, act, turn.person, roles, deed)
    turn.toast(f"done.{act.value}", number=matter.number)
