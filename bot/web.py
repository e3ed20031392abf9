"""What the bot listens on: the health pages and, where there is one, the webhook. It does not wait for Telegram."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select

from bot.intake import LARGEST, Webhook
from bot.loop import DATABASE_DOWN
from bot.metrics import Metrics
from db.engine import Database
from pages.doorstep import doorstep

Ready = Callable[[], Awaitable[str | None]]
WEBHOOK_PATH = "/telegram"


@dataclass(frozen=True)
class Health:
    """What the health pages ask; each answers with one line without secrets, or None when all is well.

    `hangs`: why this process should be restarted; `missing`: why it cannot serve now; `warning`: what is wrong
    although it serves, such as that nobody audits.
    """

    hangs: Callable[[], str | None]
    missing: Ready
    warning: Ready


def create(
    health: Health,
    webhook: Webhook | None = None,
    path: str = WEBHOOK_PATH,
    metrics: Metrics | None = None,
    pages: web.Application | None = None,
) -> web.Application:
    """The web application.

    Args:
        webhook: the handler of Telegram's calls, when updates come by webhook.
        metrics: what Prometheus may ask for.
        pages: the office's own pages, below `/desk/`.
    """
    app = web.Application(client_max_size=LARGEST)

    async def healthz(_request: web.Request) -> web.Response:
        hangs = health.hangs()
        return web.Response(text=f"{hangs or 'ok'}\n", status=503 if hangs else 200)

    async def readyz(_request: web.Request) -> web.Response:
        if missing := await health.missing():
            return web.Response(text=f"{missing}\n", status=503)
        warning = await health.warning()
        return web.Response(text=f"ready\nwarning: {warning}\n" if warning else "ready\n")

    async def numbers(_request: web.Request) -> web.Response:
        assert metrics is not None
        try:
            return web.Response(body=await metrics.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})
        except DATABASE_DOWN as error:
            return web.Response(text=f"the database does not answer ({type(error).__name__})\n", status=503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if metrics is not None:
        app.router.add_get("/metrics", numbers)
    if webhook is not None:
        app.router.add_post(path, webhook.receive)
    if pages is not None:
        app.add_routes(doorstep(pages))
        app.add_subapp("/desk/", pages)
    return app


async def database_answers(database: Database) -> str | None:
    """Whether the database can be read now, as `ready` wants it."""
    try:
        async with database.read() as tx:
            await tx.execute(select(1))  # a connection that is gone is noticed only when something is asked
            return None
    except DATABASE_DOWN as error:
        return f"the database does not answer ({type(error).__name__})"


class Server:
    """The application on a port of this machine."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
        self._host = host
        self._port = port

    async def start(self) -> int:
        """Listen.

        Returns:
            the port; a free one when 0 was asked for.

        Raises:
            OSError: the address is taken or not this machine's.
        """
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Let requests in hand finish, then listen no more."""
        await self._runner.cleanup()
