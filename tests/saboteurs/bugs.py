"""Bugs that somebody might plant, each with the tests that must notice; a promise is what cannot be broken unseen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """`good` in `file` becomes `bad`; then one of `tests` has to fail."""

    what: str
    file: str
    good: str
    bad: str
    tests: str


BUGS = (
    Bug("commits are not synced", "db/engine.py", '"synchronous": 2', '"synchronous": 1', "tests/db/test_engine.py"),
    Bug("foreign keys are off", "db/engine.py", '"foreign_keys": 1', '"foreign_keys": 0', "tests/db/test_engine.py"),
    Bug(
        "a late holder may finish a row",
        "db/queue_sql.py",
        'self._table.c.lease == bindparam("token"), self.undone)',
        'bindparam("token") == bindparam("token"), self.undone)',
        "tests/db/test_queue.py",
    ),
    Bug(
        "two hold one row",
        "db/queue_sql.py",
        ".where(*self._heads(), columns.due_at <= now, free)",
        ".where(*self._heads(), columns.due_at <= now)",
        "tests/db/test_queue.py",
    ),
    Bug(
        "a chat's rows overtake each other",
        "db/queue_sql.py",
        "return [self.undone, self._head()] if self.in_lines else [self.undone]",
        "return [self.undone]",
        "tests/db/test_queue.py",
    ),
    Bug(
        "what is not due is claimed",
        "db/queue_sql.py",
        ".where(*self._heads(), columns.due_at <= now, free)",
        ".where(*self._heads(), free)",
        "tests/db/test_queue.py",
    ),
    Bug(
        "putting off counts as a failure",
        "db/queue.py",
        "at=until, more=0, to_error=None",
        "at=until, more=1, to_error=None",
        "tests/db/test_queue.py",
    ),
    Bug(
        "a dead process keeps what it held",
        "db/presence.py",
        "if dead or self._first:",
        "if False:",
        "tests/db/test_presence.py",
    ),
    Bug(
        "the living are taken for dead",
        "db/presence.py",
        "known.beats == row.beats else 0",
        "known else 0",
        "tests/db/test_presence.py",
    ),
    Bug(
        "two processes poll",
        "db/presence.py",
        "elif holder not in living:",
        "else:",
        "tests/db/test_presence.py",
    ),
    Bug(
        "acknowledged before the commit",
        "bot/intake.py",
        "await asyncio.shield(batch.done)",
        "return",
        "tests/bot/test_room_intake.py",
    ),
    Bug(
        "the secret is not looked at",
        "bot/intake.py",
        "if not hmac.compare_digest(given, self._secret):",
        "if not given:",
        "tests/bot/test_room_intake.py",
    ),
    Bug(
        "an update is handled though the lease is lost",
        "bot/worker.py",
        "if at.id in ours:",
        "if True:",
        "tests/bot/test_room_worker.py",
    ),
    Bug(
        "a bad update is tried for ever",
        "bot/worker.py",
        "elif claimed.attempts + 1 < self._tries and not tired:",
        "elif not tired:",
        "tests/bot/test_room_worker.py",
    ),
    Bug(
        "half of a failed update stays",
        "db/writer.py",
        "connection.connection.rollback()",
        'connection.exec_driver_sql("COMMIT")',
        "tests/bot/test_room_worker.py",
    ),
    Bug(
        "one update that fails counts against its neighbours",
        "bot/worker.py",
        "return [each for each in rows if each is not at]",
        "return []",
        "tests/bot/test_room_worker.py",
    ),
    Bug(
        "sent before it is committed",
        "bot/loop.py",
        "tx.after_commit(partial(self._came_along, claimed))",
        "self._came_along(claimed)",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a permanent refusal is tried again",
        "bot/refusals.py",
        "(Forbidden, Verdict.UNREACHABLE),",
        "(Forbidden, Verdict.RETRY),",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a temporary failure is given up",
        "bot/refusals.py",
        "return Verdict.RETRY",
        "return Verdict.REJECTED",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "one chat's limit stops all chats",
        "bot/outcomes.py",
        "BOT if len(self._refused) >= CROWD else str(chat), until",
        "BOT, until",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a sent message is given up for a fault of ours",
        "bot/outcomes.py",
        "if outcome.error is None or judge(outcome.error) is Verdict.DONE:",
        "if outcome.error is not None:",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "the groups' limit is forgotten",
        "bot/limits.py",
        "return self.chat if chat_id > 0 else self.group",
        "return self.chat",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a card is sent anew each time",
        "bot/delivery.py",
        "if card.message_id is None:",
        "if True:",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a move loses a column",
        "db/moving.py",
        "[row | dict.fromkeys(inward) for row in rows]",
        '[row | dict.fromkeys([*inward, *({"telegram_id"} & set(row))]) for row in rows]',
        "tests/bot/test_room_moving.py",
    ),
    Bug(
        "commits are not synced, seen by pulling the plug",
        "db/engine.py",
        '"synchronous": 2',
        '"synchronous": 1',
        "tests/drills/test_power_cut.py::test_no_power_cut_takes_back_what_was_acknowledged",
    ),
    Bug(
        "acknowledged before the commit, seen by pulling the plug",
        "bot/intake.py",
        "await asyncio.shield(batch.done)",
        "return",
        "tests/drills/test_power_cut.py::test_no_power_cut_takes_back_what_was_acknowledged",
    ),
    Bug(
        "the offset moves on before the commit",
        "bot/intake.py",
        "await self._intake.accept(updates)",
        "asyncio.create_task(self._intake.accept(updates))",
        "tests/bot/test_room_intake.py",
    ),
    Bug(
        "200 though nothing was stored",
        "bot/intake.py",
        'return web.Response(status=503, headers={"Retry-After": "1"})',
        "return web.Response()",
        "tests/bot/test_room_intake.py",
    ),
    Bug(
        "a batch whose lease is lost is finished all the same",
        "db/queue_sql.py",
        'columns.lease == bindparam("token"), self.undone)\n        self.finish_all',
        'bindparam("token") == bindparam("token"), self.undone)\n        self.finish_all',
        "tests/db/test_queue.py",
    ),
    Bug(
        "what is urgent waits behind what is not",
        "db/queue_sql.py",
        "(columns.urgency, columns.id) if self.in_lines",
        "(columns.id,) if self.in_lines",
        "tests/db/test_queue.py",
    ),
    Bug(
        "Telegram says wait and is not obeyed",
        "bot/outcomes.py",
        "until = now + timedelta(seconds=_seconds(error.retry_after)) + MARGIN",
        "until = now",
        "tests/bot/test_room_delivery.py",
    ),
    Bug(
        "a failure of the database counts against the update",
        "bot/worker.py",
        "if passing(error) and not tired:",
        "if False:",
        "tests/bot/test_room_worker.py",
    ),
    Bug(
        "an id that is no number is taken for one",
        "handlers/incoming.py",
        "if not all(type(each) is int and abs(each) < LARGEST_ID for each in ids):",
        "if False:",
        "tests/journeys/test_bad_updates.py",
    ),
    Bug(
        "what is no update is tried again and again",
        "handlers/incoming.py",
        'raise PoisonError("not an update") from error',
        "raise",
        "tests/journeys/test_bad_updates.py",
    ),
    Bug(
        "a letter to no number is written down",
        "desk/post.py",
        "if type(letter.chat_id) is not int:",
        "if False:",
        "tests/journeys/test_bad_updates.py",
    ),
    Bug(
        "ten thousand bad updates make ten thousand letters",
        "bot/trouble.py",
        'only = f"{key}:{admin.chat_id}" if "count" in values else None',
        "only = None",
        "tests/journeys/test_bad_updates.py",
    ),
    Bug(
        "a reminder goes out though it is not true any more",
        "desk/overtaken.py",
        "return await OUTBOX.supersede(",
        "return 0 and await OUTBOX.supersede(",
        "tests/journeys/test_notices_end.py",
    ),
    Bug(
        "the auditor tells nobody",
        "bot/auditor.py",
        "await owe_alarms(desk, self._services, news)",
        "pass",
        "tests/journeys/test_auditor.py",
    ),
    Bug(
        "a forged button is believed",
        "handlers/token.py",
        "if not hmac.compare_digest(mac, self._mac(body, user_id)):",
        "if False:",
        "tests/handlers/test_tokens_forged.py",
    ),
    Bug(
        "one person is both the first and the second",
        "desk/rules/authority.py",
        "return Verdict.NOT_YOURS if rule.others and own else Verdict.YES",
        "return Verdict.YES",
        "tests/desk/test_rules_authority.py",
    ),
    Bug(
        "a step is taken without asking who may",
        "handlers/feature.py",
        "await admit(turn, self.act)",
        "turn.tried = self.act.value",
        "tests/journeys/test_authority_handlers.py",
    ),
    Bug(
        "reaching for what is not theirs is not written down",
        "handlers/switchboard.py",
        "if is_foreign(refusal):",
        "if False:",
        "tests/journeys/test_authority_handlers.py",
    ),
    Bug(
        "a yes counts after its time",
        "desk/approvals.py",
        '(approvals.c.status == "open") & (approvals.c.expires_at > self._now)\n        if',
        '(approvals.c.status == "open")\n        if',
        "tests/journeys/test_second_person.py",
    ),
)
