"""Makes faq/data/rarity.json: how often characters, words and their pairs occur in ordinary questions.

Chinese: from the word frequencies of jieba's dictionary (MIT). English: from the indexed phrasings of the public sets
beside this file. Run in the bench environment: .venv-bench/bin/python -m benchmarks.faq_rarity
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import jieba

from faq.grams import Kind, grams
from faq.lexicon import Lexicon
from faq.normal import settle
from faq.pinyin import sounds

HERE = Path(__file__).parent
OUT = HERE.parent / "faq" / "data" / "rarity.json"
CHARACTERS_PER_QUESTION = 10
COMMON_ENOUGH = {Kind.HAN: 1e-4, Kind.HAN_PAIR: 3e-4, Kind.SOUND: 1e-4, Kind.SOUND_PAIR: 5e-4, Kind.WORD: 2e-3}


def chinese() -> dict[Kind, dict[str, float]]:
    """The chance of each character, pair and sound to occur in a question of ten characters."""
    counts: dict[Kind, Counter[str]] = {
        kind: Counter() for kind in (Kind.HAN, Kind.HAN_PAIR, Kind.SOUND, Kind.SOUND_PAIR)
    }
    total = 0
    with Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split(" ")
            if not all("\u4e00" <= c <= "\u9fff" for c in word):
                continue
            said, count = sounds(word), int(frequency)
            total += count * len(word)
            for c in word:
                counts[Kind.HAN][c] += count
            for s in said:
                counts[Kind.SOUND]["~" + s] += count
            for a, b in pairwise(word):
                counts[Kind.HAN_PAIR][a + b] += count
            for a, b in pairwise(said):
                counts[Kind.SOUND_PAIR][f"~{a}~{b}"] += count
    return {
        kind: {gram: 1 - (1 - n / total) ** CHARACTERS_PER_QUESTION for gram, n in row.items()}
        for kind, row in counts.items()
    }


def english() -> dict[str, tuple[Kind, float]]:
    """The share of phrasings each gram occurs in, averaged over the sets."""
    lexicon = Lexicon.built_in()
    shares: dict[str, float] = defaultdict(float)
    kinds: dict[str, Kind] = {}
    sets = [json.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("faq_sets/*.json"))]
    sets = [one for one in sets if one["lang"] == "en"]
    for one in sets:
        texts = [text for entry in one["entries"] for text in (entry["question"], *entry["alternates"])]
        seen: Counter[str] = Counter()
        for text in texts:
            found = grams(settle(text, lexicon), lexicon)
            kinds |= {gram: Kind(kind) for gram, kind in found.items()}
            seen.update(found)
        for gram, count in seen.items():
            shares[gram] += count / len(texts) / len(sets)
    return {gram: (kinds[gram], share) for gram, share in shares.items()}


def main() -> None:
    rows: dict[int, list[str]] = defaultdict(list)
    for kind, row in chinese().items():
        for gram, chance in row.items():
            if chance >= COMMON_ENOUGH[kind]:
                rows[round(-10 * math.log10(chance))].append(gram)
    for gram, (kind, share) in english().items():
        if kind in (Kind.WORD, Kind.TRIGRAM, Kind.WORD_PAIR) and share >= 4e-3:
            rows[round(-10 * math.log10(share))].append(gram)
    data = {
        "from": "jieba's dictionary (MIT) and the public question sets in benchmarks/faq_sets",
        "about": "steps of a tenth of a decade: grams under 25 occur in 10^-2.5 of questions",
        "grams": {str(steps): " ".join(sorted(rows[steps])) for steps in sorted(rows)},
    }
    OUT.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(sum(map(len, rows.values())), "grams,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
