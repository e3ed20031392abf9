"""The book: loading is all or nothing, matching has three outcomes, and a question may be typed in many ways."""

from datetime import date
from pathlib import Path

import pytest

from faq import Answer, Answers, Book, Choices, Reader, Unknown
from sheets import SheetError

TODAY = date(2026, 11, 24)


def entry(name: str, asks: list[str], **more: object) -> str:
    lines = "".join(f"    - {ask}\n" for ask in asks)
    extra = "".join(f"  {field}: {value}\n" for field, value in more.items())
    return (
        f"- id: {name}\n  title: {{zh: 标题{name}, en: Title {name}}}\n  ask:\n    zh:\n{lines}    en: [about {name}]\n"
        f"  answer: {{zh: 答复, en: answer}}\n  office: talent-office\n  source: {{title: {{zh: 出处, en: source}}}}\n"
        f"  review_by: 2099-01-01\n  category: other\n{extra}"
    )


FLAT = entry("flat", ["人才公寓怎么申请", "有没得人才房住"])
SCHOOL = entry("school", ["孩子上学怎么办", "娃儿读书找哪个"])
LOAN = entry("loan", ["贷款审批找谁", "我要贷款"])


def files(*entries: str, **others: str) -> dict[str, bytes]:
    topic = "topic: all\ntitle: {zh: 全部, en: All}\nentries:\n" + "".join(entries)
    return {"all.yaml": topic.encode(), **{f"{name}.yaml": text.encode() for name, text in others.items()}}


def book(*entries: str, **others: str) -> Book:
    return Book.of(files(*(entries or (FLAT, SCHOOL, LOAN)), **others), today=TODAY)


@pytest.mark.parametrize(
    "asked",
    [
        "孩子上学怎么办",
        "請問一下，孩子上學怎麼辦呢？",
        "娃儿上学咋个办😂",
        "haizi shangxue zenmeban",
        "háizi shàngxué zěnme bàn",
        "孩子上学怎么办 孩子上学怎么办",
        "孩子上血怎么办",
    ],
)
def test_a_question_is_understood_however_it_is_typed(asked: str) -> None:
    outcome = book().match(asked)
    assert outcome.ids[:1] == ("school",)


@pytest.mark.parametrize(
    "asked", ["", "😂😂", "???", "今天天气怎么样", "the weather today", "x" * 100_000, "\x00\ud800"]
)
def test_what_the_book_does_not_know_is_not_answered(asked: str) -> None:
    assert isinstance(book().match(asked), Unknown)


def test_an_expired_entry_is_given_as_expired_from_the_day_after() -> None:
    one = book(entry("flat", ["人才公寓怎么申请"], expires="2026-11-24"), SCHOOL)
    current = one.match("人才公寓怎么申请")
    later = one.match("人才公寓怎么申请", today=date(2026, 11, 25))
    assert isinstance(current, Answer)
    assert isinstance(later, Answer)
    assert (current.expired, later.expired) == (False, True)


def test_an_entry_not_yet_in_force_is_not_given() -> None:
    one = book(entry("flat", ["人才公寓怎么申请"], effective="2027-01-01"), SCHOOL)
    assert "flat" not in one.match("人才公寓怎么申请").ids


def test_an_entry_for_some_cards_only_is_kept_from_others() -> None:
    one = book(entry("flat", ["人才公寓怎么申请"], audience="{tiers: [a]}"), SCHOOL)
    assert one.match("人才公寓怎么申请", audience=Reader(tier="a")).ids == ("flat",)
    assert "flat" not in one.match("人才公寓怎么申请", audience=Reader(tier="b")).ids


def test_two_entries_with_one_phrasing_are_offered_not_guessed() -> None:
    outcome = book(entry("a", ["卡怎么换"]), entry("b", ["卡怎么换"]), SCHOOL).match("卡怎么换")
    assert isinstance(outcome, Choices)
    assert set(outcome.ids) >= {"a", "b"}


def test_several_questions_in_one_message_are_each_answered_in_the_order_asked() -> None:
    outcome = book().match("我要贷款？孩子上学怎么办？贷款审批找谁？")
    assert isinstance(outcome, Answers)
    assert outcome.ids == ("loan", "school")


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("贷款，还有娃儿读书", ("loan-approval", "school-enrol")),
        ("贷款，娃儿读书", ("loan-approval", "school-enrol")),
        ("贷款，利息多少", ("loan-terms",)),  # of one topic: one question
        ("娃儿上学，要啥材料", ("school-papers",)),
    ],
)
def test_topics_with_a_comma_between_them_are_each_answered(asked: str, ids: tuple[str, ...]) -> None:
    outcome = Book.load(Path("faq/content"), today=TODAY, prove=False).match(asked)
    assert outcome.ids == ids
    assert isinstance(outcome, Answers if len(ids) > 1 else Answer)


@pytest.mark.parametrize("asked", ["孩子上学怎么办？娃儿读书找哪个？", "你好！孩子上学怎么办"])
def test_one_question_in_several_sentences_is_one_answer(asked: str) -> None:
    outcome = book().match(asked)
    assert isinstance(outcome, Answer)
    assert outcome.ids == ("school",)


def test_a_story_of_many_sentences_is_heard_as_one() -> None:
    for story in ("我要贷款。孩子上学怎么办。" * 3, "我要贷款。孩子上学怎么办。" + "这是后话" * 50):
        assert not isinstance(book().match(story), Answers)


def test_a_known_off_topic_question_is_not_answered() -> None:
    outcome = book(off_topic="known:\n  zh: [成都人才公寓怎么申请]\n").match("成都人才公寓怎么申请")
    assert isinstance(outcome, Unknown)
    assert outcome.off_topic


def test_a_word_that_belongs_elsewhere_keeps_the_book_silent_unless_the_phrasing_has_it() -> None:
    one = book(FLAT, SCHOOL, entry("city", ["杭州来的人才"]), off_topic="words: {zh: [杭州]}\n")
    assert isinstance(one.match("杭州人才公寓怎么申请"), Unknown)
    assert one.match("杭州来的人才").ids == ("city",)


def test_the_contrary_of_an_entry_keeps_it_silent() -> None:
    assert (
        not book(entry("flat", ["人才公寓怎么申请"], avoid="{zh: [人才公寓停车费]}"), SCHOOL)
        .match("人才公寓停车费")
        .ids
    )


def test_the_offices_synonyms_are_understood() -> None:
    one = book(synonyms="synonyms:\n- word: 人才公寓\n  also: [英才小区]\n")
    assert one.match("英才小区怎么申请").ids == ("flat",)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (files(FLAT, FLAT), "faqbook.id_twice"),
        (files(FLAT, other="topic: all\ntitle: {zh: a, en: b}\nentries:\n" + SCHOOL), "faqbook.topic_twice"),
        (files(entry("flat", ["人才公寓"], related="[gone]")), "faqbook.no_related"),
        (files(entry("flat", ["人才公寓"], effective="2027-01-01", expires="2026-01-01")), "faqbook.dates_crossed"),
        (files(FLAT, entry("loan", ["贷款"], tests="{match: {zh: [人才公寓怎么申请]}}")), "faqbook.test_stolen"),
        (files(FLAT, entry("loan", ["贷款"], tests="{match: {zh: [红烧肉好不好吃]}}")), "faqbook.test_unknown"),
        (files(entry("loan", ["我要贷款"], tests="{avoid: {zh: [我要贷款]}}")), "faqbook.test_answered"),
        (files(FLAT, off_topic="tests: {zh: [人才公寓怎么申请]}\n"), "faqbook.off_topic_answered"),
        ({}, "faqbook.no_topics"),
        (files(FLAT, off_topic="known：\n"), "sheets.wide_colon"),
    ],
)
def test_a_book_with_a_mistake_is_not_loaded(content: dict[str, bytes], key: str) -> None:
    with pytest.raises(SheetError) as caught:
        Book.of(content, today=TODAY)
    assert key in [problem.key for problem in caught.value.problems]


def test_offices_and_categories_are_checked_against_those_that_exist() -> None:
    with pytest.raises(SheetError) as caught:
        Book.of(files(FLAT), today=TODAY, offices={"x"}, categories={"y"})
    assert [problem.key for problem in caught.value.problems] == ["faqbook.no_office", "faqbook.no_category"]


def test_version_and_keys_name_content_and_entries() -> None:
    one, same, other = book(), book(), book(FLAT)
    assert one.version == same.version != other.version
    assert one.key("flat") == other.key("flat") < 2**32
    assert one.by_key[one.key("school")].id == "school"
    assert (one.entry("gone"), one.topic_of("flat").topic) == (None, "all")


def test_a_folder_is_read_without_editors_own_files(tmp_path: Path) -> None:
    for name, raw in files(FLAT).items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / ".all.yaml.swp").write_bytes(b"\0")
    (tmp_path / "~all.yaml").write_bytes(b"\0")
    (tmp_path / "notes.txt").write_bytes(b"\0")
    assert [e.id for e in Book.load(tmp_path, today=TODAY).entries] == ["flat"]
    with pytest.raises(SheetError):
        Book.load(tmp_path / "gone", today=TODAY)


@pytest.mark.parametrize("asked", ["人才公寓怎么申请", "娃儿读书", "daikuan zhao shui", "about loan", "今天天气怎么样"])
def test_a_book_too_large_for_a_table_ranks_like_a_small_one(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small = book().match(asked)
    monkeypatch.setattr("faq.index.SMALL", 0)
    large = book()
    assert large.index.table is None
    again = large.match(asked)
    assert [scored.entry.id for scored in again.scored] == [scored.entry.id for scored in small.scored]
    assert again.probability == pytest.approx(small.probability, abs=1e-4)


HELP = entry("help", ["叫救护车"], urgent="{zh: [跳楼], en: [kill myself]}", avoid="{zh: [跳楼机]}")


@pytest.mark.parametrize("asked", ["有人要跳楼", "孩子上学怎么办？还有人要跳楼！", "跳樓", "I want to KILL myself."])
def test_a_word_of_life_and_death_is_answered_before_anything_is_weighed(asked: str) -> None:
    outcome = book(FLAT, SCHOOL, HELP).match(asked)
    assert isinstance(outcome, Answer)
    assert outcome.urgent
    assert outcome.ids == ("help",)


@pytest.mark.parametrize("asked", ["跳楼机几点开门", "I killed myself laughing"])
def test_such_a_word_inside_another_or_in_what_is_not_meant_calls_nobody(asked: str) -> None:
    outcome = book(FLAT, SCHOOL, HELP).match(asked)
    assert not (isinstance(outcome, Answer) and outcome.urgent)


@pytest.mark.parametrize(
    "asked", ["我娃儿发高烧抽筋了，快救命", "有人要跳楼", "I want to kill myself", "我不想活了", "房子着火了"]
)
def test_the_shipped_book_sends_an_emergency_to_the_telephone(asked: str) -> None:
    outcome = Book.load(Path("faq/content"), today=TODAY, prove=False).match(asked)
    assert outcome.ids == ("medical-emergency",)
