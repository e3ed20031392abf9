"""What a form sent: its fields, and its files within the limits of size, number and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from aiohttp import BodyPartReader, web

from desk.desk import Desk
from desk.filing import Upload
from desk.names import plain_name
from desk.people import Person
from desk.refusals import Refused

LARGEST = 10 * 1024 * 1024
MOST = 6
LONGEST_FIELD = 32 * 1024
MOST_FIELDS = 40
LARGEST_FORM = MOST * LARGEST
"""Bytes of one file, files of one form, bytes of one field, fields of one form, bytes that are passed over."""

ENDINGS = frozenset(
    "jpg jpeg png gif webp heic pdf doc docx xls xlsx wps et txt csv zip mp3 m4a ogg mp4".split()  # noqa: SIM905
)
_FIRST_BYTES: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class Sent:
    """A file as it came."""

    name: str
    content: bytes

    @property
    def media(self) -> str:
        """What its first bytes say it is; what they do not tell is only bytes."""
        if self.content[:4] == b"RIFF" and self.content[8:12] == b"WEBP":
            return "image/webp"
        found = (media for start, media in _FIRST_BYTES.items() if self.content.startswith(start))
        return next(found, "application/octet-stream")


@dataclass
class Form:
    """The fields of a form, and its files. `problem`: why one of them cannot be taken; then none is."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Sent] = field(default_factory=list)
    problem: Refused | None = None

    @property
    def had_files(self) -> bool:
        """Whether files came with it; shown again it has none, and they have to be chosen anew."""
        return bool(self.files) or self.problem is not None

    def get(self, name: str) -> str:
        """A field's words; nothing for one that was not sent."""
        return self.fields.get(name, "")


async def read_form(request: web.Request) -> Form:
    """Read it part by part, so that nothing larger than the limits is ever held.

    A file that is too large or of a kind we do not take, or one too many, is the form's `problem`: what was written
    is read all the same, so that the form can be shown again with its answers.

    Raises:
        Refused: a field is too large.
        web.HTTPBadRequest: it is no form.
    """
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPBadRequest
    form, left = Form(), LARGEST_FORM
    parts = await request.multipart()
    while left > 0 and (part := await parts.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None or len(form.fields) >= MOST_FIELDS:
            raise web.HTTPBadRequest
        if part.filename is None:
            raw = await _read(part, LONGEST_FIELD)
            form.fields[part.name] = raw.decode("utf-8", "replace").replace("\x00", "").replace("\r\n", "\n").strip()
        else:
            await _take(part, form)
            left = await _pass_over(part, left)
    return form


async def _take(part: BodyPartReader, form: Form) -> None:
    """The file, if it can be taken; a field in which none was chosen has no name."""
    if not part.filename or form.problem is not None:
        return
    try:
        if len(form.files) >= MOST:
            raise Refused("page.too_many", n=MOST)
        form.files.append(Sent(_name(part.filename), await _read(part, LARGEST)))
    except Refused as refusal:
        form.files.clear()
        form.problem = refusal


async def _pass_over(part: BodyPartReader, most: int) -> int:
    """Read on to the part's end without holding it; how many more bytes may be passed over."""
    while most > 0 and (chunk := await part.read_chunk(64 * 1024)):
        most -= len(chunk)
    return most


async def keep(desk: Desk, person: Person, form: Form) -> list[Upload]:
    """The files as entries refer to them; they belong to no matter until they are handed in.

    Raises:
        Refused: one of them cannot be taken.
    """
    if form.problem is not None:
        raise form.problem
    return [
        Upload(
            "photo" if sent.media in PICTURES else "document",
            await desk.files.keep(person, sent.content, sent.media),
            sent.name,
            len(sent.content),
        )
        for sent in form.files
    ]


async def hand_in(desk: Desk, uploads: list[Upload], matter_id: int) -> None:
    """They belong to this matter now."""
    for upload in uploads:
        await desk.files.hand_in(upload.file_id, matter_id)


def _name(given: str) -> str:
    """The name alone, without a path.

    Raises:
        Refused: its ending is of no kind that we take.
    """
    name = plain_name(PurePath(given.replace("\\", "/")).name)
    if PurePath(name).suffix.lower().lstrip(".") not in ENDINGS:
        raise Refused("page.wrong_kind", name=name)
    return name


async def _read(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > most:
            raise Refused("page.too_large", limit=LARGEST // 1024 // 1024)
    return bytes(content)
