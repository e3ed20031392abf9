"""The sheets of a roster and their columns: what each is called in both languages, and what may stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sheets import Bilingual

MOST_SIGNS = 200
"""Signs in a cell, where its column says nothing else."""
MOST_SIGNS_OF_A_CARD = 32
"""In its number, and in the name of its tier."""

Kind = Literal["id", "ids", "text", "code", "phone", "day", "office", "word"]
Record = dict[str, str]
"""A row as text: days as 2026-01-31, ids joined by commas, nothing as an empty text."""


@dataclass(frozen=True)
class Column:
    """One column. `words` are the words allowed in it, by their value; each may be written in either language."""

    field: str
    name: Bilingual
    kind: Kind = "text"
    needed: bool = False
    words: tuple[tuple[str, Bilingual], ...] = ()
    personal: bool = False
    most: int = MOST_SIGNS


@dataclass(frozen=True)
class SheetForm:
    """One sheet: its columns, and which of them tell one row from another."""

    id: str
    name: Bilingual
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    example: tuple[str, ...]

    def column(self, field: str) -> Column:
        """The column of this field."""
        return next(each for each in self.columns if each.field == field)

    def key_of(self, record: Record) -> str:
        """What tells this row from the others of its sheet."""
        return "|".join(record[field] for field in self.key)


def _both(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


ROLES = (
    ("leader", _both("区领导", "leader")),
    ("liaison", _both("联络员", "liaison")),
    ("head", _both("负责人", "head")),
    ("handler", _both("经办人", "handler")),
    ("run_team", _both("跑团成员", "run_team")),
    ("dispatcher", _both("派单员", "dispatcher")),
    ("editor", _both("内容编辑", "editor")),
    ("admin", _both("管理员", "admin")),
    ("auditor", _both("审计员", "auditor")),
)
STATUSES = (
    ("active", _both("有效", "active")),
    ("lost", _both("挂失", "lost")),
    ("revoked", _both("注销", "revoked")),
)
KINDS = (
    ("leader", _both("领导联系人才", "leader")),
    ("department", _both("部门对口项目", "department")),
    ("run_team", _both("跑团跟踪团队", "run_team")),
)
_ID = Column("id", _both("编号", "id"), "id", needed=True)
_NAME = Column("name", _both("姓名", "name"), needed=True, personal=True)
_PHONE = Column("phone", _both("手机", "phone"), "phone", personal=True)
_GROUP = (
    _ID,
    Column("name_zh", _both("名称", "name"), needed=True),
    Column("name_en", _both("英文名称", "name in English")),
    Column("members", _both("成员编号", "members"), "ids"),
)

FORMS: tuple[SheetForm, ...] = (
    SheetForm(
        "cardholders",
        _both("持卡人才", "cardholders"),
        (
            _ID,
            _NAME,
            _PHONE,
            Column(
                "number", _both("卡号", "card number"), "code", needed=True, personal=True, most=MOST_SIGNS_OF_A_CARD
            ),
            Column("tier", _both("类别", "tier"), needed=True, most=MOST_SIGNS_OF_A_CARD),
            Column("valid_from", _both("有效期起", "valid from"), "day"),
            Column("valid_to", _both("有效期止", "valid to"), "day"),
            Column("status", _both("状态", "status"), "word", words=STATUSES),
        ),
        ("id",),
        ("r001", "张示例", "13800000000", "DEMO-0001", "A", "2026-01-01", "", "有效"),
    ),
    SheetForm(
        "staff",
        _both("工作人员", "staff"),
        (
            _ID,
            _NAME,
            _PHONE,
            Column("office", _both("单位", "office"), "office", needed=True),
            Column("role", _both("角色", "role"), "word", needed=True, words=ROLES),
            Column("title_zh", _both("职务", "title")),
            Column("title_en", _both("英文职务", "title in English")),
            Column("deputy", _both("副手编号", "deputy"), "id"),
            Column("acts_for", _both("服务的领导编号", "acts for"), "id"),
        ),
        ("id", "office", "role"),
        ("g001", "李示例", "13800000001", "talent_office", "派单员", "派单员", "Dispatcher", "g002", ""),
    ),
    SheetForm(
        "projects",
        _both("人才项目", "projects"),
        _GROUP,
        ("id",),
        ("x001", "示例项目", "Example project", "r001"),
    ),
    SheetForm(
        "teams",
        _both("创新创业团队", "teams"),
        _GROUP,
        ("id",),
        ("t001", "示例团队", "Example team", "r001、r002"),
    ),
    SheetForm(
        "links",
        _both("三个一", "links"),
        (
            Column("kind", _both("联系类别", "kind"), "word", needed=True, words=KINDS),
            Column("subject", _both("对象编号", "subject"), "id", needed=True),
            Column("staff", _both("联系人编号", "staff"), "id"),
            Column("office", _both("对口单位", "office"), "office"),
            Column("since", _both("开始日期", "since"), "day", needed=True),
            Column("until", _both("结束日期", "until"), "day"),
        ),
        ("kind", "subject", "staff", "office", "since"),
        ("领导联系人才", "r001", "g003", "", "2026-01-01", ""),
    ),
    SheetForm(
        "absences",
        _both("请假", "absences"),
        (
            Column("staff", _both("人员编号", "staff"), "id", needed=True),
            Column("first", _both("首日", "first day"), "day", needed=True),
            Column("last", _both("末日", "last day"), "day", needed=True),
            Column("deputy", _both("顶班人编号", "deputy"), "id"),
        ),
        ("staff", "first"),
        ("g001", "2026-01-05", "2026-01-09", "g002"),
    ),
)
"""The sheets in the order in which they depend on each other."""

FORM = {form.id: form for form in FORMS}
