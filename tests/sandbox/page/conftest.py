"""Ground of the chat page's tests: a sandbox with people and a small bot, and a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from page_bot import EchoBot
from page_screen import Screen
from playwright.async_api import Browser

from sandbox import Sandbox

PEOPLE = {"talent": "杨帆", "liaison": "陈静", "department": "李国强", "runner": "王跑团", "admin": "周敏"}


@pytest_asyncio.fixture(loop_scope="module")
async def town(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A sandbox that keeps its chats, with five people who have started the bot."""
    async with Sandbox(limits=False, store=tmp_path) as running:
        for key, name in PEOPLE.items():
            person = running.add_person(key, first_name=name, role="角色 · role", phone="+8613800000001")
            await person.start()
        running.updates.drop_all()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def echo(town: Sandbox) -> AsyncIterator[EchoBot]:
    bot = EchoBot(town)
    yield bot
    await bot.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def screen(browser: Browser, town: Sandbox, echo: EchoBot) -> AsyncIterator[Screen]:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    shown = Screen(page, town.url)
    await shown.open()
    yield shown
    await page.context.close()
    assert shown.errors == []
