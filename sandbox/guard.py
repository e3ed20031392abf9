"""Who may talk to the sandbox: this machine, and no page of another origin in its browser."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse foreign `Host` (a rebound name), foreign `Origin` and cross-site requests with 403."""
    if not allowed(
        request.headers.get("Host", ""), request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    ):
        return web.json_response({"error": "only pages of this sandbox may ask"}, status=403)
    return await handler(request)


def allowed(host: str, origin: str | None, site: str | None) -> bool:
    """Whether a request with these headers comes from here."""
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return False
    if site == "cross-site":
        return False
    return origin is None or origin.lower() == f"http://{host}".lower()
