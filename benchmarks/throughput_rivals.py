"""The rivals of the throughput benchmark, echo bots behind webhooks: `python throughput_rivals.py NAME API PORT`.

`ptb` and `aiogram` are as their documentation shows them, `bare` is aiohttp with nothing around it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import ClientSession, web

TOKEN = "123456789:bench-token-that-opens-nothing"
PATH = "/telegram"


def ptb(api: str, port: int) -> None:
    """python-telegram-bot over httpx, behind a web server of one's own, as its customwebhook example shows."""
    from telegram import Update
    from telegram.ext import ApplicationBuilder, MessageHandler, filters

    async def echo(update: Any, _context: Any) -> None:
        await update.message.reply_text(update.message.text)

    async def serve() -> None:
        built = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").updater(None).connection_pool_size(64)
        bot = built.concurrent_updates(True).build()
        bot.add_handler(MessageHandler(filters.TEXT, echo))

        async def receive(request: web.Request) -> web.Response:
            await bot.update_queue.put(Update.de_json(await request.json(), bot.bot))
            return web.Response()

        app = web.Application()
        app.router.add_post(PATH, receive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        async with bot:
            await bot.start()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await asyncio.Event().wait()

    asyncio.run(serve())


def aiogram(api: str, port: int) -> None:
    """aiogram with its own request handler, answering in the background as it does by default."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Any) -> None:
        await message.answer(message.text)

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(app, path=PATH)
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=port, print=lambda *_: None, access_log=None)


def bare(api: str, port: int) -> None:
    """aiohttp in, aiohttp out."""

    async def serve() -> None:
        async with ClientSession() as session:

            async def send(chat: int, text: str) -> None:
                body = {"chat_id": chat, "text": text}
                async with session.post(f"{api}/bot{TOKEN}/sendMessage", json=body) as answer:
                    await answer.read()

            async def receive(request: web.Request) -> web.Response:
                message = (await request.json())["message"]
                tasks.add(task := asyncio.create_task(send(message["chat"]["id"], message["text"])))
                task.add_done_callback(tasks.discard)
                return web.Response()

            tasks: set[asyncio.Task[None]] = set()
            app = web.Application()
            app.router.add_post(PATH, receive)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    {"ptb": ptb, "aiogram": aiogram, "bare": bare}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
