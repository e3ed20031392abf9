"""Formatted text as Telegram reads it: HTML into plain text and entities, counted in UTF-16 units.

Rules of core.telegram.org/bots/api#html-style; the error texts are those of the Bot API server.
"""

import re
from dataclasses import dataclass

from sandbox.links import link_entity
from sandbox.refusals import Refusal, bad
from sandbox.world import Json

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));?")
SPACES = " \t\r\n\v\f"


def units(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Open:
    """A tag that waits for its end."""

    tag: str
    start: int
    argument: str
    byte: int


class HtmlReader:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.length = 0
        self.text: list[str] = []
        self.stack: list[Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        """Plain text and entities; raises Refusal 400 `can't parse entities: …`."""
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&":
                self._put(self._reference())
            else:
                stop = min(
                    (i for i in (self.source.find("<", self.at), self.source.find("&", self.at)) if i >= 0),
                    default=len(self.source),
                )
                self._put(self.source[self.at : stop])
                self.at = stop
        if self.stack:
            raise self._wrong(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"', None)
        return "".join(self.text), arranged(without_inner(self.entities))

    def _put(self, text: str) -> None:
        self.text.append(text)
        self.length += units(text)

    def _wrong(self, reason: str, at: int | None) -> Refusal:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad(f"can't parse entities: {reason}{where}")

    def _reference(self) -> str:
        """A character reference; what is none stands for itself."""
        match = REFERENCE.match(self.source, self.at)
        if match:
            number = int(match[1], 16) if match[1] else int(match[2]) if match[2] else 0
            decoded = NAMED.get(match[3]) if match[3] else (chr(number) if 0 < number < 0x110000 else None)
            if decoded:
                self.at = match.end()
                return decoded
        self.at += 1
        return "&"

    def _tag(self) -> None:
        if self.source.startswith("</", self.at):
            return self._end()
        return self._start()

    def _until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _skip_spaces(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACES:
            self.at += 1

    def _start(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(SPACES + ">").lower()
        if self.at >= len(self.source):
            raise self._wrong("Unclosed start tag", begin)
        if tag not in TAGS:
            raise self._wrong(f'Unsupported start tag "{tag}"', begin)
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(Open(tag, self.length, argument_of(tag, attributes), begin))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_spaces()
            if self.at >= len(self.source):
                raise self._wrong("Unclosed start tag", begin)
            if self.source[self.at] == ">":
                self.at += 1
                return attributes
            name = self._until(SPACES + "=>/\"'").lower()
            if not name:
                raise self._wrong(f'Empty attribute name in the tag "{tag}"', begin)
            attributes[name] = self._value(tag, name, begin)

    def _value(self, tag: str, name: str, begin: int) -> str:
        self._skip_spaces()
        if not self.source.startswith("=", self.at):
            if (tag, name) == ("blockquote", "expandable"):
                return ""
            raise self._wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self.at += 1
        self._skip_spaces()
        quote = self.source[self.at : self.at + 1]
        if quote not in ("'", '"'):
            value = self._until(SPACES + ">")
            if not value:
                raise self._wrong("Unexpected end of name token", self.at)
            return value.lower()
        self.at += 1
        value = ""
        while self.at < len(self.source) and self.source[self.at] != quote:
            if self.source[self.at] == "&":
                value += self._reference()
            else:
                value += self.source[self.at]
                self.at += 1
        if self.at >= len(self.source):
            raise self._wrong("Unclosed start tag", begin)
        self.at += 1
        return value

    def _end(self) -> None:
        begin = self.at
        if not self.stack:
            raise self._wrong("Unexpected end tag", begin)
        self.at += 2
        tag = self._until(SPACES + ">").lower()
        self._skip_spaces()
        if not self.source.startswith(">", self.at):
            raise self._wrong("Unclosed end tag", begin)
        self.at += 1
        opened = self.stack.pop()
        if tag not in ("", opened.tag):
            where = len(self.source[:begin].encode())
            raise self._wrong(
                f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{tag}>"', None
            )
        self._close(opened)

    def _close(self, opened: Open) -> None:
        length = self.length - opened.start
        if not length:
            return
        kind = TAGS[opened.tag]
        entity: Json = {"type": kind, "offset": opened.start, "length": length}
        if kind == "text_link":
            link = opened.argument or slice_units("".join(self.text), opened.start, length)
            if not (typed := link_entity(link)):
                return
            entity.update(typed)
        elif kind == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif kind == "code" and self.stack and self.stack[-1].tag == "pre":
            # `<pre><code class="language-x">` is one block that knows its language.
            self.stack[-1].argument = opened.argument
            return
        elif kind == "pre" and opened.argument:
            entity["language"] = opened.argument
        elif kind == "custom_emoji":
            entity["custom_emoji_id"] = opened.argument
        self.entities.append(entity)


def argument_of(tag: str, attributes: dict[str, str]) -> str:
    """What of a tag's attributes matters."""
    if tag == "a":
        return attributes.get("href", "")
    if tag == "code":
        return (
            attributes.get("class", "").removeprefix("language-") if "language-" in attributes.get("class", "") else ""
        )
    if tag == "blockquote":
        return "expandable" if "expandable" in attributes else ""
    return attributes.get("emoji-id", "")


def slice_units(text: str, offset: int, length: int) -> str:
    """A piece of text by UTF-16 offset and length."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def without_inner(entities: list[Json]) -> list[Json]:
    """Code holds no other formatting."""
    codes = [e for e in entities if e["type"] in ("code", "pre")]
    return [e for e in entities if e["type"] in ("code", "pre") or not any(_inside(e, code) for code in codes)]


def _inside(inner: Json, outer: Json) -> bool:
    starts: int = inner["offset"] - outer["offset"]
    return starts >= 0 and starts + inner["length"] <= outer["length"]


def arranged(entities: list[Json]) -> list[Json]:
    """Outer before inner, in the order of the text."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Telegram drops white space at both ends and what of an entity lay there."""
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    size = units(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, size)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept
