"""Delivery to a webhook: the secret, the order, redelivery with pauses, and what getWebhookInfo tells."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from sandbox_caller import Caller

from sandbox import Fault, Person, Sandbox, VirtualClock


class Hook:
    """A bot's web server that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[web.Response] = []

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.seen]

    async def receive(self, request: web.Request) -> web.Response:
        self.seen.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def hook(sandbox: Sandbox) -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret_and_counted(
    sandbox: Sandbox, bot: Caller, talent: Person, hook: Hook
) -> None:
    await talent.says("以前的")
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 1
    await bot("setWebhook", url=hook.url, secret_token="sesam", max_connections=3)
    await talent.says("现在的")
    await sandbox.until(lambda: not sandbox.updates.pending)
    assert hook.texts == ["以前的", "现在的"]
    assert set(hook.secrets) == {"sesam"}
    info = await bot("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (hook.url, 0, 3)


async def test_a_refused_update_comes_again_with_growing_pauses_and_in_order(
    sandbox: Sandbox, clock: VirtualClock, bot: Caller, talent: Person, hook: Hook
) -> None:
    hook.answers = [web.Response(status=500) for _ in range(4)]
    await bot("setWebhook", url=hook.url)
    await talent.says("一")
    await talent.says("二")
    for tries, pause in ((2, 2), (3, 4), (4, 8)):
        await sandbox.until(lambda tries=tries: len(hook.seen) == tries and clock.sleeping)  # type: ignore[misc]
        assert hook.texts == ["一"] * tries
        clock.advance(pause)
    await sandbox.until(lambda: not sandbox.updates.pending)
    assert hook.texts == ["一"] * 5 + ["二"]
    info = await bot("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["last_error_date"] <= clock.now()


async def test_one_persons_failing_update_holds_up_nobody_else(
    sandbox: Sandbox, bot: Caller, talent: Person, hook: Hook
) -> None:
    other = sandbox.add_person("leader")
    hook.answers = [web.Response(status=503, headers={"Retry-After": "600"})]
    await bot("setWebhook", url=hook.url)
    await talent.says("卡住")
    await sandbox.until(lambda: len(hook.seen) == 1)
    await other.says("通过")
    await sandbox.until(lambda: hook.texts == ["卡住", "通过"])
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 1


async def test_a_method_in_the_answer_is_carried_out(sandbox: Sandbox, bot: Caller, talent: Person, hook: Hook) -> None:
    hook.answers = [web.json_response({"method": "sendMessage", "chat_id": talent.chat, "text": "收到"})]
    await bot("setWebhook", url=hook.url)
    await talent.says("在吗")
    await talent.hears("收到")


async def test_a_webhook_that_is_down_is_named_as_the_last_error(sandbox: Sandbox, bot: Caller, talent: Person) -> None:
    await bot("setWebhook", url="http://127.0.0.1:9/hook")
    await talent.says("有人吗")
    await sandbox.until(lambda: sandbox.telegram.webhook.settings.last_error)
    assert (await bot("getWebhookInfo"))["last_error_message"] == "Connection refused"


async def test_pending_updates_can_be_dropped(bot: Caller, talent: Person, hook: Hook) -> None:
    await talent.says("旧")
    await bot("setWebhook", url=hook.url, drop_pending_updates=True)
    assert (await bot("getWebhookInfo"))["pending_update_count"] == 0
    await bot("deleteWebhook", drop_pending_updates=True)
    assert (await bot("getWebhookInfo"))["url"] == ""


async def test_setting_a_webhook_ends_a_waiting_poll(sandbox: Sandbox, bot: Caller, hook: Hook) -> None:
    poll = asyncio.ensure_future(bot.refused("getUpdates", timeout=50))
    await sandbox.until(lambda: sandbox.updates.polling)
    await bot("setWebhook", url=hook.url)
    assert await poll == (409, "Conflict: terminated by setWebhook request")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org/"}, "bad webhook: Failed to resolve host: Name or service not known"),
        ({"url": "http://127.0.0.1/", "secret_token": "ä"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(params: dict[str, Any], reason: str, bot: Caller) -> None:
    assert await bot.refused("setWebhook", **params) == (400, f"Bad Request: {reason}")


async def test_a_repeated_update_is_posted_twice(sandbox: Sandbox, bot: Caller, talent: Person, hook: Hook) -> None:
    sandbox.faults.add(Fault.repeated())
    await bot("setWebhook", url=hook.url)
    await talent.says("一")
    await sandbox.until(lambda: not sandbox.updates.pending)
    assert hook.texts == ["一", "一"]
