"""What hung and repeated runs cost, and what the figures rest on."""

import pytest

from bot.config.costs import CostEntry
from bot.domain.platform.registry import Registry
from bot.domain.reports.cost import Prices, RunTimes, Use, cost_of
from bot.views import cost_words
from bot.views.incident import SLACK

REGISTRY = Registry.model_validate(
    {
        "processors": [
            {"name": "Box", "service": "raw", "timeout_seconds": 600},
            {"name": "Summary", "service": "raw"},
            {"name": "Lone"},
        ],
        "services": [{"name": "raw", "vcpu": 2, "gib": 4}],
    }
)
PRICES = Prices(vcpu_second=0.001, gib_second=0.0001, vcpu=1, gib=0.5)


def test_seconds_times_size_times_price() -> None:
    times = [
        RunTimes("Box", Use.TIMED_OUT, 2, 2, 1_200.0, 2),
        RunTimes("Box", Use.UNENDED, 3, 1, 100.0, 3),
        RunTimes("Box", Use.REPEATED, 4, 4, 400.0, 4),
        RunTimes("Box", Use.OTHER, 10, 9, 900.0, 10),
        RunTimes("Lone", Use.REPEATED, 1, 1, 50.0, 1),
        RunTimes("Summary", Use.OTHER, 1, 1, 60.0, 1),
    ]
    found = cost_of(times, REGISTRY, PRICES)
    box, lone = found.found
    assert (box.processor, box.hung_runs, box.hung_s, box.repeated_runs, box.repeated_s) == ("Box", 5, 2_500, 4, 400)
    assert (box.vcpu_seconds, box.gib_seconds, box.assumed, box.sized) == (5_800, 11_600, 2, True)
    assert box.price(PRICES) == pytest.approx(5.8 + 1.16)
    assert (lone.vcpu_seconds, lone.gib_seconds, lone.sized) == (50, 25, False)
    assert found.total == pytest.approx(6.96 + 0.0525)
    assert (found.seconds, found.all_seconds) == (2_950, 3_910)
    assert list(found.assumptions()) == [
        "1,000.00 USD a million vCPU seconds, 100.00 a million GiB seconds; waiting costs as much as computing",
        "Lone: 1 vCPU and 0.5 GiB, as the registry does not say",
        "without an end, counted with the limit (else 30 min): 2 runs",
    ]


def test_what_costs_less_than_a_cent_is_counted_not_listed() -> None:
    times = [
        RunTimes(name, Use.REPEATED, 1, 1, seconds, 1) for name, seconds in (("Box", 600.0), ("Lone", 5), ("C", 2))
    ]
    said = cost_words.lines(cost_of(times, REGISTRY, PRICES), SLACK, 5)
    assert [line.partition(":")[0] for line in said[1:3]] == ["Box", "and 2 more, less than 0.01 USD each"]
    cheap = cost_of(times[1:], REGISTRY, PRICES)
    assert cost_words.lines(cheap, SLACK, 1)[1:3] == [
        "Lone: <0.01 USD, 1 run repeated in 5.0s (5 vCPU s, 2 GiB s)",
        "and 1 more",
    ]


def test_a_history_that_names_no_attempts_says_so() -> None:
    found = cost_of([RunTimes("Gone", Use.UNENDED, 1, 0, 0.0, 0)], REGISTRY, PRICES)
    assert found.seconds == 1_800
    assert list(found.assumptions())[-1].startswith("the history has neither `attempt` nor `trigger`")
    nothing = cost_of([], REGISTRY, PRICES)
    assert (nothing.total, nothing.runs) == (0, 0)
    assert cost_words.lines(nothing, SLACK, 5) == ["unknown: no run of that month is known"]


def test_prices_come_from_the_policy() -> None:
    assert CostEntry().prices() == Prices()
    assert CostEntry(vcpu_second=1, currency="EUR").prices() == Prices(vcpu_second=1, currency="EUR")
