"""Which addresses Telegram makes a link of."""

import re

from sandbox.world import Json

LINK = re.compile(
    r"^(?:(?:https?|ftp)://)?(?:[^\s/@]+@)?(?:\d+(?:\.\d+){3}|[^\s/:?#.]+(?:\.[^\s/:?#.]+)+)(?::\d+)?(?:[/?#]\S*)?$",
    re.IGNORECASE,
)
USER_LINK = re.compile(r"^tg://user\?id=(\d+)$")
OTHER_LINK = re.compile(r"^(?:tg|mailto|tel|ton|tonsite):\S+$")


def link_entity(link: str) -> Json | None:
    """A link's fields, or None where Telegram silently makes no link of it."""
    if person := USER_LINK.match(link):
        return {"type": "text_mention", "user": {"id": int(person[1]), "is_bot": False, "first_name": ""}}
    if OTHER_LINK.match(link):
        return {"url": link}
    if not LINK.match(link):
        return None
    url = link if "://" in link else f"http://{link}"
    return {"url": url if "/" in url.split("://", 1)[1] else url + "/"}
