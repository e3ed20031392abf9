"""Files made just before they are sent: the outbox keeps what they show, not the bytes; made off the event loop.

A parameter `{"make": "chart", "of": …, "name": "rates.png"}` becomes the file that the Bot API is given.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from typing import Any

from desk.vault import Vault
from handlers import chart


def _workbook(plain: Any) -> bytes:
    from handlers import export  # brings openpyxl with it, which takes 8 MB

    return export.write(plain)


MAKERS: Mapping[str, Callable[[Any], bytes]] = {
    "chart": lambda plain: chart.draw(chart.Chart.from_plain(plain)),
    "workbook": _workbook,
    "text": lambda plain: str(plain).encode(),
}


class Makings:
    """Opens what is sealed, and makes one file at a time, so that many pictures take no more memory than one."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._one = asyncio.Lock()

    async def ready(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a call, opened, with every file in them made."""
        if "sealed" in params:
            whole = {**params, **self._vault.unpack(params["sealed"])}
            params = {name: value for name, value in whole.items() if name != "sealed"}
        return {name: await self._made(value) for name, value in params.items()}

    async def _made(self, value: Any) -> Any:
        if not (isinstance(value, dict) and "make" in value):
            return value
        async with self._one:
            content = await asyncio.to_thread(MAKERS[value["make"]], value["of"])
        return {"base64": base64.b64encode(content).decode(), "name": value["name"]}
