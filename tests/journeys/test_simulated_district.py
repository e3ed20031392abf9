"""A week of a small simulated district: nothing is ever unowned or silently late. `make simulate` runs the month."""

from __future__ import annotations

from benchmarks.simulate import Size, simulate


async def test_in_a_simulated_district_nothing_is_ever_unowned_or_silently_late() -> None:
    found = await simulate(Size(cardholders=12, matters=16, days=7, seed=3))
    assert found.wrong == []
    assert found.done["matters"] >= 16
    assert found.done["confirm"] > 0
    assert found.done["late, and raised"] > 0
    assert found.done["away"] + found.done["left"] + found.done["blocked"] > 1
