"""Filing a key small matter: the cardholder says what, we say who handles it and by when.

For cardholders. One question at a time; back, skip and cancel everywhere; a policy question in the middle is answered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desk import standing
from desk.catalogue import Category
from desk.filing import CATEGORY, CONCERN, Filing
from desk.people import Person
from desk.refusals import Refused
from desk.rules.authority import Power
from handlers import ask, consent, conversation, filing_form, filing_words, half_done, labels
from handlers.admission import admit, no_card
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn

JOURNEY = filing_form.JOURNEY
TWO_TAPS = timedelta(seconds=10)
"""A second press within this is a slip of the thumb; a later one asks for what is further up by now."""


@needs(Power.NEW_MATTER)
async def new(turn: Turn) -> None:
    """Begin with an empty form; one that is half done is offered first."""
    if not await half_done.asked_first(turn, turn.button("half_done.afresh", "filing.afresh")):
        await _begin(turn, Filing())


@needs(Power.NEW_MATTER)
async def afresh(turn: Turn) -> None:
    """The half-done form is not wanted any more; begin where they meant to."""
    await turn.desk.drafts.drop(turn.person)
    await (from_question.run(turn) if turn.subject else new.run(turn))


@needs(Power.NEW_MATTER)
async def from_question(turn: Turn) -> None:
    """Begin from an answer or from a question nobody could answer: its words and the guessed category come along."""
    if turn.pressed.action == "filing.from_question":
        turn.answer_below()  # the policy can still be read while the form is filled in
        if await _just_begun(turn):
            turn.toast("filing.below")
            return
    again = turn.button("half_done.afresh", "filing.afresh", turn.subject, turn.arg)
    if await half_done.asked_first(turn, again):
        return
    asked = await turn.desk.questions.get(turn.subject, turn.person)
    category = labels.category_of(turn, turn.arg)
    await _begin(
        turn,
        Filing(
            words=asked.text if asked else "",
            question=asked.id if asked else None,
            guess=category.id if category else None,
        ),
        chosen=category,
    )


@needs(Power.NEW_MATTER)
async def from_waiting(turn: Turn) -> None:
    """Words that waited for their matter are a new one; the files sent with them come along."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.waiting is None:
        turn.toast("talk.gone", alert=True)
        return
    if draft.aside is not None and turn.arg:  # the form beside them is not wanted any more
        await turn.desk.drafts.drop(turn.person)
    elif await half_done.asked_first(turn, turn.button("half_done.afresh", "talk.new", arg=1)):
        return
    words, uploads = conversation.kept(draft.waiting)
    await turn.desk.drafts.settle_waiting(turn.person)
    turn.incoming = replace(turn.incoming, text=words)
    await _begin(turn, Filing(words=words, uploads=tuple(uploads), guess=await ask.category_of(turn)))


async def resume(turn: Turn) -> None:
    """Go on after the consent that this form had to wait for."""
    form = Filing.from_state(turn.wish)
    await _begin(turn, form, chosen=turn.services.house.catalogue.get(form.category) if form.category else None)


@needs(Power.FILL_IN)
async def choose_category(turn: Turn) -> None:
    """The category was picked; what it changes of the form is forgotten, what still fits is kept."""
    form = await filing_form.open_form(turn)
    category = labels.category_of(turn, turn.arg)
    if category is None:
        raise Refused("filing.category_gone")
    kept = form.answers if form.category == category.id else {}
    form = replace(form, at=CATEGORY, category=category.id, guess=category.id, answers=kept, given=False)
    if await _sensitive(turn, form, category):
        await filing_form.go_on(turn, form)


@needs(Power.FILL_IN)
async def choose_concern(turn: Turn) -> None:
    """It concerns them, a project or a team of theirs."""
    form = await filing_form.open_form(turn)
    concerns = await filing_form.concerns(turn, form)
    await filing_form.go_on(turn, replace(form, at=CONCERN, concern=concerns[turn.arg % len(concerns)]))


@needs(Power.FILL_IN)
async def leaf(turn: Turn) -> None:
    """Further on in the list of what it can concern."""
    form = await filing_form.open_form(turn)
    if form.at != CONCERN:
        raise Refused("filing.moved_on")
    await filing_form.show(turn, form)


@needs(Power.FILL_IN)
async def choose_option(turn: Turn) -> None:
    """One of a question's choices was pressed; a second tap, or a button of an earlier question, answers no other."""
    form = await filing_form.open_form(turn)
    question = filing_form.question_at(turn, form)
    if question is None or turn.subject != filing_form.asked(form, question):
        turn.toast("filing.moved_on")
        return
    choice = question.choices[turn.arg % len(question.choices)]
    await filing_form.go_on(turn, replace(form.with_answer(question, choice.of(turn.say.language)), at=question.id))


@needs(Power.FILL_IN)
async def skip(turn: Turn) -> None:
    """Leave this question unanswered, where that is allowed."""
    form = await filing_form.open_form(turn)
    if turn.subject != await filing_form.place(turn, form):
        raise Refused("filing.moved_on")
    question = filing_form.question_at(turn, form)
    if question is not None and not question.optional:
        raise Refused("filing.needed")
    await filing_form.go_on(turn, form)


@needs(Power.FILL_IN)
async def next_step(turn: Turn) -> None:
    """Enough files; on to the review."""
    await filing_form.go_on(turn, await filing_form.open_form(turn))


@needs(Power.FILL_IN)
async def back(turn: Turn) -> None:
    """One step back, with what was said kept."""
    form = await filing_form.open_form(turn)
    await filing_form.show(turn, form.back(await filing_form.steps(turn, form)))


@needs(Power.FILL_IN)
async def change(turn: Turn) -> None:
    """From the review: change one answer."""
    form = await filing_form.open_form(turn)
    steps = await filing_form.steps(turn, form)
    await filing_form.show(turn, replace(form, at=steps[turn.arg % len(steps)], changing=True))


@needs(Power.FILL_IN)
async def submit(turn: Turn) -> None:
    """File it: a number, who handles it and why, and the day by when. Only what was shown above the button is filed."""
    form = await filing_form.open_form(turn)
    if turn.arg != filing_form.seen(form):
        raise Refused("filing.moved_on")
    steps = await filing_form.steps(turn, form)
    missing = filing_form.first_missing(turn, form, steps)
    if missing is not None:
        await filing_form.show(turn, replace(form, at=missing))
        return
    await turn.desk.drafts.drop(turn.person)
    if form.for_person is None:
        await admit(turn, Power.NEW_MATTER)
        await turn.desk.matters.file(turn.person, form)
        turn.show("filing.sent")
        await conversation.ask_again(turn)
        return
    await admit(turn, Power.BEHALF)
    holder = await filing_form.whose(turn, form)
    matter = await turn.desk.behalf.prepare(turn.person, holder, form)
    turn.show("behalf.sent" if holder.chat_id else "behalf.sent_not_here", number=matter.number, name=holder.name)


async def begin_for(turn: Turn, holder: Person) -> None:
    """Staff begin the form for a cardholder, whose own consent is asked when they confirm."""
    _want_card(turn, holder)
    turn.leave_as_is()
    await filing_form.show(turn, Filing(for_person=holder.id))


async def _just_begun(turn: Turn) -> bool:
    """Whether this very press has begun a form a moment ago, or the consent that comes before it."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or turn.desk.now - draft.kept_at > TWO_TAPS:
        return False
    form = draft.state["state"] if draft.journey == consent.JOURNEY else draft.state
    category = labels.category_of(turn, turn.arg)
    return (form.get("question"), form.get("guess")) == (turn.subject, category.id if category else None)


async def _begin(turn: Turn, form: Filing, chosen: Category | None = None) -> None:
    form = replace(form, category=chosen.id if chosen else form.category)
    _want_card(turn, turn.person)
    if not await consent.given(turn, JOURNEY, form.to_state()):
        return
    if chosen is not None and not await _sensitive(turn, form, chosen):
        return
    if turn.incoming.is_press:
        turn.leave_as_is()
    form = replace(form, category=form.guess if chosen else None, given=chosen is not None)
    await (filing_form.go_on(turn, form) if chosen else filing_form.show(turn, form))


async def _sensitive(turn: Turn, form: Filing, category: Category) -> bool:
    """A consent of its own for what is sensitive; what staff prepare waits for the cardholder's when they confirm."""
    if form.for_person is not None:
        return True
    return await consent.given_apart(turn, category.sensitive, JOURNEY, form.to_state())


def _want_card(turn: Turn, person: Person) -> None:
    card = standing.actor(person, turn.desk.today).card
    if card != "valid":
        raise no_card(card)


feature = Feature(
    commands=(Command("new", new, audience="talent"),),
    presses={
        "filing.new": new,
        "filing.afresh": afresh,
        "filing.from_question": from_question,
        "talk.new": from_waiting,
        "filing.category": choose_category,
        "filing.concern": choose_concern,
        filing_form.LEAF: leaf,
        "filing.option": choose_option,
        "filing.skip": skip,
        "filing.next": next_step,
        "filing.back": back,
        "filing.change": change,
        "filing.submit": submit,
    },
    listens={JOURNEY: filing_words.hear},
)
