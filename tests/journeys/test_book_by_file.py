"""An editor takes a file of the FAQ out of the chat and sends it back; what is no such file changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import SPOKEN
from district import District
from small_book import SCHOOL
from taps import tap
from test_book_editing import says, speaks_english

pytestmark = [pytest.mark.usefixtures("faq_folder"), SPOKEN]


async def test_a_file_is_downloaded_and_sent_back(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await says(district, admin, "/faq_admin")
    sent = await tap(district, admin, "文件", "school.yaml")
    assert sent.file is not None
    assert sent.file.decode() == SCHOOL
    await admin.sends_document(SCHOOL.replace("我来找人", "我们来找人").encode(), "school (1).yaml")
    await district.settles()
    assert "➕ 直接点下面的按钮**，我们来找人。" in admin.last.text or "我们来找人" in admin.last.text
    await tap(district, admin, "发布")
    assert "我们来找人" in (faq_folder / "school.yaml").read_text("utf-8")


async def test_bad_yaml_sent_as_a_file_is_told_with_line_and_mend(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await speaks_english(district, admin)
    for raw, mend in (
        (SCHOOL.replace("title: {", "title： {", 1).encode(), "school.yaml, line 2"),
        (SCHOOL.replace("category: school", "category: schol").encode(), "schol"),
        (b"a: &x [*x, *x]\n", "school.yaml"),
        (SCHOOL.encode("gbk"), "UTF-8"),
    ):
        await admin.sends_document(raw, "school.yaml")
        await district.settles()
        assert "cannot be published" in admin.last.text
        assert mend in admin.last.text
        assert not admin.last.buttons
    assert (faq_folder / "school.yaml").read_text("utf-8") == SCHOOL


async def test_a_picture_a_program_or_a_name_from_elsewhere_is_no_file_for_the_faq(district: District) -> None:
    admin = district.admin
    await says(district, admin, "/faq_admin")
    await admin.sends_document(b"MZ", "../../etc/passwd.yaml")
    await district.settles()
    assert "请发 YAML 文件" in admin.last.text
    await says(district, admin, "/faq_admin")
    await admin.sends_document(b"MZ\0\0\0", "school.yaml")
    await district.settles()
    assert "这不是文本文件" in admin.last.text
    await admin.sends_document(b"# " + b"x" * (1024 * 1024), "school.yaml")
    await district.settles()
    assert "文件太大" in admin.last.text
