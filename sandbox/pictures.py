"""Just enough of picture files to tell their kind and size, as Telegram does before it takes one as a photo."""

import struct
from typing import Any

THUMBNAIL = 320
UNKNOWN = (1280, 960)
"""Taken as the size of a person's picture that cannot be measured: a phone always sends a picture."""


def measure(data: bytes) -> tuple[int, int, str] | None:
    """Width, height and MIME type of a PNG, JPEG, GIF, WebP or BMP; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return _measured(width, height, "image/png")
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return _measured(width, height, "image/gif")
    if data.startswith(b"BM") and len(data) >= 26:
        width, height = struct.unpack("<ii", data[18:26])
        return _measured(width, abs(height), "image/bmp")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else None


def _measured(width: int, height: int, mime: str) -> tuple[int, int, str] | None:
    return (width, height, mime) if width > 0 and height > 0 else None


def _webp(data: bytes) -> tuple[int, int, str] | None:
    if data[12:16] == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return _measured(width, height, "image/webp")
    if data[12:16] == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return _measured((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, "image/webp")
    if data[12:16] == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return _measured(width & 0x3FFF, height & 0x3FFF, "image/webp")
    return None


def _jpeg(data: bytes) -> tuple[int, int, str] | None:
    """Walk the segments up to the frame header."""
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return _measured(width, height, "image/jpeg")
        if marker in (0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def sizes(about: dict[str, Any], data: bytes) -> list[dict[str, Any]]:
    """`PhotoSize`s, smallest first. Nothing is scaled: the small one has the same bytes and smaller measures."""
    measured = measure(data)
    width, height = measured[:2] if measured else UNKNOWN
    full = {**about, "width": width, "height": height}
    if max(width, height) <= THUMBNAIL:
        return [full]
    scale = THUMBNAIL / max(width, height)
    return [{**about, "width": max(1, int(width * scale)), "height": max(1, int(height * scale))}, full]
