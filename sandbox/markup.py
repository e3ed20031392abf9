"""Keyboards: what Telegram accepts as `reply_markup`, and how it is kept."""

import re
from typing import Any

from sandbox.refusals import Refusal, bad
from sandbox.world import Json

MOST_BUTTONS = 100
MOST_BYTES = 10_240
DATA_BYTES = 64
WEB = re.compile(
    r"^(?:https?://(?:[^\s/:?#.]+(?:\.[^\s/:?#.]+)+)(?::\d+)?(?:[/?#]\S*)?|tg://\S+|tonsite://\S+)$",
    re.IGNORECASE,
)
KINDS = (
    "callback_data",
    "url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "web_app",
    "login_url",
    "pay",
)
FLAGS = ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective")


def read(value: Any, private: bool) -> Json | None:
    """A `reply_markup` as kept, None for none; raises Refusal 400."""
    if value is None or value == "":
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"])
    if "keyboard" in value:
        return _reply(value, private)
    if value.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if value.get("force_reply"):
        shown = (
            {"input_field_placeholder": value["input_field_placeholder"]}
            if value.get("input_field_placeholder")
            else {}
        )
        return {"force_reply": True, **shown}
    return None


def read_inline(value: Any) -> Json | None:
    """As `read`, where only an inline keyboard may stand (edits)."""
    markup = read(value, private=True)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    return markup


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad(f'can\'t parse reply keyboard markup: Field "{name}" must be of type Array')
    for row in value:
        if not isinstance(row, list):
            raise bad(f'can\'t parse reply keyboard markup: Field "{name}" must be an Array of Arrays')
    if sum(map(len, value)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return [row for row in value if row]


def _inline(value: Any) -> Json | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(value, "inline_keyboard")]
    size = sum(len(str(field).encode()) for row in rows for button in row for field in button.values())
    if size > MOST_BYTES:
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise _unreadable('Field "text" must be of type String' if text is not None else 'Can\'t find field "text"')
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    kind = next((name for name in KINDS if name in button), None)
    if kind is None:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    value = button[kind]
    if kind == "callback_data":
        _check_data(value)
    if kind == "url":
        value = _checked_url(value)
    kept: Json = {"text": text, kind: value}
    if button.get("style") in ("primary", "success", "danger"):
        kept["style"] = button["style"]
    return kept


def _check_data(data: Any) -> None:
    if not isinstance(data, str):
        raise _unreadable('Field "callback_data" must be of type String')
    if not 1 <= len(data.encode()) <= DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")


def _checked_url(url: Any) -> str:
    if not isinstance(url, str) or not WEB.match(url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _unreadable(reason: str) -> Refusal:
    return bad(f"can't parse inline keyboard button: {reason}")


def _reply(value: Json, private: bool) -> Json:
    rows = [[_reply_button(button, private) for button in row] for row in _rows(value["keyboard"], "keyboard")]
    if not rows:
        raise bad("reply keyboard must be non-empty")
    kept: Json = {"keyboard": rows, **{flag: True for flag in FLAGS if value.get(flag)}}
    if value.get("input_field_placeholder"):
        kept["input_field_placeholder"] = value["input_field_placeholder"]
    return kept


def _reply_button(button: Any, private: bool) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad('can\'t parse keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")
    if button.get("request_contact") and not private:
        raise bad("phone number can be requested in private chats only")
    return {key: button[key] for key in ("text", "request_contact", "request_location", "style") if button.get(key)}
