"""What may stand in the content folder: topics with their entries, synonyms, and questions that are not ours.

`schema.json` beside this file is made from these models (`python -m faq schema`), so that editors such as VS Code
complete field names and underline mistakes.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from sheets import Bilingual, Day, Form, Id

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=48)]


class Both(Form):
    """Lists in Chinese and in English."""

    zh: list[str]
    en: list[str]

    def of(self, language: str) -> list[str]:
        """What is there in this language; Chinese for one we do not have."""
        return list(self.en if language == "en" else self.zh)

    def all(self) -> list[str]:
        """What is there in every language, Chinese first."""
        return [*self.zh, *self.en]


class Lines(Both):
    """Lines in Chinese and in English; either may be left out."""

    zh: list[Line] = Field(default=[], max_length=200, description="中文，每行一句")
    en: list[Line] = Field(default=[], max_length=200, description="English, one a line")


class Words(Both):
    """Words that belong to an entry."""

    zh: list[Word] = Field(default=[], max_length=40, description="中文词")
    en: list[Word] = Field(default=[], max_length=40, description="English words")


class Title(Bilingual):
    """What buttons and lists show."""

    zh: Short = Field(description="中文标题，按钮上显示，最多 48 字")
    en: Short = Field(description="English title, at most 48 characters")


class Answer(Bilingual):
    """The answer as people read it: **粗体**, lines that begin with `- `, [文字](https://…)."""

    zh: Prose = Field(description="中文答复，最多 1500 字")
    en: Prose = Field(description="English answer, at most 1500 characters")


class Phrasings(Both):
    """How people ask."""

    zh: list[Line] = Field(min_length=1, max_length=100, description="群众怎么问，每行一句，越口语越好")
    en: list[Line] = Field(min_length=1, max_length=100, description="How people ask in English")


class Source(Form):
    """Where the answer comes from."""

    title: Bilingual = Field(description="出处的名称，如文件标题")
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] | None = Field(
        default=None, description="文号，如 恩委办〔2024〕12号；没有文号就不写这一行"
    )
    date: Day | None = Field(default=None, description="发布日期，如 2024-05-01")


class Audience(Form):
    """Whom an entry is for; nothing written means everybody."""

    tiers: list[Id] = Field(default=[], description="哪些级别的英才卡")
    roles: list[Id] = Field(default=[], description="哪些人：guest cardholder staff leader editor admin")


class Tests(Form):
    """Questions that prove the entry; the matcher never learns them."""

    match: Lines = Field(default=Lines(), description="必须由本条答复（或列入三个选项）的问法；不要与 ask 里的相同")
    avoid: Lines = Field(default=Lines(), description="不得由本条答复的问法")


class Entry(Form):
    """One question with its answer."""

    id: Id = Field(description="编号，全库唯一，如 school-enrol；改了编号等于新的一条")
    title: Title = Field(description="短标题，按钮上显示")
    ask: Phrasings = Field(description="问法")
    avoid: Lines = Field(default=Lines(), description="看起来像、其实不是问这件事的话")
    keywords: Words = Field(default=Words(), description="只属于这件事的词")
    urgent: Words = Field(default=Words(), description="人命关天的词：话里有这个词就直接答这一条，填表时也答")
    answer: Answer = Field(description="答复")
    office: Id = Field(description="负责单位的编号")
    source: Source = Field(description="出处")
    effective: Day | None = Field(default=None, description="从哪天起有效")
    expires: Day | None = Field(
        default=None, description="有效到哪天（含当天）；过后机器人会说明已过期，并转给负责单位"
    )
    review_by: Day = Field(description="最迟哪天要复核，如 2027-06-30")
    audience: Audience = Field(default=Audience(), description="给谁看；不写就是所有人")
    category: Id = Field(description="答复下面“去办理”按钮对应的事项类别编号")
    related: list[Id] = Field(default=[], max_length=5, description="相关条目的编号，最多 5 个")
    tests: Tests = Field(default=Tests(), description="检验用的问法")


class Topic(Form):
    """A file of the content folder: a topic and its entries."""

    topic: Id = Field(description="主题编号，如 housing")
    title: Title = Field(description="主题名称，/faq 里显示")
    order: int = Field(default=100, ge=0, le=999, description="/faq 里的顺序，小的在前")
    entries: list[Entry] = Field(min_length=1, max_length=500, description="条目")


class Synonym(Form):
    """One standard word and how else it is said."""

    word: Word = Field(description="标准说法，如 孩子")
    also: list[Word] = Field(min_length=1, max_length=60, description="别的说法：方言、错别字、俗称，如 娃儿")


class Synonyms(Form):
    """synonyms.yaml"""

    synonyms: list[Synonym] = Field(max_length=2000, description="同义词表")
    padding: list[Word] = Field(default=[], max_length=300, description="没有意思的客套话，如 请问一下、麻烦问哈")


class Foreign(Both):
    """Words that make a question somebody else's, unless the entry's own phrasing has them."""

    zh: list[Word] = Field(default=[], max_length=1000, description="中文词")
    en: list[Word] = Field(default=[], max_length=1000, description="English words")


class OffTopic(Form):
    """off_topic.yaml"""

    known: Lines = Field(default=Lines(), description="不归我们管的问题；机器人会照着学，遇到类似的就说不知道")
    words: Foreign = Field(default=Foreign(), description="问题里出现这些词（如外地地名），就不是问我们")
    tests: Lines = Field(default=Lines(), description="检验用的：不归我们管的问题，机器人不学，只用来考它")
