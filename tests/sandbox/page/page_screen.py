"""The chat page as one browser window shows it, in the words of those who look at it."""

from playwright.async_api import Locator, Page


class Screen:
    """The page as one window shows it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self) -> None:
        """Load the page and wait until everybody is there."""
        await self.page.goto(self.address)
        await self.page.wait_for_selector(".desk[data-ready]")

    def phone(self, key: str = "talent") -> Locator:
        """One person's phone."""
        return self.page.locator(f'.phone[data-person="{key}"]')

    def chip(self, key: str) -> Locator:
        """One person in the strip on top."""
        return self.page.locator(f'.people [data-person="{key}"]')

    def bubbles(self, side: str, key: str = "talent") -> Locator:
        """The bubbles a person wrote (`mine`) or received (`theirs`)."""
        return self.phone(key).locator(f".unit.{side} .bubble")

    async def types(self, text: str, key: str = "talent") -> None:
        """Write and send with Enter."""
        await self.phone(key).locator(".input").fill(text)
        await self.phone(key).locator(".input").press("Enter")

    async def attaches(self, item: str, *files: dict[str, object]) -> None:
        """Choose files through the paper clip."""
        await self.phone().locator(".attach").click()
        async with self.page.expect_file_chooser() as chooser:
            await self.phone().get_by_role("menuitem", name=item).click()
        await (await chooser.value).set_files(list(files))  # type: ignore[arg-type]
