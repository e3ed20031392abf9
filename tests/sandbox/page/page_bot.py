"""A tiny bot for the page's tests: long polling with a raw HTTP client, answering each word it knows in one way."""

import asyncio
from typing import Any

import aiohttp

from sandbox import Sandbox

KEYS = {
    "inline_keyboard": [
        [{"text": "帮我办 File", "callback_data": "file"}, {"text": "不是 No", "callback_data": "no"}],
        [{"text": "慢 Slow", "callback_data": "slow"}],
    ]
}
CONTACT_KEYS = {
    "keyboard": [[{"text": "分享号码", "request_contact": True}, {"text": "以后再说"}]],
    "resize_keyboard": True,
}
COMMANDS = [
    {"command": "new", "description": "点一件事 File a matter"},
    {"command": "my", "description": "我的事项 My matters"},
]
ANSWERS: dict[str, dict[str, Any]] = {
    "buttons": {"text": "要我帮您办吗？", "reply_markup": KEYS},
    "keyboard": {"text": "请分享您的号码", "reply_markup": CONTACT_KEYS},
    "rich": {"text": "<b>粗<i>斜</i></b> <code>EY-1</code> <tg-spoiler>秘密</tg-spoiler>", "parse_mode": "HTML"},
    "why": {"text": "请写原因", "reply_markup": {"force_reply": True, "input_field_placeholder": "退回原因"}},
}


class EchoBot:
    """Polls until it is stopped; a sandbox that goes away is asked again, as a real bot does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.base = f"{sandbox.api_url}{sandbox.token}"
        self.polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End polling."""
        self.polling.cancel()
        await asyncio.gather(self.polling, return_exceptions=True)

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a method of the Bot API."""
        async with self.session.post(f"{self.base}/{method}", json=params) as response:
            body = await response.json()
        assert body["ok"], (method, body)
        return body["result"]

    async def _poll(self) -> None:
        async with aiohttp.ClientSession() as self.session:
            await self.call("setMyCommands", commands=COMMANDS)
            offset = 0
            while True:
                try:
                    updates = await self.call("getUpdates", offset=offset, timeout=20)
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
                    continue
                for update in updates:
                    offset = update["update_id"] + 1
                    await self._take(update)

    async def _take(self, update: dict[str, Any]) -> None:
        if press := update.get("callback_query"):
            await self._pressed(press)
        elif message := update.get("message"):
            await self._told(message)

    async def _pressed(self, press: dict[str, Any]) -> None:
        data, message = press["data"], press["message"]
        if data == "slow":
            return
        await self.call("answerCallbackQuery", callback_query_id=press["id"], text="记下了", show_alert=data == "no")
        if data == "file":
            where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
            await self.call("editMessageText", text="已点单", **where)

    async def _told(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text == "think":
            await self.call("sendChatAction", chat_id=chat, action="typing")
            return
        if contact := message.get("contact"):
            gone = {"remove_keyboard": True}
            await self.call("sendMessage", chat_id=chat, text=f"收到 {contact['phone_number']}", reply_markup=gone)
            return
        kind = "照片" if "photo" in message else "文件" if "document" in message else f"回声 {text}"
        answer = ANSWERS.get(text, {"text": kind})
        replied = {"reply_parameters": {"message_id": message["message_id"]}} if "reply_to_message" in message else {}
        await self.call("sendMessage", chat_id=chat, **answer, **replied)
