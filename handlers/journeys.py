"""Everything people can do here, in order of precedence: a new journey is one more name in `FEATURES`."""

from __future__ import annotations

from handlers import (
    acts,
    ask,
    away,
    behalf,
    binding,
    browse,
    card,
    consent,
    contacts,
    conversation,
    do,
    dry_run,
    faq_admin,
    faq_admin_forms,
    faq_admin_new,
    faq_admin_previews,
    filing,
    handling,
    invite,
    materials,
    mine,
    misses,
    privacy,
    roster,
    start,
    stats,
    try_faq,
    visits,
)
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    start.feature,
    consent.feature({filing.JOURNEY: filing.resume, behalf.CONFIRMING: behalf.resume, binding.JOURNEY: binding.resume}),
    binding.feature,
    card.feature,
    invite.feature,
    filing.feature,
    mine.feature,
    handling.feature,
    acts.feature,
    materials.feature,
    away.feature,
    behalf.feature,
    do.feature,
    dry_run.feature,
    conversation.feature,
    stats.feature,
    visits.feature,
    faq_admin.feature,
    roster.feature,
    privacy.feature,
    contacts.feature,
    browse.feature,
    faq_admin_forms.feature,
    faq_admin_new.feature,
    faq_admin_previews.feature,
    misses.feature,
    try_faq.feature,
    ask.feature,
)

ACTIONS: tuple[str, ...] = tuple(name for feature in FEATURES for name in feature.presses)
"""Every action a button can ask for."""
