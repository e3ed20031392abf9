"""Every update passes here: it finds the person, the journey and the step, and settles what the turn owes.

The features are given as one tuple; python-telegram-bot's own handlers and filters decide which kind of update it is.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from telegram import CallbackQuery, ChatMember, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from db.engine import Tx
from desk.desk import Desk
from desk.refusals import NoSuchThing, Refused
from handlers import groups, settle
from handlers.admission import is_foreign
from handlers.feature import Command, Feature, Run, Step
from handlers.incoming import read, unpack
from handlers.services import Services
from handlers.token import Pressed
from handlers.turn import Turn
from handlers.workshop import Workshop

UNKNOWN = "unknown"
"""What somebody tried who sent a command or a button that we do not have."""
_COMMAND = re.compile(r"/[A-Za-z]\w*(@\w+)?(\s|$)")

Context = ContextTypes.DEFAULT_TYPE
After = Callable[[], Awaitable[None]]
Talk = Callable[[Turn, Step | None], Awaitable[None]]

IN_GROUP = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & filters.TEXT
IN_CHAT = filters.ChatType.PRIVATE & (filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE)


@dataclass
class Passage:
    """What belongs to the one update being handled in this task."""

    tx: Tx
    now: datetime
    failure: BaseException | None = None
    after: list[After] = field(default_factory=list)


_passage: ContextVar[Passage] = ContextVar("passage")


class Switchboard:
    """Hands updates to the features and timers to the desk.

    Parameters:
        application: python-telegram-bot's application; its handlers are added here.
        features: the journeys, in order of precedence.
        workshop: for work that outlasts a turn.
        talk: the step for words; it is given the step of the form that waits for some, if one does.
    """

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        services: Services,
        features: Sequence[Feature],
        talk: Talk,
        workshop: Workshop,
    ) -> None:
        self._application = application
        self._services = services
        self._talk = talk
        self._workshop = workshop
        self._opens: Mapping[str, Step] = {name: step for each in features for name, step in each.opens.items()}
        self._takes = [each.takes for each in features if each.takes is not None]
        self._presses: Mapping[str, Step] = {name: step for each in features for name, step in each.presses.items()}
        self._listens: Mapping[str, Step] = {name: step for each in features for name, step in each.listens.items()}
        commands = [command for each in features for command in each.commands]
        self._commands: Mapping[str, Run] = {
            name: self._opening(command) for command in commands for name in (command.name, *command.also)
        }
        only = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        # One handler for all: python-telegram-bot asks every handler in turn whether an update is its own.
        application.add_handler(CommandHandler(self._commands, self._commanded, filters=only))
        application.add_handler(CallbackQueryHandler(self._pressed))
        application.add_handler(ChatMemberHandler(self._membership, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_handler(MessageHandler(IN_CHAT, partial(self._turn, self._spoken)))
        application.add_handler(MessageHandler(IN_GROUP, self._in_group))
        application.add_error_handler(self._failed)

    def read(self, body: str) -> Update:
        """A stored update, as it came.

        Raises:
            PoisonError: it is no update of Telegram's.
        """
        return read(body, self._application.bot)

    async def handle(self, tx: Tx, update: Update, now: datetime) -> Sequence[After]:
        """Handle one update inside its transaction.

        Returns:
            what may be done, as best effort, once the transaction is committed.

        Raises:
            whatever the journey raised, so that the transaction is rolled back and the update tried again.
        """
        passage = Passage(tx, now)
        token = _passage.set(passage)
        try:
            await self._application.process_update(update)
        finally:
            _passage.reset(token)
        if passage.failure is not None:
            raise passage.failure
        return passage.after

    async def foresee(self, tx: Tx, chats: Sequence[str], now: datetime) -> None:
        """Read at once what handling an update of each of these chats, in this transaction, will ask for one by one."""
        desk = Desk(tx, self._services.house, now)
        # A private chat has the number of its person's account; a group's is below zero.
        people = await desk.people.foresee([int(chat) for chat in chats if chat.isdecimal()])
        await desk.drafts.foresee(people)
        await desk.views.foresee([person.id for person in people])
        await desk.questions.foresee(len(chats))

    async def fire(self, tx: Tx, kind: str, matter_id: int | None, body: Mapping[str, Any], now: datetime) -> None:
        """Let the desk act on a timer that is due, and owe what follows from it."""
        desk = Desk(tx, self._services.house, now)
        await desk.clockwork.fire(kind, matter_id, body)
        await settle.settle_desk(desk, self._services)

    def _opening(self, command: Command) -> Run:
        """A link into the bot is `/start` with a payload, whose first part names what it opens."""

        async def start(turn: Turn) -> None:
            name = turn.args[0].partition("-")[0] if turn.args else ""
            await self._opens.get(name, command.run)(turn)

        return start if command.name == "start" else command.run

    async def _commanded(self, update: Update, context: Context) -> None:
        message = update.message
        assert message is not None
        assert message.text is not None
        name = message.text[1 : message.entities[0].length].partition("@")[0].lower()
        await self._turn(self._commands[name], update, context)

    async def _turn(self, step: Run, update: Update, context: Context) -> None:
        incoming = unpack(update)
        if incoming is None or not incoming.private:
            return
        passage = _passage.get()
        desk = Desk(passage.tx, self._services.house, passage.now)
        person = await desk.people.meet(incoming.user_id, incoming.chat_id, incoming.app_language)
        say = self._services.words.speaker(person.language)
        args = tuple(context.args or ())
        turn = Turn(incoming, person, say, desk, self._services, self._workshop, context.bot.username, args)
        try:
            await step(turn)
        except Refused as refusal:
            turn.refuse(refusal)
            if is_foreign(refusal):
                await desk.ledger.refused(turn.person.id, turn.tried, turn.about, press=incoming.is_press)
        await settle.settle_turn(turn)
        passage.after.extend(turn.after)
        if update.callback_query is not None:
            passage.after.append(partial(_answer, update.callback_query, turn.answer))

    async def _pressed(self, update: Update, context: Context) -> None:
        await self._turn(self._press, update, context)

    async def _press(self, turn: Turn) -> None:
        pressed = self._services.tokens.open(turn.incoming.user_id, turn.incoming.data)
        step = self._presses.get(pressed.action) if pressed else None
        if pressed is None or step is None:
            turn.tried = UNKNOWN
            raise NoSuchThing
        turn.pressed = pressed
        await step(turn)

    async def _spoken(self, turn: Turn) -> None:
        for recognises, step in self._takes:
            if not turn.incoming.edited and recognises(turn):
                await step(turn)
                return
        if _COMMAND.match(turn.text) and not turn.incoming.attachments:
            turn.tried = UNKNOWN
            raise NoSuchThing
        draft = await turn.desk.drafts.of(turn.person)
        form = self._listens.get(draft.journey) if draft else None
        if draft is not None and form is not None:
            turn.pressed = Pressed(draft.journey, draft.state.get("matter", 0), 0)
        await self._talk(turn, form)

    async def _membership(self, update: Update, _context: Context) -> None:
        change = update.my_chat_member
        if change is None or change.chat.type != "private":
            return
        passage = _passage.get()
        desk = Desk(passage.tx, self._services.house, passage.now)
        gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        await desk.people.reachability(change.from_user.id, reachable=not gone)
        person = await desk.people.at_chat(change.chat.id) if gone else None
        if person is not None:
            await desk.succession.out_of_reach(person)
            await desk.succession.unheard(person)
            await settle.settle_desk(desk, self._services)

    async def _in_group(self, update: Update, _context: Context) -> None:
        incoming = unpack(update)
        if incoming is None:
            return
        passage = _passage.get()
        desk = Desk(passage.tx, self._services.house, passage.now)
        letter = await groups.answer(desk, self._services, incoming, self._application.bot.username)
        await desk.post.owe([letter] if letter else [])

    async def _failed(self, _update: object, context: Context) -> None:
        _passage.get().failure = context.error


async def _answer(query: CallbackQuery, answer: Mapping[str, Any]) -> None:
    await query.answer(**answer)
