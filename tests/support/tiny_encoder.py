"""A sentence encoder of a few bytes for the tests: an ONNX model that looks one vector up for each word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

FLOAT, INT64 = 1, 7


def write(folder: Path, meanings: Sequence[Sequence[str]], *, asks: str = "input_ids") -> Path:
    """Into `folder` a model in which the characters or words of a group mean the same; `asks`: the input's name."""
    words = ["?", *(word for group in meanings for word in group)]
    table = np.zeros((len(words), len(meanings) + 1), np.float32)
    table[0, 0] = 1
    for column, group in enumerate(meanings, 1):
        for word in group:
            table[words.index(word), column] = 1
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(_model(table, asks))
    return folder


def _model(table: np.ndarray, asks: str) -> bytes:
    """ModelProto with one node: Gather(table, the input)."""
    rows, width = table.shape
    held = _number(1, rows) + _number(1, width) + _number(2, FLOAT) + _text(8, "table") + _part(9, table.tobytes())
    node = _text(1, "table") + _text(1, asks) + _text(2, "out") + _text(4, "Gather")
    graph = _part(1, node) + _text(2, "tiny") + _part(5, held)
    graph += _part(11, _value(asks, INT64, ["batch", "length"])) + _part(
        12, _value("out", FLOAT, ["batch", "length", width])
    )
    return _number(1, 8) + _part(7, graph) + _part(8, _number(2, 17))


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    """ValueInfoProto."""
    sizes = b"".join(_part(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    return _text(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, sizes)))


def _number(field: int, value: int) -> bytes:
    return bytes([field << 3]) + _varint(value)


def _text(field: int, text: str) -> bytes:
    return _part(field, text.encode())


def _part(field: int, data: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])
