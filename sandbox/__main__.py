"""`python -m sandbox --port 8090 --people FILE`: the stand-in alone, with the people of a YAML or JSON file."""

import argparse
import asyncio
import signal
from pathlib import Path
from typing import Any

import yaml

from sandbox.server import Sandbox


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        "python -m sandbox", description="A local stand-in for Telegram's Bot API, with a chat page."
    )
    parser.add_argument("--port", type=int, default=8090, help="port on 127.0.0.1 (default 8090)")
    parser.add_argument("--token", default="123456:TEST", help="the bot's token (default 123456:TEST)")
    parser.add_argument(
        "--people", type=Path, help="YAML or JSON list of people: key, first_name, role, phone, language_code, note"
    )
    parser.add_argument("--store", type=Path, help="folder in which the chats survive a restart")
    parser.add_argument("--no-limits", action="store_true", help="no flood control")
    return parser.parse_args()


def read_people(path: Path) -> list[dict[str, Any]]:
    """The people of a file; a JSON file is YAML too."""
    people = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(people, list) or not all(isinstance(person, dict) and "key" in person for person in people):
        raise SystemExit(f"{path}: a list of people, each with a key, is wanted")
    return people


async def serve(options: argparse.Namespace) -> None:
    """Run until interrupted."""
    sandbox = Sandbox(options.token, limits=not options.no_limits, store=options.store)
    for person in read_people(options.people) if options.people else []:
        sandbox.add_person(**person)
    await sandbox.start(port=options.port)
    print(f"chat page   {sandbox.url}/\nBot API     {sandbox.api_url}<token>/<method>", flush=True)
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    await over.wait()
    await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
