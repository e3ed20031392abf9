"""`python tests/saboteurs/run.py [words]`: plants each bug (or those with these words), and wants red tests.

First the few tests that should notice; only when they stay green, all tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bugs import BUGS, Bug

HOME = Path(__file__).resolve().parents[2]
ABOUT_US = "tests/house/test_house_manuals.py::test_every_bug_can_still_be_planted"
"""Red whenever a bug is planted, and so no proof that one was noticed."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".*_cache", ".hypothesis")


def red(copy: Path, tests: str) -> bool:
    """Whether a test fails; one that cannot even be started says nothing."""
    options = ["-q", "-x", "--timeout", "300", "-p", "no:cacheprovider", "--deselect", ABOUT_US]
    words = [sys.executable, "-m", "pytest", *options, tests]
    return subprocess.run(words, cwd=copy, capture_output=True, check=False).returncode == 1


def noticed(copy: Path, bug: Bug) -> str:
    """Which tests turn red, or nothing; the file is mended afterwards."""
    file = copy / bug.file
    whole = file.read_text(encoding="utf-8")
    if whole.count(bug.good) < 1:
        raise SystemExit(f"{bug.what}: {bug.file} does not say {bug.good!r} any more; mend the list")
    file.write_text(whole.replace(bug.good, bug.bad), encoding="utf-8")
    try:
        return next((tests for tests in (bug.tests, "tests") if red(copy, tests)), "")
    finally:
        file.write_text(whole, encoding="utf-8")


def main(words: list[str]) -> int:
    """One line for each bug; 1 when one went unseen."""
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(HOME, copy, ignore=LEFT_OUT)
        for bug in BUGS:
            if all(word in bug.what for word in words):
                where = noticed(copy, bug)
                unseen += not where
                print(f"{'noticed' if where else 'UNSEEN '}  {bug.what}  ({where})", flush=True)
    return int(unseen > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
