"""A small FAQ in a folder of its own, for tests that edit it."""

from __future__ import annotations

from pathlib import Path

HOUSING = """\
# 住房：人才公寓 · 改之前先看文件
topic: housing
title: {zh: 住房, en: Housing}
order: 40
entries:
- id: talent-flat-apply
  title: {zh: 怎么住进人才公寓, en: Getting a talent apartment}
  ask:
    zh:
    - 人才公寓怎么申请
    - 有没得人才房   # 群众原话
    - 申请人才公寓要什么手续
    en:
    - How do I apply for a talent apartment?
    - Is there housing for talents?
  answer:
    zh: 恩阳建有 **产业人才公寓 772 套**。申请条件以政策文件为准。
    en: Enyang has **772 talent apartments**. The conditions are set in the policy's own document.
  office: talent_office
  source:
    title: {zh: 区委组织部署名文章, en: Article by the organisation department}
    number: 恩委办〔2026〕12号
    date: 2026-05-01
  review_by: 2027-06-30
  category: housing
  tests:
    match:
      zh: [想申请一套人才公寓]
- id: flat-rent
  title: {zh: 公寓的租金减免, en: Rent of the apartments}
  ask:
    zh: [公寓租金怎么减免, 三免两减半是什么意思]
    en: [what is the rent of a talent apartment, three years free two years half]
  answer:
    zh: 前三年免租，后两年减半。
    en: Free for three years, half for two.
  office: talent_office
  source:
    title: {zh: 区委组织部署名文章, en: Article by the organisation department}
  expires: 2026-11-01
  review_by: 2027-06-30
  category: housing
"""

SCHOOL = """\
topic: school
title: {zh: 子女入学, en: School}
order: 10
entries:
- id: school-enrol
  title: {zh: 子女入学, en: School for children}
  ask:
    zh: [娃儿上学咋个办, 子女入学怎么办理, 孩子读书怎么弄, 小孩上学找哪个, 幼儿园入学]
    en: [how do I enrol my child in school, school place for my child]
  answer:
    zh: 教育部门负责。**直接点下面的按钮**，我来找人。
    en: The education department is responsible. Press the button below.
  office: education
  source: {title: {zh: 区委组织部署名文章, en: Article by the organisation department}}
  review_by: 2027-06-30
  category: school
"""

OFF_TOPIC = """\
known:
  zh: [今天天气怎么样]
  en: [What is the weather like today?]
"""

SYNONYMS = """\
synonyms:
- {word: 孩子, also: [娃儿, 娃娃, 小孩, 子女]}
- {word: 怎么, also: [咋个, 啷个, 咋]}
"""


def write_small_book(folder: Path) -> Path:
    """The folder with its files."""
    folder.mkdir()
    for name, text in (
        ("housing.yaml", HOUSING),
        ("school.yaml", SCHOOL),
        ("off_topic.yaml", OFF_TOPIC),
        ("synonyms.yaml", SYNONYMS),
    ):
        (folder / name).write_text(text, "utf-8")
    return folder
