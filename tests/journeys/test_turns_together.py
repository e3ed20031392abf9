"""Updates that share a transaction: what was read for all at once is never older than what one of them wrote."""

from __future__ import annotations

from typing import Any

import pytest
from district import District
from sqlalchemy import event, insert, select

from db.schema.matters import counters, questions
from db.schema.people import persons
from desk.desk import Desk


async def test_what_was_foreseen_is_forgotten_as_soon_as_it_changes(district: District) -> None:
    parts, talent, liaison = district.parts, district.talent, district.liaison
    await talent.says("/start")
    await liaison.says("/start")
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, district.clock.now())
        people = await desk.people.foresee([talent.id, liaison.id, 4711])
        await desk.drafts.foresee(people)
        found = await desk.people.of_account(talent.id)
        assert found is not None
        assert await desk.people.of_account(4711) is None
        assert await desk.drafts.of(found) is None
        await tx.execute(insert(counters).values(name="something else", value=1))
        assert await desk.people.of_account(talent.id) is found

        await desk.people.choose_language(found, "en")
        again = await desk.people.of_account(talent.id)
        assert again is not None
        assert (found.language, again.language) == ("zh-hans", "en")
        await desk.drafts.keep(found, "filing", {"step": "words"})
        draft = await desk.drafts.of(found)
        assert draft is not None
        assert draft.journey == "filing"
        stranger = await desk.people.meet(4711, 4711, "zh")
        assert await desk.people.of_account(4711) == stranger


async def test_what_a_part_that_was_undone_wrote_is_not_believed(district: District) -> None:
    parts, talent = district.parts, district.talent
    await talent.says("/start")
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, district.clock.now())

        async def undone() -> None:
            async with tx.savepoint():
                [person] = await desk.people.foresee([talent.id])
                await desk.people.choose_language(person, "en")
                await desk.people.foresee([talent.id])
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await undone()
        person = await desk.people.of_account(talent.id)
        assert person is not None
        assert person.language == "zh-hans"


async def test_several_people_at_once_are_looked_up_at_once_and_each_is_answered(district: District) -> None:
    parts = district.parts
    asking = [district.talent, district.liaison, district.department]
    for person in asking:
        await person.says("/start")
        await person.hears("")
    await district.settles()
    looked: list[str] = []
    kept: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM persons LEFT OUTER JOIN talent_cards" in statement.replace("\n", ""):
            looked.append(statement)
        if statement.startswith("INSERT INTO questions"):
            kept.append(statement)

    writer = parts.database._writer
    engine = writer._engine if writer is not None else parts.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", see)
    await parts.intake.accept([said(person.id, number, "人才公寓怎么申请") for number, person in enumerate(asking)])
    await district.settles()
    event.remove(engine, "before_cursor_execute", see)
    for person in asking:
        await person.hears("来源")
    assert len(looked) == 1
    assert len(kept) == 1


async def test_questions_kept_together_belong_each_to_its_asker_and_its_answer(district: District) -> None:
    parts, asked = district.parts, {"talent": "人才公寓怎么申请", "liaison": "娃儿上学咋个办"}
    people = {name: getattr(district, name) for name in asked}
    for person in people.values():
        await person.says("/start")
        await person.hears("")
    await district.settles()
    await parts.intake.accept(
        [said(people[name].id, number, text) for number, (name, text) in enumerate(asked.items())]
    )
    await district.settles()
    for person in people.values():
        await person.presses("👍")
    await people["talent"].says("落户怎么办理")
    await district.settles()
    async with parts.database.read() as tx:
        rows = (await tx.execute(select(questions).order_by(questions.c.id))).all()
        owners = {row.id: row.telegram_id for row in await tx.execute(select(persons.c.id, persons.c.telegram_id))}
    assert [(owners[row.asker_id], row.text, row.liked) for row in rows] == [
        *((people[name].id, text, True) for name, text in asked.items()),
        (people["talent"].id, "落户怎么办理", None),
    ]


def said(chat_id: int, number: int, text: str) -> dict[str, Any]:
    sender = {"id": chat_id, "is_bot": False, "first_name": "x", "language_code": "zh-hans"}
    chat = {"id": chat_id, "type": "private"}
    message = {"message_id": 900 + number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": 10**9 + number, "message": message}
