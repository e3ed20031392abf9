"""A roster's file as clerks make it: what is understood, what is refused, and that the refusal names the cell."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from desk.catalogue import Catalogue
from desk.imports import writing
from desk.imports.cells import phone_number, plain
from desk.imports.forms import FORM
from desk.imports.reading import read_file
from desk.imports.slips import FileRefused
from desk.imports.sources import read_any
from words import Words

CATALOGUE = Catalogue.load()
ZH, EN = map(Words.load().speaker, ("zh", "en"))
HEAD = ["编号*", "姓名*", "手机", "卡号*", "类别*", "有效期起", "有效期止", "状态"]
ROW = ["r1", "王一", "13800000101", "K-1", "A", "2026-01-01", "", "有效"]


def workbook(*rows: list[object], title: str = "持卡人才", merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, part: str, change: bytes | None, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change if name == part and change is not None else old.read(name))
        for name, content in more.items():
            new.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def cardholders(data: bytes, name: str = "花名册.xlsx") -> list[dict[str, str]]:
    reading = read_file(name, data, CATALOGUE)
    assert [slip.say(ZH) for slip in reading.slips] == []
    return [line.record for line in reading.lines["cardholders"]]


def slips(data: bytes, name: str = "花名册.xlsx") -> list[str]:
    return [slip.say(ZH) for slip in read_file(name, data, CATALOGUE).slips]


def refusal(data: bytes, name: str = "花名册.xlsx") -> str:
    with pytest.raises(FileRefused) as refused:
        read_any(name, data, CATALOGUE)
    return "\n".join(slip.say(ZH) for slip in refused.value.slips)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_text_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    text = "\r\n".join([",".join(HEAD), ",".join(ROW)])
    [row] = cardholders(text.encode(encoding), "持卡人才.csv")
    assert (row["name"], row["number"], row["status"]) == ("王一", "K-1", "active")


def test_tabs_and_semicolons_are_commas_too() -> None:
    for comma in ("\t", ";"):
        text = "\n".join([comma.join(HEAD), comma.join(ROW)])
        assert cardholders(text.encode(), "a.csv")[0]["id"] == "r1"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026/1/31", "2026-01-31"),
        ("2026.1.31", "2026-01-31"),
        ("2026年1月31日", "2026-01-31"),
        ("２０２６年１月３１日", "2026-01-31"),
        (46053, "2026-01-31"),
        (20260131, "2026-01-31"),
        (datetime(2026, 1, 31), "2026-01-31"),  # noqa: DTZ001
        ("长期", ""),
        (None, ""),
    ],
)
def test_a_day_is_understood_however_it_was_written(written: object, day: str) -> None:
    assert cardholders(workbook(HEAD, [*ROW[:5], written, "", ""]))[0]["valid_from"] == day


@pytest.mark.parametrize(
    "written",
    ["13800000101", 13800000101, 13800000101.0, "+86 138 0000 0101", "138-0000-0101", "１３８００００ ０１０１"],
)
def test_a_phone_is_understood_however_it_was_written(written: object) -> None:
    assert phone_number(plain(written)) == "13800000101"


@pytest.mark.parametrize("written", ["1380000010", "23800000101", "0827-3360000", "phone", "138000001011"])
def test_another_number_is_not_a_mobile(written: str) -> None:
    assert phone_number(written) is None


def test_a_title_above_the_heading_and_empty_rows_do_not_matter() -> None:
    data = workbook(["恩阳英才卡花名册（内部）"], [], HEAD, ROW, [], [None, "  "])
    assert len(cardholders(data)) == 1


def test_merged_cells_mean_the_same_in_every_cell() -> None:
    second = ["r2", "王二", "13800000102", "K-2", None, None, None, None]
    rows = cardholders(workbook(HEAD, ROW, second, merge="E2:E3"))
    assert [row["tier"] for row in rows] == ["A", "A"]


def test_signs_that_cannot_be_seen_are_taken_out_of_names() -> None:
    [row] = cardholders(workbook(HEAD, ["r1", "王\u202e一\u200b\ufeff", *ROW[2:]]))
    assert row["name"] == "王一"


def test_every_slip_names_sheet_row_column_and_mend() -> None:
    found = slips(
        workbook(
            HEAD,
            ["r1", "", "123", "K-1", "A", "桃花开时", "", "丢了"],
            ["r1", "王二", "", "K-2", "A", "2026-02-01", "2026-01-01", ""],
            ["r 3", "=1+1", "", "K-3", "A", "", "", ""],
        )
    )
    assert "持卡人才第 2 行 B 列（姓名）：这里不能空。请填写。" in found
    assert any("第 2 行 C 列（手机）" in each and "11 位" in each for each in found)
    assert any("第 2 行 F 列（有效期起）" in each and "2026-01-31" in each for each in found)
    assert any("第 2 行 H 列（状态）" in each and "有效、挂失、注销" in each for each in found)
    assert any("第 3 行 A 列（编号）" in each and "第 2 行重复" in each for each in found)
    assert any("第 3 行 G 列（有效期止）" in each for each in found)
    assert any("第 4 行 B 列（姓名）" in each and "公式" in each for each in found)


def test_what_may_be_chosen_is_listed_in_the_readers_language() -> None:
    [slip] = read_file("roster.xlsx", workbook(HEAD, [*ROW[:7], "丢了"]), CATALOGUE).slips
    assert "有效、挂失、注销" in slip.say(ZH)
    assert "active, lost, revoked" in slip.say(EN)


@pytest.mark.parametrize(("column", "letter", "name"), [(3, "D", "卡号"), (4, "E", "类别")])
def test_what_a_card_carries_has_thirty_two_signs_at_most(column: int, letter: str, name: str) -> None:
    row = [*ROW[:column], "优" * 32, *ROW[column + 1 :]]
    assert slips(workbook(HEAD, row)) == []
    row[column] += "优"
    assert slips(workbook(HEAD, row)) == [f"持卡人才第 2 行 {letter} 列（{name}）：内容超过 32 个字。请写短一些。"]


@pytest.mark.parametrize("dash", "-‐‑‒–—―−－")
def test_every_dash_in_a_card_number_is_a_hyphen(dash: str) -> None:
    [row] = cardholders(workbook(HEAD, [*ROW[:3], f"Demo{dash} 0007", *ROW[4:]]))
    assert row["number"] == "DEMO-0007"


def test_a_missing_column_is_told_by_its_name() -> None:
    assert slips(workbook(HEAD[:4], ROW[:4])) == ["持卡人才：缺少“类别”这一列。请照模板补上表头。"]


def test_a_workbook_without_our_sheets_says_what_they_are_called() -> None:
    assert "持卡人才、工作人员" in refusal(workbook(["品名", "单价"], ["茶", 3], title="报价"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, ".xlsx"),
        (b"PK\x03\x04 nothing of a zip", "损坏"),
        (b"", "没有找到"),
        (b"\x00\x01\x02", "不是表格"),
        (b"<html>", "没有找到"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_mend(data: bytes, said: str) -> None:
    assert said in refusal(data, "花名册.xlsx" if data.startswith((b"PK", b"\xd0")) else "花名册.csv")


def test_a_cut_off_workbook_is_refused() -> None:
    whole = workbook(HEAD, ROW)
    for length in range(200, len(whole), 900):
        assert "另存为" in refusal(whole[:length])


def test_damage_inside_a_workbook_is_refused() -> None:
    whole = workbook(HEAD, ROW)
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
        assert refusal(repacked(whole, part, b"<broken"))


def test_bombs_are_refused_before_they_are_opened() -> None:
    whole = workbook(HEAD, ROW)
    assert "不该有" in refusal(repacked(whole, "", None, xl__media=b"0" * 120_000_000))
    entities = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    assert "不该有" in refusal(repacked(whole, "xl/worksheets/sheet1.xml", entities))
    hidden = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><worksheet/>'.encode("utf-16")
    assert "不该有" in refusal(repacked(whole, "xl/worksheets/sheet1.xml", hidden))


def test_macros_and_too_many_rows_are_refused() -> None:
    whole = workbook(HEAD, ROW)
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"code")
    assert "宏" in refusal(out.getvalue())
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far += b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert "行" in refusal(repacked(whole, "xl/worksheets/sheet1.xml", far))


def test_the_template_names_every_column_and_changes_nothing_when_it_comes_back_empty() -> None:
    for language in ("zh", "en"):
        say = Words.load().speaker(language)
        data = writing.workbook({}, CATALOGUE, say)
        assert len(load_workbook(io.BytesIO(data)).sheetnames) == 7
        reading = read_file("t.xlsx", data, CATALOGUE)
        assert (reading.lines, reading.slips) == ({}, [])


def test_an_export_holds_text_only_and_reads_back_as_it_was() -> None:
    record = {**dict.fromkeys((column.field for column in FORM["cardholders"].columns), ""), "status": "active"}
    record |= {"id": "r1", "name": "+王一", "number": "K-1", "tier": "A", "phone": "13800000101"}
    rows = {"r1": record}
    data = writing.workbook({"cardholders": rows}, CATALOGUE, ZH)
    assert cardholders(data) == [record]
    assert cardholders(writing.text(FORM["cardholders"], rows, CATALOGUE, ZH), "a.csv") == [record]
