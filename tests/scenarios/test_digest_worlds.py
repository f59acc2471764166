"""Every number of a digest is the one that `fireline health` and `fireline slo` give for that moment, in any world."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from bot.bootstrap import app_services
from bot.cli.health_answer import HealthQuestion, answer_health
from bot.cli.report import ReportQuestion, answer_report
from bot.cli.slo import SloQuestion, answer_slo
from bot.config.settings import Settings
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.memory import GateRules
from bot.domain.gate.policy import GatePolicy
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.detection import DetectionService
from bot.services.gate import GateService
from bot.views import numbers
from tests.support.builders import load, warehouse
from tests.support.evidence_worlds import FLEET, KNOWN, world_of

BEGINS = datetime(2026, 1, 16, 3, tzinfo=UTC)
RULES = GateRules(GatePolicy(), Lineage(KNOWN), {each.name: each.phase for each in KNOWN.processors})
HOURS = st.lists(st.integers(1, 170), min_size=1, max_size=1)


class Day:
    """What a person may ask at `now`, and the answers, as the commands print them."""

    def __init__(self, services: AppServices, now: datetime) -> None:
        self.now, self.services = now, services

    def health(self, days: int, *, as_json: bool = False) -> str:
        question = HealthQuestion("", str(days), None, None, None, False, as_json, 400, False)
        return answer_health(self.services.health, question, self.now)

    def figures(self, days: int) -> Any:
        return json.loads(self.health(days, as_json=True))

    def digest(self, *, as_json: bool = False) -> str:
        asked = ReportQuestion("daily", as_json=as_json, markdown=not as_json)
        return answer_report(self.services.reports, self.services.reviews, asked, self.now)

    def levels(self) -> Any:
        return json.loads(answer_slo(self.services.slo, SloQuestion(as_json=True), self.now))


@contextmanager
def days(seed: int, hours: list[int]) -> Iterator[Iterator[Day]]:
    """Detection has looked at those hours of a generated world, and posted nothing."""
    held, state, now = warehouse(), FakeState(), BEGINS
    detection = DetectionService(
        held,
        SeverityPolicy(),
        AcceptedLosses(),
        lambda _: GateService(state, RULES, escalation=EscalationPolicy()),
    )

    def looked(services: AppServices) -> Iterator[Day]:
        nonlocal now
        for hour in hours:
            now = BEGINS + timedelta(hours=hour)
            detection.tick(now)
            yield Day(services, now)

    with TemporaryDirectory() as folder:
        load(held, world_of(seed).write(Path(folder), ".csv"), FLEET, now=BEGINS + timedelta(days=9))
        yield looked(app_services(held, Settings(home=Path(folder)), lambda: now, state))
    held.close()


@given(st.integers(0, 1_000_000), HOURS)
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(3, [90])
def test_every_number_of_a_digest_is_that_of_health(seed: int, hours: list[int]) -> None:
    with days(seed, hours) as asked:
        for day in asked:
            week, last, told = day.figures(7), day.figures(1), json.loads(day.digest(as_json=True))
            assert (told["health"], told["last_day"]) == (week, last)
            assert (told["overall"], told["service_levels"]) == (week["overall"], day.levels())
            assert told["findings"] == last["noise"]["findings"]
            said = day.digest()
            opening(said, week)
            needed(said, week)
            by_phase(said, week)
            same_lines(said, day)
            of_budgets(said, week, told["service_levels"])


def opening(said: str, week: Any) -> None:
    """The colour, the open incidents but P3, and the dates without data."""
    first = said.splitlines()[2]
    assert first.startswith(week["overall"])
    found = re.search(r"(\d+|no) incidents? open", first)
    assert found is not None
    assert int(found[1].replace("no", "0")) >= len(week["open_incidents"])
    lack = re.search(r"([\d,]+) dates? lacks? data", first)
    without = week["dates_without_data"]
    told = any(row["dates_due"] > row["dates_unknown"] for row in week["processors"])
    assert (lack is not None) is told
    assert lack is None or int(lack[1].replace(",", "")) == without["named"] + without["in_incidents"]


def needed(said: str, week: Any) -> None:
    """Each open incident, and whatever else gives the colour."""
    for each in week["open_incidents"]:
        assert f"- {each['name']} {each['severity']} " in said
    for reason in week["reasons"]:
        incident = any(reason["text"].startswith(f"{each['name']} ") for each in week["open_incidents"])
        assert incident or reason["text"].removesuffix(".") in said, reason


def by_phase(said: str, week: Any) -> None:
    for row in week["phases"]:
        tried = row["succeeded"] + row["real"] + row["unknown"]
        rate = "nothing to judge" if not tried else f"{numbers.share(row['success_rate'])} of {tried:,}"
        assert f"- Phase {row['phase']}: {row['status']}, {rate}" in said
        if row["dates_due"]:
            line = next(each for each in said.splitlines() if each.startswith(f"- Phase {row['phase']}: "))
            known = row["dates_due"] - row["dates_unknown"]
            assert f"; data {row['dates_filled']:,} of {known:,} date" in line


def same_lines(said: str, day: Day) -> None:
    """Noise and findings of the last day, data and real failures of the week: word for word."""
    week, last = day.health(7), day.health(1)
    for pattern, digest, health in (
        (r"Noise: (.*)\.", "- {}.", last),
        (r"Findings: (.*)\.", "- Findings of the last day: {}.", last),
        (r"(Data: .*)\.", "- {}", week),
        (r"([\d,]+ real failures?: .*)\.", "- {}", week),
    ):
        for line in re.findall(f"^{pattern}$", health, re.MULTILINE):
            assert digest.format(line) in said.splitlines()
    assert re.search(r"^Noise: ", last, re.MULTILINE)


def of_budgets(said: str, week: Any, levels: Any) -> None:
    spent = [each["name"] for each in (*levels["phases"], *levels["named"]) if (each["spent"] or 0) >= 1]
    spent += [each["name"] for each in levels["platform"] if each["late_hours"] is not None and not each["kept"]]
    line = next(each for each in said.split("## Service levels, 30 days\n\n")[1].splitlines())
    assert line.startswith("- Budget spent: ") is bool(spent)
    assert all(name in said for name in spent)
    assert any(each["name"].startswith("budget_") for each in week["reasons"]) is bool(spent)
