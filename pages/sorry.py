"""A refusal as a page says it: to whoever reads it, who may be the one it speaks of, and with what they can do next.

The chat's own sentences name its commands; where these are of no use on a page, it has sentences of its own.
"""

from __future__ import annotations

from desk.people import Person
from desk.refusals import Refused
from words import Speaker

_HERE = {
    "refused.no_such_thing": "page.nowhere",
    "refused.no_matter": "page.no_matter",
    "refused.not_yours": "page.not_yours",
    "filing.need_card": "page.need_card",
    "card.expired_sorry": "page.card_expired",
    "visits.not_yours": "page.not_your_team",
}


def sorry(say: Speaker, refusal: Refused, person: Person | None) -> str:
    """The sentence for this reader."""
    key = refusal.told(person.id if person else None)
    return say.plain(_HERE.get(key, key), **refusal.values)
