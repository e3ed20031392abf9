"""The people's side over HTTP, as API.md describes it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from sandbox_caller import PNG, Caller

from sandbox import Person, Sandbox


class Page:
    """Asks as the chat page does."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.url, self.session = sandbox.url, session

    async def get(self, path: str, status: int = 200, **headers: str) -> Any:
        async with self.session.get(self.url + path, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def post(self, path: str, body: dict[str, Any] | None = None, status: int = 200, **headers: str) -> Any:
        async with self.session.post(self.url + path, json=body, headers=headers) as response:
            assert response.status == status, await response.text()
            return await response.json()

    @asynccontextmanager
    async def events(self, person: str, after: str = "") -> AsyncIterator["Stream"]:
        headers = {"Last-Event-ID": after} if after else {}
        async with self.session.get(f"{self.url}/people/{person}/events", headers=headers) as response:
            assert response.content_type == "text/event-stream"
            stream = Stream(response)
            await stream.opened()
            yield stream


class Stream:
    """Reads server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id = ""

    async def opened(self) -> None:
        assert await self.response.content.readline() == b"retry: 500\n"
        while (await self.response.content.readline()).strip():
            pass

    async def next(self) -> tuple[str, dict[str, Any]]:
        fields: dict[str, str] = {}
        while line := (await self.response.content.readline()).decode().strip():
            name, _, value = line.partition(": ")
            fields[name] = value
        self.last_id = fields["id"]
        return fields["event"], json.loads(fields["data"])


@pytest.fixture
def page(sandbox: Sandbox, session: aiohttp.ClientSession) -> Page:
    return Page(sandbox, session)


async def test_people_are_listed_added_and_renewed(page: Page, talent: Person) -> None:
    (person,) = await page.get("/people")
    assert (person["id"], person["key"], person["started"], person["blocked"]) == (talent.id, "talent", True, False)
    fields = {"key": "leader", "first_name": "李主任", "role": "联络员"}
    added = await page.post("/people", fields, status=201)
    again = await page.post("/people", {**fields, "note": "x"}, status=200)
    assert again == {**added, "note": "x"}
    assert (await page.get("/bot"))["username"] == "EnyangTalentBot"


async def test_a_chat_is_read_and_written(page: Page, bot: Caller, talent: Person) -> None:
    sent = await page.post("/people/talent/send", {"text": "你好"})
    assert (sent["text"], sent["mine"]) == ("你好", True)
    await bot("sendMessage", chat_id=talent.chat, text="选", reply_markup={"keyboard": [["甲"]]})
    messages = await page.get(f"/people/{talent.id}/messages")
    assert [m["text"] for m in messages] == ["/start", "你好", "选"]
    assert messages[-1]["buttons"] == {"keyboard": [[{"text": "甲"}]]}
    (chat,) = await page.get("/people/talent/chats")
    assert chat["keyboard"] == {"keyboard": [[{"text": "甲"}]]}
    assert chat["last_message"]["text"] == "选"
    older = await page.get(f"/people/talent/messages?before={messages[-1]['message_id']}&limit=1")
    assert [m["text"] for m in older] == ["你好"]
    edited = await page.post("/people/talent/edit", {"message_id": sent["message_id"], "text": "您好"})
    assert edited["edit_date"]


async def test_buttons_are_pressed_only_where_they_are(page: Page, bot: Caller, talent: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    sent = await bot("sendMessage", chat_id=talent.chat, text="?", reply_markup=keyboard)
    press = {"message_id": sent["message_id"], "callback_data": "ok"}
    query = await page.post("/people/talent/press", press)
    await page.post("/people/talent/press", {**press, "callback_data": "hack"}, status=400)
    async with page.events("talent") as stream:
        await bot("answerCallbackQuery", callback_query_id=query["callback_query_id"], text="好", show_alert=True)
        event, data = await stream.next()
    assert event == "toast"
    assert data == {"person": talent.id, "chat": talent.chat, **query, "text": "好", "alert": True, "url": None}


async def test_files_are_uploaded_and_shown(page: Page, session: aiohttp.ClientSession, talent: Person) -> None:
    form = aiohttp.FormData({"kind": "album", "caption": "两张"})
    for name in ("a.png", "b.png"):
        form.add_field("file", PNG, filename=name, content_type="image/png")
    async with session.post(f"{page.url}/people/talent/upload", data=form) as response:
        album = await response.json()
    assert [m.get("caption") for m in album] == ["两张", None]
    async with session.get(f"{page.url}/files/{album[0]['photo'][-1]['file_id']}") as response:
        assert await response.read() == PNG
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    form = aiohttp.FormData({"kind": "document"})
    form.add_field("file", b"<script>", filename="x.html", content_type="text/html")
    async with session.post(f"{page.url}/people/talent/upload", data=form) as response:
        (sent,) = await response.json()
    async with session.get(f"{page.url}/files/{sent['document']['file_id']}") as response:
        assert response.headers["Content-Disposition"].startswith("attachment")
    contact = await page.post("/people/talent/contact", {})
    assert contact["contact"]["user_id"] == talent.id


async def test_events_tell_what_happens_and_resume_after_a_break(page: Page, bot: Caller, talent: Person) -> None:
    async with page.events("talent") as stream:
        sent = await bot("sendMessage", chat_id=talent.chat, text="一")
        event, data = await stream.next()
        assert (event, data["message"]["text"], data["message"]["mine"]) == ("message", "一", False)
        await bot("sendChatAction", chat_id=talent.chat, action="typing")
        assert (await stream.next())[0] == "typing"
        seen = stream.last_id
    where = {"chat_id": talent.chat, "message_id": sent["message_id"]}
    await bot("editMessageText", **where, text="二")
    await bot("deleteMessage", **where)
    await page.post("/people/talent/block")
    async with page.events("talent", after=seen) as stream:
        names = [(await stream.next())[0] for _ in range(3)]
    assert names == ["delete", "blocked", "person"]
    async with page.events("talent", after="1") as stream:
        assert (await stream.next())[0] == "reload"


async def test_commands_and_language_change_live(page: Page, bot: Caller, talent: Person) -> None:
    async with page.events("talent") as stream:
        await bot("setMyCommands", commands=[{"command": "new", "description": "File"}], language_code="en")
        event, data = await stream.next()
        assert (event, data["commands"]) == ("commands", [])
        assert (await page.post("/people/talent/language", {"code": "en"}))["language_code"] == "en"
        assert (await stream.next())[0] == "person"
        assert (await stream.next())[1]["commands"] == [{"command": "new", "description": "File"}]
    assert await page.get("/people/talent/commands") == [{"command": "new", "description": "File"}]


async def test_a_blocked_bot_cannot_be_written_to_but_start_unblocks(page: Page, talent: Person) -> None:
    assert (await page.post("/people/talent/block"))["blocked"] is True
    assert "blocked" in (await page.post("/people/talent/send", {"text": "x"}, status=409))["error"]
    await page.post("/people/talent/send", {"text": "/start"})
    assert not talent.account.blocked


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/people/nobody/send", {"text": "x"}, 404),
        ("/people/talent/send", {"text": " "}, 400),
        ("/people/talent/send", {"text": "x", "chat": -1}, 404),
        ("/people/talent/edit", {"message_id": 999, "text": "x"}, 404),
        ("/people/talent/press", {"callback_data": "x"}, 400),
        ("/people", {"key": "x"}, 400),
        ("/people/talent/upload", {}, 400),
        ("/people/talent/language", {}, 400),
    ],
)
async def test_a_wrong_request_gets_one_sentence(
    path: str, body: dict[str, Any], status: int, page: Page, talent: Person
) -> None:
    assert (await page.post(path, body, status=status))["error"]


async def test_other_origins_and_rebound_names_are_refused(page: Page, talent: Person) -> None:
    await page.get("/people", status=403, Origin="http://evil.example")
    await page.post("/people/talent/block", status=403, Origin="http://127.0.0.1:1")
    await page.get("/people", status=403, Host="evil.example")
    assert not talent.account.blocked
    await page.get("/people", Origin=page.url)


async def test_no_file_outside_the_page_is_served(page: Page, session: aiohttp.ClientSession) -> None:
    await page.get("/%2e%2e/server.py", status=404)
    await page.get("/no-such-file.js", status=404)
