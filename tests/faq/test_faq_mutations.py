"""Damaged content files are refused in words and never disturb the live book."""

import importlib.util
import sys
from pathlib import Path

COUNT = 20_000
DRILL = Path(__file__).parents[2] / "benchmarks" / "faq_mutate.py"


def test_damaged_files_crash_nothing_and_change_nothing() -> None:
    spec = importlib.util.spec_from_file_location("faq_mutate", DRILL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["faq_mutate"] = module
    spec.loader.exec_module(module)
    verdicts, _ = module.drill(COUNT, seed=7, whole_every=200)
    assert verdicts.total() == COUNT
    assert verdicts["taken"] < COUNT * 0.3
    assert verdicts["sheets.other"] == 0, "every refusal says what to write instead"
