"""The table of meanings as a file: its grams, and a vector for each in eight bits with a step size of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from faq.grams import Kind

HERE = Path(__file__).parent
DISTILLED = HERE / "faq_sense.npz"
"""What `faq_sense.py` makes."""
SHIPPED = HERE.parent / "faq" / "data" / "sense.npz"
"""What `faq_contrast.py` makes of it."""
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
    np.savez_compressed(path, grams=np.frombuffer("\n".join(names).encode(), np.uint8), table=whole, scale=scale)
    print("written:", path, f"{path.stat().st_size / 1e6:.1f} MB, {len(names)} grams")
