"""Everything people can do here, in order of precedence: a new journey is one more name in `FEATURES`."""

from __future__ import annotations

from handlers import (
    acts,
    ask,
    away,
    browse,
    consent,
    contacts,
    conversation,
    do,
    filing,
    handling,
    materials,
    mine,
    roster,
    start,
    stats,
    visits,
)
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    start.feature,
    consent.feature({filing.JOURNEY: filing.resume}),
    filing.feature,
    mine.feature,
    handling.feature,
    acts.feature,
    materials.feature,
    away.feature,
    do.feature,
    conversation.feature,
    stats.feature,
    visits.feature,
    roster.feature,
    contacts.feature,
    browse.feature,
    ask.feature,
)

ACTIONS: tuple[str, ...] = tuple(name for feature in FEATURES for name in feature.presses)
"""Every action a button can ask for."""
