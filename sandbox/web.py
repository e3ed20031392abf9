"""The people's side over HTTP (API.md): what the chat page asks and does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import menus
from sandbox.asked import Handler, Wrong, body_of, number, parts_of, plain_errors
from sandbox.events import stream
from sandbox.feed import EVERYONE
from sandbox.guard import POLICY
from sandbox.people import Person
from sandbox.shown import chat_shown, message_shown
from sandbox.telegram import Telegram
from sandbox.world import Chat, Json

PAGE = Path(__file__).parent / "page"
MOST_MESSAGES = 1000
MAKEABLE = ("first_name", "last_name", "username", "role", "language_code", "phone", "note")


class PeopleApi:
    """Routes of the page; `enter` makes a person of the fields given."""

    def __init__(self, telegram: Telegram, enter: Callable[..., Person]) -> None:
        self.telegram = telegram
        self.enter = enter

    def routes(self) -> list[web.RouteDef]:
        """Routes for the application."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/bot", self.bot),
            ("GET", "/people", self.people),
            ("POST", "/people", self.add),
            ("GET", "/events", self.all_events),
            ("GET", "/people/{id}/chats", self.chats),
            ("GET", "/people/{id}/messages", self.messages),
            ("GET", "/people/{id}/commands", self.commands),
            ("GET", "/people/{id}/events", self.events),
            ("POST", "/people/{id}/send", self.send),
            ("POST", "/people/{id}/edit", self.edit),
            ("POST", "/people/{id}/press", self.press),
            ("POST", "/people/{id}/upload", self.upload),
            ("POST", "/people/{id}/contact", self.contact),
            ("POST", "/people/{id}/block", self.block),
            ("POST", "/people/{id}/unblock", self.block),
            ("POST", "/people/{id}/language", self.language),
            ("GET", "/files/{file}", self.file),
            ("GET", "/{path:.*}", self.page),
        ]
        return [web.route(method, path, plain_errors(handler)) for method, path, handler in table]

    def person(self, request: web.Request) -> Person:
        """The person in the path, by number or key."""
        world, wanted = self.telegram.world, request.match_info["id"]
        account = world.accounts.get(world.keys.get(wanted, int(wanted) if wanted.isdigit() else 0))
        if account is None:
            raise Wrong(404, "no such person")
        return Person(self.telegram, account)

    def chat(self, person: Person, wanted: Any) -> Chat:
        """The chat asked for, the private one by default."""
        try:
            chat = self.telegram.world.chats.get(int(wanted) if wanted else person.chat)
        except (TypeError, ValueError):
            raise Wrong(400, "chat is a number") from None
        if chat is None or person.id not in chat.members:
            raise Wrong(404, "no such chat")
        return chat

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The chat page's files."""
        path = (PAGE / (request.match_info["path"] or "index.html")).resolve()
        if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
            raise Wrong(404, "no such page")
        return web.FileResponse(path, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})

    async def bot(self, request: web.Request) -> web.StreamResponse:
        """Who the bot is."""
        bot = self.telegram.world.bot
        return web.json_response({"id": bot.id, "first_name": bot.first_name, "username": bot.username})

    async def people(self, request: web.Request) -> web.StreamResponse:
        """Everyone."""
        return web.json_response([Person(self.telegram, a).card() for a in self.telegram.world.accounts.values()])

    async def add(self, request: web.Request) -> web.StreamResponse:
        """Another person, or the same one changed."""
        body = await body_of(request)
        fields = {name: body[name] for name in MAKEABLE if name in body}
        if not body.get("key") or not fields.get("first_name"):
            raise Wrong(400, "key and first_name are needed")
        known = body["key"] in self.telegram.world.keys
        return web.json_response(self.enter(str(body["key"]), **fields).card(), status=200 if known else 201)

    async def chats(self, request: web.Request) -> web.StreamResponse:
        """The private chat, then groups."""
        person, world = self.person(request), self.telegram.world
        places = [world.chats[person.id], *world.groups_of(person.account)]
        return web.json_response([chat_shown(world, chat, person.id) for chat in places])

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """The newest messages of a chat, oldest first."""
        person = self.person(request)
        chat = self.chat(person, request.query.get("chat"))
        try:
            limit = min(MOST_MESSAGES, int(request.query.get("limit", 200)))
            before = int(request.query.get("before", 0))
        except ValueError:
            raise Wrong(400, "limit and before are numbers") from None
        entries = [entry for entry in chat.entries.values() if not before or entry.id < before]
        return web.json_response([message_shown(entry, person.id) for entry in entries[-limit:]])

    async def commands(self, request: web.Request) -> web.StreamResponse:
        """The menu as this person sees it."""
        person = self.person(request)
        chat = self.chat(person, request.query.get("chat"))
        return web.json_response(menus.menu(self.telegram.world, chat, person.account))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens, as it happens."""
        return await stream(request, self.telegram, self.person(request).id)

    async def all_events(self, request: web.Request) -> web.StreamResponse:
        """What happens to anybody."""
        return await stream(request, self.telegram, EVERYONE)

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Write."""
        person, body = self.person(request), await body_of(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Wrong(400, "text is needed")
        if text.startswith("/start") and person.account.blocked:
            await person.unblocks_bot()
        chat = self.chat(person, body.get("chat"))
        message = await person.says(text, number(body, "reply_to", 0) or None, chat.id)
        return web.json_response(message_shown(message.entry, person.id))

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """Change one's own words."""
        person, body = self.person(request), await body_of(request)
        if not isinstance(body.get("text"), str) or not body["text"].strip():
            raise Wrong(400, "text is needed")
        chat = self.chat(person, body.get("chat"))
        self._entry_exists(chat, body)
        message = await person.edits(number(body, "message_id"), body["text"].strip(), chat.id)
        return web.json_response(message_shown(message.entry, person.id))

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Press a button that is really there."""
        person, body = self.person(request), await body_of(request)
        chat = self.chat(person, body.get("chat"))
        entry = self._entry_exists(chat, body)
        rows = entry.body.get("reply_markup", {}).get("inline_keyboard", [])
        if not any(button.get("callback_data") == body.get("callback_data") for row in rows for button in row):
            raise Wrong(400, "that button is not on the message")
        query = await person.presses_data(str(body["callback_data"]), entry.id, chat.id)
        return web.json_response({"callback_query_id": query})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Send pictures, a file or a voice note."""
        person = self.person(request)
        fields, files = await parts_of(request)
        chat = self.chat(person, fields.get("chat"))
        if not files:
            raise Wrong(400, "a part named file is needed")
        name, mime, data = files[0]
        caption, more = fields.get("caption"), {"chat": chat.id, "reply_to": number(fields, "reply_to", 0) or None}
        match fields.get("kind"):
            case "photo":
                sent = [await person.sends_photo(data, caption, **more)]
            case "document":
                sent = [await person.sends_document(data, name, caption, mime, **more)]
            case "voice":
                sent = [await person.sends_voice(data, **more)]
            case "album":
                sent = await person.sends_album([part[2] for part in files], caption, chat.id)
            case _:
                raise Wrong(400, "kind is photo, document, voice or album")
        return web.json_response([message_shown(message.entry, person.id) for message in sent])

    async def contact(self, request: web.Request) -> web.StreamResponse:
        """Share a contact."""
        person, body = self.person(request), await body_of(request)
        chat = self.chat(person, body.get("chat"))
        owner = number(body, "user_id", -1)
        message = await person.shares_contact(body.get("phone"), owner, body.get("first_name"), chat.id)
        return web.json_response(message_shown(message.entry, person.id))

    async def block(self, request: web.Request) -> web.StreamResponse:
        """Block the bot, or unblock it."""
        person = self.person(request)
        await (person.unblocks_bot() if request.path.endswith("/unblock") else person.blocks_bot())
        return web.json_response(person.card())

    async def language(self, request: web.Request) -> web.StreamResponse:
        """Another language of the app."""
        person, body = self.person(request), await body_of(request)
        if not isinstance(body.get("code"), str):
            raise Wrong(400, "code is needed")
        await person.speaks(body["code"])
        return web.json_response(person.card())

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file."""
        file = self.telegram.world.files.get(request.match_info["file"])
        if file is None:
            raise Wrong(404, "no such file")
        inline = file.mime.startswith(("image/", "audio/")) and file.mime != "image/svg+xml"
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=86400"}
        if not inline:
            name = file.name.replace('"', "").encode("ascii", "replace").decode()
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return web.Response(body=file.data, headers={**headers, "Content-Type": file.mime})

    def _entry_exists(self, chat: Chat, body: Json) -> Any:
        entry = chat.entries.get(number(body, "message_id"))
        if entry is None:
            raise Wrong(404, "no such message")
        return entry
