"""Makes faq/data/pinyin.json: the reading of each common character, and of the words that are read otherwise.

From pypinyin's tables (MIT). Run: .venv/bin/python -m benchmarks.faq_pinyin
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin
from pypinyin.phrases_dict import phrases_dict

OUT = Path(__file__).parents[1] / "faq" / "data" / "pinyin.json"


def common(character: str) -> bool:
    """In GB 2312, the 6,763 characters of everyday simplified Chinese."""
    try:
        return len(character.encode("gb2312")) == 2 and "\u4e00" <= character <= "\u9fff"
    except UnicodeEncodeError:
        return False


def main() -> None:
    characters = [chr(code) for code in range(0x4E00, 0xA000) if common(chr(code))]
    reading = {c: lazy_pinyin(c, style=Style.NORMAL, v_to_u=False)[0] for c in characters}
    by_syllable: dict[str, str] = defaultdict(str)
    for c in characters:
        by_syllable[reading[c]] += c
    words = {}
    for word in phrases_dict:
        if len(word) not in (2, 3) or not all(map(common, word)):
            continue
        said = lazy_pinyin(word, style=Style.NORMAL)
        if len(said) == len(word) and said != [reading[c] for c in word]:
            words[word] = " ".join(said)
    data = {
        "from": "pypinyin, MIT",
        "syllables": dict(sorted(by_syllable.items())),
        "words": dict(sorted(words.items())),
    }
    OUT.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(
        len(reading), "characters,", len(by_syllable), "syllables,", len(words), "words,", OUT.stat().st_size, "bytes"
    )


if __name__ == "__main__":
    main()
