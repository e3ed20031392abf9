"""Speed of a match beside RapidFuzz's `process.extractOne(WRatio)` over the same phrasings, in one run on one core.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python -m benchmarks.faq_speed [--sizes 1000 10000 100000]

The first row is the shipped FAQ, asked its own test questions. The second takes phrasings and questions of the public
English sets. In the others phrasings are put together from a seed: subject, act, circumstance, as short Chinese office
questions are. Times are medians and 99th percentiles of processor time, over questions near a phrasing (half) or unlike
all (half). "Loaded in" is from the files of a content folder to a book, without the entries' own tests. Memory is what
the index adds to the process. Each row runs in a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from faq import Book, model
from faq.evaluation import as_content
from faq.index import Index
from faq.lexicon import Lexicon
from faq.loading import read_folder
from faq.normal import settle
from faq.ranking import rank
from faq.sense import sense

SEED = 7
PER_ENTRY = 4
QUESTIONS = 400
CONTENT = Path(__file__).parents[1] / "faq" / "content"
TODAY = date(2026, 1, 1)
NAMES = {"shipped": " (the shipped FAQ)", "public": " (public sets)", "made": ""}
WHO = [
    "我",
    "我们公司",
    "我家娃儿",
    "我爱人",
    "新来的博士",
    "刚毕业的大学生",
    "团队成员",
    "项目负责人",
    "持卡人",
    "外地专家",
    "父母",
    "车间师傅",
]
WHAT = [
    "人才公寓",
    "英才卡",
    "贷款审批",
    "子女入学",
    "体检预约",
    "职称评审",
    "营业执照",
    "税收减免",
    "奖补资金",
    "培训订单",
    "招聘会",
    "科研平台",
    "孵化场地",
    "编制周转",
    "住房补贴",
    "医保关系",
    "户口迁移",
    "停车位",
    "食堂饭卡",
    "门禁卡",
    "合同备案",
    "专利申请",
    "设备采购",
    "项目申报",
    "安家费",
    "租金减免",
    "转学手续",
    "幼儿园名额",
    "创业贴息",
    "参保证明",
]
ACT = [
    "申请",
    "办理",
    "查询",
    "延期",
    "取消",
    "变更",
    "补办",
    "转让",
    "续签",
    "报销",
    "审核",
    "催办",
    "登记",
    "退回",
    "补交材料",
    "预约",
    "打印",
    "投诉",
    "开通",
    "注销",
]
HOW = [
    "怎么弄",
    "找谁",
    "要多久",
    "要钱吗",
    "要什么材料",
    "在哪里",
    "什么时候截止",
    "为什么不行",
    "可以代办吗",
    "有没有条件",
    "能提前吗",
    "能分批吗",
]
WHEN = [
    "",
    "今年",
    "下个月",
    "国庆前",
    "周末",
    "到期之后",
    "疫情期间",
    "搬家以后",
    "离职之后",
    "第二次",
    "线上",
    "在外地",
]


def phrasings(count: int) -> list[str]:
    """`count` different phrasings, the same ones every time."""
    chance = random.Random(SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        parts = [chance.choice(group) for group in (WHEN, WHO, WHAT, ACT, HOW)]
        number = str(chance.randrange(2000)) if chance.random() < 0.3 else ""
        found["".join(parts) + number] = None
    return list(found)


def public(count: int) -> tuple[list[str], list[str]]:
    """`count` phrasings of the public English sets, and questions asked there."""
    lines: list[str] = []
    asked: list[str] = []
    for path in sorted((Path(__file__).parent / "faq_sets").glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        lines += [text for entry in data["entries"] for text in (entry["question"], *entry["alternates"])]
        asked += [row["q"] for row in data["queries"]]
    chance = random.Random(SEED)
    return chance.sample(lines, count), chance.sample(asked, QUESTIONS)


def questions(known: list[str]) -> list[str]:
    """Half near a phrasing, half of words in another order or unknown."""
    chance = random.Random(SEED + 1)
    near = [f"请问{line[1:]}呢" for line in chance.sample(known, QUESTIONS // 2)]
    far = [
        "".join(chance.choice(group) for group in (HOW, WHAT, ACT)) + chance.choice("甲乙丙丁天气电影") for _ in near
    ]
    return near + far


def milliseconds(ask: object, asked: list[str]) -> list[float]:
    """How long each question takes."""
    assert callable(ask)
    out = []
    for question in asked:
        start = time.thread_time()
        ask(question)
        out.append(1000 * (time.thread_time() - start))
    return out


def lines_and_questions(kind: str, size: int) -> tuple[list[str], list[str]]:
    """The phrasings of a row, and what is asked."""
    if kind == "shipped":
        book = Book.load(CONTENT, today=TODAY, prove=False)
        return list(book.index.texts), [text for text, _, _ in book.tests()]
    if kind == "public":
        return public(size)
    made = phrasings(size)
    return made, questions(made)


def measure(kind: str, size: int) -> dict[str, float]:
    """One row, in this process."""
    lines, asked = lines_and_questions(kind, size)
    lexicon, settings, models = Lexicon.built_in(), model.settings(), model.models()
    settle("暖身", lexicon)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index = Index.build(
        ((i // PER_ENTRY, settle(line, lexicon)) for i, line in enumerate(lines)), lexicon, settings, sense()
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    for question in asked[::20]:
        rank(index, models, settle(question, lexicon))
    ours = milliseconds(lambda q: rank(index, models, settle(q, lexicon)), asked)
    few = asked[:: max(1, size // 2000)]
    theirs = milliseconds(lambda q: process.extractOne(q, lines, scorer=fuzz.WRatio), few)
    return {
        "phrasings": len(lines),
        "ours": float(np.median(ours)),
        "p99": float(np.percentile(ours, 99)),
        "theirs": float(np.median(theirs)),
        "ratio": float(np.median(theirs) / np.median(ours)),
        "load": loading(kind, lines),
        "memory": memory / 1024,
    }


def loading(kind: str, lines: list[str]) -> float:
    """Seconds of processor time from files to a book of these phrasings."""
    groups = [lines[start : start + PER_ENTRY] for start in range(0, len(lines), PER_ENTRY)]
    made = [{"id": f"e-{n}", "question": first, "alternates": rest} for n, (first, *rest) in enumerate(groups)]
    files = read_folder(CONTENT) if kind == "shipped" else as_content(made, "zh")
    start = time.thread_time()
    Book.of(files, today=TODAY, prove=False)
    return time.thread_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]))))
        return
    print("| phrasings | match, median | p99 | extractOne(WRatio), median | ratio | loaded in | memory |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind, size in [("shipped", 0), ("public", 1_000), *(("made", size) for size in options.sizes)]:
        row([sys.executable, "-m", "benchmarks.faq_speed", "--one", kind, str(size)], NAMES[kind])


def row(command: list[str], name: str) -> None:
    """One line of the table."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    r = json.loads(done.stdout)
    print(
        f"| {r['phrasings']:,}{name} | {r['ours']:.2f} ms | {r['p99']:.2f} ms | {r['theirs']:.2f} ms "
        f"| {r['ratio']:.1f}× | {r['load']:.2f} s | {r['memory']:.0f} MB |",
        flush=True,
    )


if __name__ == "__main__":
    main()
