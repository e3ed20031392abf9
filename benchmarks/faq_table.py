"""What is learned, as files: the table of meanings (its grams, and a vector for each in eight bits with a step size of
its own), and the encoder that reads a table and has its weights beside it.

A file is written whole or not at all: learning takes minutes, and what it replaces is good until then.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from faq import neural
from faq.grams import Kind
from faq.pinyin import DATA
from faq.sense import Encoder, Sense, sense

HERE = Path(__file__).parent
DISTILLED = HERE / "faq_sense.npz"
"""What `faq_sense.py` makes."""
TABLE = "sense.npz"
"""The name of what `faq_contrast.py` makes of it."""
SHIPPED = DATA
"""The folder of what ships; another one has the same names in it."""
MOST = {
    Kind.HAN: 6000,
    Kind.HAN_PAIR: 36000,
    Kind.WORD: 22000,
    Kind.WORD_PAIR: 12000,
    Kind.CONCEPT: 2000,
    Kind.ASKS: 50,
}
"""The kinds of grams that have vectors, and how many of each are distilled at the most."""


def read(path: Path) -> tuple[list[str], Any]:
    """The grams and their vectors."""
    with np.load(path, allow_pickle=False) as data:
        table = data["table"].astype(np.float32) * data["scale"][:, None]
        return bytes(data["grams"]).decode().split("\n"), table


def packed(names: list[str], table: Any) -> tuple[list[str], Any, Any]:
    """In the order of the grams' bytes, as they are looked up: grams, whole numbers, and what to multiply them by."""
    order = sorted(range(len(names)), key=lambda at: names[at].encode())
    table = table[order]
    scale = (np.abs(table).max(1) / 127 + 1e-12).astype(np.float32)
    return [names[at] for at in order], np.round(table / scale[:, None]).astype(np.int8), scale


def write(path: Path, names: list[str], table: Any) -> None:
    """Put a table where it is read from."""
    names, whole, scale = packed(names, table)
    file = BytesIO()
    np.savez_compressed(file, grams=np.frombuffer("\n".join(names).encode(), np.uint8), table=whole, scale=scale)
    put(path, file.getvalue())


def put(path: Path, content: bytes) -> None:
    """Write a file whole: until it is, the one before it stays."""
    half = path.with_name(path.name + ".half")
    half.write_bytes(content)
    half.replace(path)


def encoder_of(setting: str = "", folder: Path = SHIPPED) -> Encoder:
    """The table in a folder, and beside it the sentence encoder that is named (as DESK_FAQ_ENCODER), if one is.

    Raises:
        neural.EncoderError: that cannot be used.
    """
    table = sense() if folder == SHIPPED else Sense.read(folder / TABLE)
    beside = neural.encoder(setting)
    found = replace(beside, table=table) if beside else table
    return found if folder == SHIPPED else replace(found, learned=str((folder / found.learned).resolve()))
