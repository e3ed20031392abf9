"""The demo has its own copy of the FAQ: what is tried in it is kept, and the shipped files stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.commands.demo import SHIPPED_FAQ, TOKEN, open_demo, own_faq
from bot.service import Service
from bot.settings import Settings
from sandbox import Sandbox
from sheets import SheetError


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_an_edit_in_the_demo_is_answered_from_and_leaves_the_shipped_files_alone(tmp_path: Path) -> None:
    shipped, folder = files(SHIPPED_FAQ), tmp_path / "faq" / SHIPPED_FAQ.name
    for edit in (False, True):
        async with Sandbox(token=TOKEN, store=tmp_path / "telegram", limits=False) as sandbox:
            if edit:
                housing = folder / "housing.yaml"
                housing.write_text(housing.read_text("utf-8").replace("人才公寓", "青年公寓"), "utf-8")
            parts = await open_demo(Settings(_env_file=None, port=0), sandbox, tmp_path)
            assert parts.settings.faq == folder
            service = Service(parts)
            await service.start()
            talent = sandbox.people["talent"]
            await talent.start()
            question = await talent.says("青年公寓怎么申请" if edit else "人才公寓怎么申请")
            await talent.hears("青年公寓" if edit else "人才公寓", after=question)
            await service.stop()
            await parts.database.close()
    assert files(SHIPPED_FAQ) == shipped
    assert files(folder).keys() == shipped.keys()
    assert files(folder) != shipped


async def test_a_folder_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(SHIPPED_FAQ, mine)
    async with Sandbox(token=TOKEN, store=tmp_path / "telegram", limits=False) as sandbox:
        parts = await open_demo(Settings(_env_file=None, port=0, faq=mine), sandbox, tmp_path / "demo")
        await parts.database.close()
    assert parts.settings.faq == mine
    assert not (tmp_path / "demo" / "faq").exists()


async def test_a_slip_in_the_copy_is_told_with_its_file(tmp_path: Path) -> None:
    (own_faq(tmp_path / "faq") / "housing.yaml").write_text("topic: [", "utf-8")
    async with Sandbox(token=TOKEN, store=tmp_path / "telegram", limits=False) as sandbox:
        with pytest.raises(SheetError, match=r"housing\.yaml:2 "):
            await open_demo(Settings(_env_file=None, port=0), sandbox, tmp_path)
