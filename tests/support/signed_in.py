"""A phone's browser in a test, signed in to the office's own pages by the link that the bot sent."""

from __future__ import annotations

import pytest
from district import District
from playwright.async_api import Browser, Page
from visitor import link_of

from sandbox import Person

PHONE = {"width": 390, "height": 844}


async def signed_in(browser: Browser, district: District, person: Person, **more: object) -> Page:
    """A phone's browser, in which this person has used the link that the bot sent."""
    await person.says("/page")
    await district.settles()
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", **more)  # type: ignore[arg-type]
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(link_of(person))
    await page.get_by_role("button").click()
    await page.wait_for_url("**/desk/")
    return page
