"""Sampling a backlog: what is drawn, the rate, and how often its interval holds the truth."""

import random
from datetime import date, timedelta
from statistics import fmean

import pytest

from bot.domain.verdicts.sampling import Checked, Drawn, Plan, Suspicious, draw, estimate

FIRST = date(2025, 10, 1)
DATES = [FIRST + timedelta(days=n) for n in range(106)]
"""A season's backlog: 76 older dates and 30 recent ones."""
Backlog = dict[date, Checked]


def drawn_from(cells: list[Suspicious], seed: int = 0, plan: Plan | None = None) -> Drawn:
    return draw(cells, seed, random.Random(seed).sample, plan or Plan())


def test_the_processors_that_make_up_80_per_cent() -> None:
    cells = [Suspicious(name, FIRST, runs) for name, runs in (("B", 50), ("A", 30), ("C", 15), ("D", 5))]
    assert drawn_from(cells).processors == ("B", "A")
    assert drawn_from([*cells, Suspicious("A", DATES[1], 40)]).processors == ("A", "B")


def test_the_latest_30_days_whole_and_20_older_dates() -> None:
    drawn = drawn_from([Suspicious("A", day, 2) for day in DATES])
    assert drawn.recent == tuple(DATES[-30:])
    assert (len(drawn.older), drawn.older_known, drawn.older_runs) == (20, 76, 152)
    assert set(drawn.older) < set(DATES[:-30])
    assert drawn == drawn_from([Suspicious("A", day, 2) for day in DATES])
    assert drawn.older != drawn_from([Suspicious("A", day, 2) for day in DATES], seed=1).older


def test_few_older_dates_are_all_taken_and_the_rate_is_exact() -> None:
    drawn = drawn_from([Suspicious("A", day, 2) for day in DATES[-40:]])
    assert len(drawn.older) == drawn.older_known == 10
    rate = estimate([Checked(2, 2)] * 30, [Checked(2, 1)] * 10, drawn)
    assert rate is not None
    assert (rate.value, rate.low, rate.high, rate.exact) == (70 / 80, 70 / 80, 70 / 80, True)


def test_nothing_that_can_be_known() -> None:
    drawn = drawn_from([Suspicious("A", day, 2) for day in DATES])
    assert estimate([], [Checked(0, 0)] * 20, drawn) is None
    assert estimate([Checked(3, 1)], [Checked(0, 0)] * 20, drawn) is None


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_alike_is_no_certainty(share: float) -> None:
    drawn = drawn_from([Suspicious("A", day, 10) for day in DATES])
    checked = Checked(10, int(10 * share))
    rate = estimate([checked] * 30, [checked] * 20, drawn)
    assert rate is not None
    assert rate.value == share
    assert 0.03 < rate.high - rate.low < 0.2
    assert rate.low <= share <= rate.high


def test_runs_that_share_a_date_are_worth_less() -> None:
    drawn = drawn_from([Suspicious("A", day, 10) for day in DATES])
    mixed = estimate([Checked(10, 5)] * 30, [Checked(10, 5 + n % 2) for n in range(20)], drawn)
    apart = estimate(
        [Checked(10, 10 * (n % 2)) for n in range(30)], [Checked(10, 10 * (n % 2)) for n in range(20)], drawn
    )
    assert mixed is not None
    assert apart is not None
    assert apart.high - apart.low > 2 * (mixed.high - mixed.low)


def backlog(seed: int, *, usual: float, bad_dates: float, on_bad: float, runs: float) -> Backlog:
    """Labelled runs: on a bad date most are real losses, on others nearly all are the tracking fault."""
    chance = random.Random(seed)
    found = {}
    for day in DATES:
        rate = on_bad if chance.random() < bad_dates else usual
        count = max(1, round(chance.lognormvariate(0, 0.5) * runs))
        found[day] = Checked(count, sum(chance.random() < rate for _ in range(count)))
    return found


def coverage(known: Backlog, draws: int, plan: Plan) -> float:
    """How often the interval holds the true rate, over `draws` samples of one backlog."""
    cells = [Suspicious("A", day, one.runs) for day, one in known.items()]
    truth = sum(one.there for one in known.values()) / sum(one.runs for one in known.values())
    held = 0
    for seed in range(draws):
        drawn = drawn_from(cells, seed, plan)
        rate = estimate([known[day] for day in drawn.recent], [known[day] for day in drawn.older], drawn)
        assert rate is not None
        held += rate.low <= truth <= rate.high
    return held / draws


@pytest.mark.parametrize(
    "shape",
    [
        {"usual": 0.959, "bad_dates": 0.0, "on_bad": 0.0, "runs": 22},
        {"usual": 0.97, "bad_dates": 0.2, "on_bad": 0.3, "runs": 22},
        {"usual": 0.9, "bad_dates": 0.3, "on_bad": 0.0, "runs": 22},
        {"usual": 0.6, "bad_dates": 0.3, "on_bad": 0.1, "runs": 8},
    ],
    ids=["as in the platform", "every fifth date is bad", "days off", "few runs a date"],
)
def test_the_interval_holds_the_truth_in_93_to_97_of_100(shape: dict[str, float]) -> None:
    held = fmean(coverage(backlog(seed, **shape), 60, Plan()) for seed in range(40))
    assert 0.93 <= held <= 0.97
