"""The office's own pages as people use them: in a real browser, on a phone, in the dark, with hostile words on them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from district import PHOTO, District
from filed import files
from playwright.async_api import Browser, Page, expect
from signed_in import signed_in
from visitor import link_of

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = "<script>document.title=1</script><img src=x onerror=alert(1)> \u202egpj.exe {{ 7 * 7 }} </textarea>"
SHOTS = os.environ.get("PAGE_SHOTS")


async def shot(page: Page, name: str) -> None:
    """A picture to be looked at, when somebody asks for one."""
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def is_no_wider_than_the_phone(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def test_a_matter_filed_handled_and_rated_by_touch(browser: Browser, district: District) -> None:
    talent = await signed_in(browser, district, district.talent, has_touch=True)
    await shot(talent, "home-empty")
    await talent.get_by_role("link", name="我要办事").click()
    await shot(talent, "categories")
    await talent.get_by_role("link", name="子女入学").click()
    await talent.get_by_label("我同意").check()
    await talent.get_by_label("孩子要上哪个阶段？").select_option("小学")
    await talent.get_by_label("是新入学还是转学？").select_option("转学")
    await talent.get_by_label("还想说明的").fill(HOSTILE)
    await talent.get_by_label("照片、文件").set_input_files(
        [{"name": "户口簿.png", "mimeType": "image/png", "buffer": PHOTO}]
    )
    await shot(talent, "form")
    assert await is_no_wider_than_the_phone(talent)
    await talent.get_by_role("button", name="提交").click()
    await talent.wait_for_url("**/desk/EY-2026-000001")
    await expect(talent.get_by_role("article")).to_contain_text("<script>document.title=1</script>")
    await expect(talent.get_by_role("article").get_by_role("img")).to_have_js_property("naturalWidth", 1)
    assert await talent.title() == "EY-2026-000001 · 恩阳英才卡服务台"
    liaison = await signed_in(browser, district, district.liaison, color_scheme="dark")
    await liaison.get_by_role("link", name="EY-2026-000001").click()
    await liaison.get_by_role("button", name="接单").click()
    await expect(liaison.get_by_role("status")).to_contain_text("接单成功")
    await (
        liaison.get_by_role("group")
        .filter(has_text="送单")
        .get_by_label("写在这里")
        .first.fill("已联系登科小学\n下周一报到")
    )
    await liaison.get_by_role("button", name="送单（办好了）").click()
    await expect(liaison.get_by_role("status")).to_contain_text("已送单")
    await shot(liaison, "staff-dark")
    assert await is_no_wider_than_the_phone(liaison)
    await talent.reload()
    await shot(talent, "delivered")
    await talent.get_by_label("5★").check()
    await talent.get_by_role("button", name="办好了").click()
    await expect(talent.get_by_role("status")).to_contain_text("谢谢！EY-2026-000001 已办结")
    assert await is_no_wider_than_the_phone(talent)
    await talent.get_by_role("link", name="恩阳英才卡服务台").click()
    await shot(talent, "home")
    await talent.get_by_role("button", name="退出登录").click()
    await expect(talent.get_by_role("heading")).to_have_text("请从 Telegram 登录")
    await shot(talent, "signed-out")
    for each in (talent, liaison):
        await each.context.close()


async def test_what_is_refused_keeps_what_was_written_and_says_why(browser: Browser, district: District) -> None:
    talent = await signed_in(browser, district, district.talent)
    await talent.goto(talent.url + "new/permit")
    await talent.evaluate("document.querySelector('form').noValidate = true")
    await talent.get_by_label("还想说明的").fill("先写在这里")
    await talent.get_by_role("button", name="提交").click()
    await expect(talent.get_by_role("alert")).to_be_visible()
    await expect(talent.get_by_label("还想说明的")).to_have_value("先写在这里")
    await shot(talent, "refused")
    await talent.context.close()


async def test_a_file_that_cannot_be_taken_leaves_the_answers_and_asks_for_the_file_again(
    browser: Browser, district: District
) -> None:
    talent = await signed_in(browser, district, district.talent)
    await talent.goto(talent.url + "new/school")
    await talent.get_by_label("孩子要上哪个阶段？").select_option("小学")
    await talent.get_by_label("是新入学还是转学？").select_option("转学")
    await talent.get_by_label("还想说明的").fill("先写在这里")
    wrong = {"name": "报名表.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" * 6_000_000}
    await talent.get_by_label("照片、文件").set_input_files([wrong])
    await talent.get_by_role("button", name="提交").click()
    await expect(talent.get_by_role("alert")).to_contain_text("报名表.exe：这种文件收不了")
    await expect(talent.get_by_label("孩子要上哪个阶段？")).to_have_value("小学")
    await expect(talent.get_by_label("还想说明的")).to_have_value("先写在这里")
    await expect(talent.get_by_text("请重新选")).to_be_visible()
    await shot(talent, "file-refused")
    assert await is_no_wider_than_the_phone(talent)
    await talent.context.close()


async def test_a_link_to_the_form_of_an_act_opens_it_and_brings_it_into_sight(
    browser: Browser, district: District
) -> None:
    matter = await files(district, words=f"{HOSTILE}\n" * 30)
    talent = await signed_in(browser, district, district.talent)
    await talent.goto(f"{talent.url}{matter.number}?act=say#act-say")
    await expect(talent.get_by_role("group").filter(has_text="留言").get_by_label("写在这里")).to_be_in_viewport()
    await shot(talent, "act-in-sight")
    await talent.goto(f"{district.parts.services.pages}/desk/nope")
    await expect(talent.get_by_role("alert")).to_contain_text("没有这个网页")
    await shot(talent, "nowhere")
    await talent.goto(link_of(district.talent))
    await talent.get_by_role("button", name="登录并打开").click()
    await expect(talent.get_by_role("alert")).to_contain_text("您还登录着")
    await shot(talent, "link-over")
    await talent.get_by_role("link", name="回到首页").click()
    await expect(talent.get_by_role("heading", level=1)).to_contain_text("您好")
    await talent.context.close()


async def test_nothing_is_fetched_from_anywhere_else_and_no_script_runs(browser: Browser, district: District) -> None:
    talent = await signed_in(browser, district, district.talent)
    asked: list[str] = []
    talent.on("request", lambda request: asked.append(request.url))
    for path in ("", "new", "new/school", "EY-2026-000001"):
        await talent.goto(f"{district.parts.services.pages}/desk/{path}")
    assert {url.split("/desk/")[0] for url in asked} == {district.parts.services.pages}
    assert await talent.locator("script").count() == 0
    cookies = await talent.context.cookies()
    assert [(each["httpOnly"], each["sameSite"]) for each in cookies] == [(True, "Lax")]
    await talent.context.close()
