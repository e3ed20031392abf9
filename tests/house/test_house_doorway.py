"""In relay minimal every step is either harmless in a chat or leads to the office's own pages; none is undecided."""

from __future__ import annotations

import argparse
from string import Formatter

import pytest

from bot.commands import run
from bot.settings import Settings, SettingsError, load
from handlers import brief, doorway
from handlers.journeys import ACTIONS, FEATURES
from words import Words

_NAMED = """
    start.cancel language.choose language.set consent.yes consent.apart consent.no page.open binding.by_card
    binding.by_request binding.accept card.show card.settings card.lost
    card.unbind contacts.show invite.offices invite.office invite.person invite.cardholder mine.list
    mine.card inbox.open act.urge act.withdraw act.confirm act.accept act.grant act.rate act.step_take act.escalate
    act.dispatch handling.to_office away.deputy away.leaf away.yes away.back stats.change stats.picture stats.workbook
    visits.list visits.plan visits.on faq_admin.home faq_admin.leave faq_admin.entry faq_admin.files
    faq_admin.file faq_admin.answer faq_admin.add faq_admin.lines faq_admin.remove faq_admin.teach
    faq_admin.new faq_admin.pick faq_admin.history faq_admin.version faq_admin.publish faq_admin.drop
    faq_admin.again roster.template roster.apply roster.discard roster.undo privacy.show privacy.forget
    browse.topics browse.topic browse.entry ask.choose ask.none ask.rate ask.related misses.ask misses.show
    misses.teach misses.other misses.off_topic misses.ignore faq_reviews.reviewed
    second.yes second.no announce.show announce.send announce.drop announce.wants announce.to announce.by announce.whom
    audit.page invite.leaves invite.silent result.solved
"""
HARMLESS = frozenset(_NAMED.split())
"""Buttons that neither show nor take what belongs to a matter: a new one has to be put here or into `doorway`."""

FORMS = {"binding", "invite_card", "away", "visits.plan", "faq_admin.search", "faq_admin.answer", "faq_admin.phrasings"}
FORMS |= {"faq_admin.new", "announce", "audit", "consent"}


def test_every_button_is_decided() -> None:
    assert set(ACTIONS) - set(doorway.PRESSES) - HARMLESS == set()
    assert set(doorway.PRESSES) <= set(ACTIONS)


def test_every_form_is_decided() -> None:
    listening = {name for feature in FEATURES for name in feature.listens}
    assert listening - doorway.LISTENS - FORMS == set()
    assert listening >= doorway.LISTENS


def test_no_sentence_about_a_matter_has_room_for_content() -> None:
    for book in Words.load().catalogues.values():
        about = [key for key in book.texts if key.startswith(("news.", "late."))]
        assert len(about) > 40
        said = {key: book.texts.get(f"brief.{key}", book.texts[key]) for key in about}
        wanted = {key: {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}
                  for key, forms in said.items()}  # fmt: skip
        assert {key: names - brief.TOLD for key, names in wanted.items() if names - brief.TOLD} == {}


async def test_run_wants_one_of_the_two_in_so_many_words() -> None:
    settings = Settings(_env_file=None, token="123456789:a-token-that-opens-nothing")
    with pytest.raises(SettingsError, match="DESK_RELAY: missing"):
        await run.run(settings, argparse.Namespace())


def test_minimal_wants_an_address_that_nobody_can_read_along() -> None:
    with pytest.raises(SettingsError, match="page_url: missing"):
        load(_env_file=None, relay="minimal")
    with pytest.raises(SettingsError, match="page_url: begins with https"):
        load(_env_file=None, relay="minimal", page_url="http://desk.example")
    assert load(_env_file=None, relay="minimal", page_url="https://desk.example/").pages == "https://desk.example"
    assert load(_env_file=None, relay="full", page_url="https://desk.example/").pages == ""
