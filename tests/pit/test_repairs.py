"""A repair whose processes are killed -9 in the middle: each step is carried out once."""

from pathlib import Path

from bot.domain.reprocessing.repair import StepState
from tests.pit.repairs import killed_repair


def test_kills_in_the_middle_of_a_repair_repeat_no_step_and_lose_none(tmp_path: Path) -> None:
    found = killed_repair(tmp_path, f"sqlite:///{tmp_path}/state.db", 3, 10, chance=0.03, scale=40)
    assert found.kills.total() > 5, found
    assert (found.lost, found.twice, found.states) == (0, 0, {StepState.PROVED: 30}), found
