"""The shipped content proves itself, and the command line says what it found."""

import io
import json
import random
import re
from datetime import date
from pathlib import Path

import pytest

from faq import Answer, Book, Unknown
from faq.__main__ import CONTENT, main
from faq.evaluation import Case, as_content, auroc, hear, read_cases, score
from faq.noise import NOISES

BOOK = Book.load(CONTENT, today=date(2026, 11, 24))
QUIET = {
    "entries": [
        {"id": "a", "question": "how do I pay", "alternates": ["paying the bill"]},
        {"id": "b", "question": "where is the office", "alternates": []},
    ],
    "queries": [
        {"q": "how can I pay the bill", "id": "a", "split": "dev"},
        {"q": "office?", "id": "b", "split": "test"},
    ],
    "oos": [{"q": "play some music", "split": "dev"}],
    "lang": "en",
}


def test_the_shipped_content_is_answered_or_offered_and_nothing_off_topic_is_answered() -> None:
    cases = [Case(*test) for test in BOOK.tests()]
    found = score(hear(BOOK, cases))
    assert found.outside >= 150
    assert found.wrong == 0, found.wrong_cases
    assert found.found >= 0.95


@pytest.mark.parametrize("asked", ["1", "１", "2", "13", "1+1", "取消订阅", "十五五人才规划", "十三五人才规划"])
def test_what_only_looks_like_ours_is_neither_answered_nor_offered(asked: str) -> None:
    assert BOOK.match(asked).ids == ()


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("取消卡", "matters-withdraw"),
        ("撤销公司", "matters-withdraw"),
        ("我的领导不理我", "my-leader"),
        ("个税", "fulfil-tax"),
    ],
)
def test_what_an_entry_does_not_cover_is_not_answered_by_it_with_certainty(asked: str, wrong: str) -> None:
    outcome = BOOK.match(asked)
    assert not isinstance(outcome, Answer) or outcome.entry.id != wrong


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("how do i renew my card", "card-valid"),
        ("换了单位卡还有效吗", "card-valid"),
        ("我要升级A卡", "card-apply"),
        ("非本地人能办卡吗", "card-apply"),
        ("农民工能办卡吗", "card-apply"),
        ("贷50万利息好多", "loan-terms"),
        ("税", "fulfil-tax"),
        ("孩子高考加分", "school-choice"),
        ("成都有你们的引才工作站没", "recruit-stations"),
        ("北京有没有引才站", "recruit-stations"),
        ("周末上班不", "talk-to-person"),
        ("超期了咋办", "matters-urge"),
        ("怎么改语言", "bot-language"),
        ("公寓", "talent-flat-apply"),
        ("培训多少人了", "training-order"),
        ("I have a card", "card-bind"),
    ],
)
def test_what_an_entry_covers_is_not_called_none_of_ours(asked: str, name: str) -> None:
    assert BOOK.match(asked).ids[:1] == (name,)


@pytest.mark.parametrize("asked", ["窨井盖坏了", "The street lamp at our office is broken", "成都人才公寓", "成都落户"])
def test_what_no_entry_covers_is_known_as_none_of_ours(asked: str) -> None:
    outcome = BOOK.match(asked)
    assert isinstance(outcome, Unknown)
    assert outcome.off_topic


def test_every_shipped_phrasing_is_answered_by_its_entry_or_offered_with_it_first() -> None:
    phrasings = [(text, entry.id) for entry in BOOK.entries for text in entry.ask.all()]
    assert [text for text, name in phrasings if BOOK.match(text).ids[:1] != (name,)] == []


HANDS = {
    "zh": r"(?<!请)(?:[^，。；：\s、]{0,4}部门|人才办|组织部|跑团)(?:的同志)?"
    r"(?:接|牵头|帮着|会|来|对接|核对|答复|办|转|给您)",
    "en": r"(?:department|office|run-team)s? "
    r"(?:will|leads?|helps?|takes?|makes?|gets?|brings?|reads?|handles?|checks?)\b",
}
"""A department that does something about the asker's own matter."""
RULED = {"matters-who", "card-apply", "card-bind"}
"""What the three ones leave to somebody named: who has no contact under them, or no card yet."""
ANSWERS = {"zh": (r"由[^，。；\n]*(?:解答|答复)", "点下面的按钮"), "en": (r"\banswers?\b", "ress the button below")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_answer_says_whose_hands_a_matter_comes_into_and_each_that_names_an_office_offers_to_file(
    language: str,
) -> None:
    answers = {entry.id: entry.answer.of(language) for entry in BOOK.entries}
    assert [name for name, text in answers.items() if name not in RULED and re.search(HANDS[language], text)] == []
    names, offer = ANSWERS[language]
    assert [name for name, text in answers.items() if re.search(names, text) and offer not in text] == []


def test_every_shipped_entry_has_three_tests_and_five_phrasings() -> None:
    for entry in BOOK.entries:
        assert len(entry.tests.match.all()) >= 3, entry.id
        assert len(entry.ask.zh) >= 5, entry.id


def test_check_says_that_the_content_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert BOOK.version in capsys.readouterr().out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_names_file_line_and_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    (tmp_path / "a.yaml").write_text("topic：a\n", "utf-8")
    assert main(["check", "--content", str(tmp_path), "--language", language]) == 1
    assert "a.yaml" in capsys.readouterr().out


def test_match_prints_one_object_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("娃儿上学咋个办\n今天天气怎么样\n\n"))
    assert main(["match", "--jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["q"] for row in rows] == ["娃儿上学咋个办", "今天天气怎么样", ""]
    assert [row["outcome"] for row in rows][1:] == ["unknown", "unknown"]
    assert rows[0]["ids"][0].startswith("school")
    assert all(set(row) == {"q", "outcome", "ids", "scores", "ms"} for row in rows)


def test_eval_reads_question_sets_json_lines_and_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, lines, table = tmp_path / "set.json", tmp_path / "cases.jsonl", tmp_path / "cases.tsv"
    whole.write_text(json.dumps(QUIET), "utf-8")
    lines.write_text('{"q": "娃儿上学", "id": "x"}\n{"q": "天气", "id": null}\n', "utf-8")
    table.write_text("娃儿上学\tx\n天气\tnone\n", "utf-8")
    assert read_cases(lines) == read_cases(table) == ([Case("娃儿上学", "x"), Case("天气", None)], None)
    assert [case.text for case in read_cases(whole, split="dev")[0]] == ["how can I pay the bill", "play some music"]
    assert main(["eval", str(whole), "--no-noise"]) == 0
    assert "as typed" in capsys.readouterr().out


def test_a_question_set_is_measured_through_the_same_loader() -> None:
    book = Book.of(as_content(QUIET["entries"], "en"), today=date(2026, 1, 1))  # type: ignore[arg-type]
    assert book.match("how do I pay", "en").ids == ("a",)


def test_auroc_is_chance_for_equal_values_and_one_for_parted_ones() -> None:
    assert auroc([1, 1], [1, 1]) == 0.5
    assert auroc([2, 3], [0, 1]) == 1.0


@pytest.mark.parametrize("name", sorted(NOISES))
def test_noise_is_the_same_for_the_same_seed(name: str) -> None:
    made = [NOISES[name]("娃儿上学怎么办", random.Random(5)) for _ in range(2)]
    assert made[0] == made[1] != "娃儿上学怎么办"


def test_what_is_known_not_to_be_ours_scores_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("北京人才公寓怎么申请\r\n"))
    assert main(["match", "--jsonl"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["q"], row["outcome"]) == ("北京人才公寓怎么申请", "unknown")
    assert set(row["scores"]) == {0.0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "读不了"),
        ("", "没有题目"),
        ('娃儿上学\tschool-enrol\n{"q": ', "第 2 行读不懂"),
        ('{"entries": [], "queries": 3}', "第 0 行读不懂"),
    ],
)
def test_a_question_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    assert main(["eval", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_an_expected_id_that_the_book_does_not_have_is_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "questions.tsv"
    path.write_text("娃儿上学咋个办\tschool-enrol\n娃儿转学\tno-such-entry\n", "utf-8")
    assert main(["eval", "--no-noise", str(path)]) == 0
    assert "no-such-entry" in capsys.readouterr().err
