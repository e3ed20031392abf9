"""A preview in words, the same on the command line and in the chat: what changes, and what the office should know."""

from __future__ import annotations

from collections.abc import Iterator

from desk.imports.forms import FORM
from desk.imports.plan import Change, Plan
from desk.imports.reading import Reading
from words import Listed, Speaker

MOST_EXAMPLES = 8


def preview(plan: Plan, reading: Reading, say: Speaker, *, names: bool = False) -> list[str]:
    """Plain lines: rows refused, or what would change; with `names`, who never pressed Start, else their number."""
    if reading.slips:
        return list(refusals(reading, say))
    by_name = [say.plain("roster.silent_names", names=Listed(plan.silent))] if names and plan.silent else []
    return [*_counts(plan, say), *_examples(plan, say), *warnings(plan, say), *by_name]


def refusals(reading: Reading, say: Speaker) -> Iterator[str]:
    """Every slip with its place, after a line that says how many."""
    yield say.plain("roster.refused_rows", n=len(reading.slips))
    yield from (f"· {slip.say(say)}" for slip in reading.slips)


def _counts(plan: Plan, say: Speaker) -> Iterator[str]:
    for sheet, counts in plan.counts().items():
        yield say.plain("roster.counts", sheet=FORM[sheet].name, **counts)
    if not plan.changes:
        yield say.plain("roster.no_changes")


def _examples(plan: Plan, say: Speaker) -> Iterator[str]:
    """Removals and changes first: they are what goes wrong unnoticed. No phone number is shown."""
    ranked = sorted(plan.changes, key=lambda change: ("removed", "changed", "added").index(change.kind))
    for change in ranked[:MOST_EXAMPLES]:
        yield f"· {say.plain(f'roster.example_{change.kind}', **_values(change, say))}"
    if len(ranked) > MOST_EXAMPLES:
        yield say.plain("roster.and_more", n=len(ranked) - MOST_EXAMPLES)


def _values(change: Change, say: Speaker) -> dict[str, object]:
    form = FORM[change.sheet]
    row = change.after or change.before or {}
    who = row.get("name") or row.get("name_zh") or row.get("subject") or row.get("staff") or change.key
    return {"sheet": form.name, "who": who, "fields": Listed(form.column(field).name for field in change.fields)}


def warnings(plan: Plan, say: Speaker) -> Iterator[str]:
    """What the office should know of the roster as it would be."""
    if plan.moving:
        pairs = [say.plain("roster.moving_pair", who=who, n=n) for who, n in plan.moving[:20]]
        yield say.plain("roster.moving", n=sum(n for _who, n in plan.moving), pairs=Listed(pairs))
    if plan.unlinked:
        pairs = [say.plain("roster.unlinked_pair", who=who, about=about) for who, about in plan.unlinked[:20]]
        yield say.plain("roster.unlinked", n=len(plan.unlinked), pairs=Listed(pairs))
    if plan.alone:
        names = [f"{FORM[sheet].name.of(say.language)} {key}" for sheet, key in plan.alone[:20]]
        yield say.plain("roster.alone", n=len(plan.alone), names=Listed(names))
    if plan.deputyless:
        yield say.plain("roster.deputyless", n=len(plan.deputyless), offices=Listed(plan.deputyless))
    if plan.silent:
        yield say.plain("roster.silent", n=len(plan.silent))
    counts = plan.counts()
    if sum(each["removed"] for each in counts.values()) > max(5, len(plan.changes) // 2):
        yield say.plain("roster.many_removed")
