"""What the sandbox's tests share: the smallest picture Telegram would take, and a raw caller of the Bot API."""

from typing import Any

import aiohttp

from sandbox import Sandbox

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x00\x80\x08\x06\x00\x00\x00"
    b"\x00\x00\x00\x00\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Caller:
    """Calls the Bot API as any HTTP client would."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def __call__(self, method: str, **params: Any) -> Any:
        """The result of a call that must be accepted."""
        status, body = await self.raw(method, **params)
        assert status == 200, body
        assert body["ok"] is True
        return body["result"]

    async def refused(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and description of a call that must be refused."""
        status, body = await self.raw(method, **params)
        assert body["ok"] is False, body
        assert body["error_code"] == status
        return status, body["description"]

    async def raw(self, method: str, **params: Any) -> tuple[int, Any]:
        """Status and body of a JSON call."""
        async with self.session.post(f"{self.sandbox.api_url}{self.sandbox.token}/{method}", json=params) as response:
            return response.status, await response.json()
