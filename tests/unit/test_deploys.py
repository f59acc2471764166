"""What is deployed: how it differs from the registry, what it can be rolled back to, what speaks for a change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deploys.correlation import changes_before, correlation
from bot.domain.deploys.deployed import LATEST, Target, first_generation, short
from bot.domain.deploys.drift import drifts
from bot.domain.deploys.seen import NoRollback, Seen, Served, read, rollback_target, unread
from bot.domain.evidence.runs import Category
from bot.domain.platform.registry import Processor, Registry, Service
from tests.support.deploys import FLEET, NOW, RAW, deployed, pinned, revision, runs, seen

TROUBLE = NOW - timedelta(hours=2) + timedelta(minutes=41)
CHANGED = NOW - timedelta(hours=2)
DAY = timedelta(days=1)


def said(service: Service, given: Seen, others: dict[str, str] | None = None, registry: Registry = FLEET) -> list[str]:
    assert given.deployed is not None
    return [each.said for each in drifts(registry, service, given.deployed, others or {})]


def test_what_is_as_the_registry_says_does_not_drift() -> None:
    expected = RAW.model_copy(update={"expected_timeout_seconds": 600, "commit_policy": "3333333"})
    assert said(expected, seen()) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"expected_timeout_seconds": 1800}, "it ends a request after 600 s, expected are 1,800 s"),
        ({"commit_policy": "abcdef0123"}, "its code is 3333333, expected is abcdef0"),
        ({"commit_policy": "same"}, "its code is 3333333, another than that of analytics"),
    ],
)
def test_what_differs_from_the_registry_is_said_with_both_values(changes: dict[str, object], line: str) -> None:
    assert said(RAW.model_copy(update=changes), seen(), {"analytics": "4444444", "raw": "3333333"}) == [line]


def test_a_limit_that_is_shorter_than_a_processor_may_take_is_a_drift() -> None:
    slow = Registry(processors=(Processor(name="Gamebook", service="raw", timeout_seconds=900),), services=(RAW,))
    assert said(RAW, seen(), registry=slow) == ["Gamebook may take 900 s, it ends a request after 600 s"]


def test_a_revision_that_is_not_ready_and_traffic_that_stays_are_said() -> None:
    broken = deployed(revision(4, 1, ready=False), revision(3, 2), revision(2, 48))
    assert said(RAW, seen(replace(broken, trouble="it does not start"))) == [
        "revision 4 did not become ready: it does not start"
    ]
    assert said(RAW, seen(deployed(traffic=pinned("raw-00002-abc")))) == [
        "its traffic is pinned to revision 2: newer revisions get none"
    ]
    halves = (Target("raw-00002-abc", 30), Target(LATEST, 70))
    assert said(RAW, seen(deployed(traffic=halves))) == ["its traffic is split: revision 2 30 %, revision 3 70 %"]
    unlabelled = deployed(replace(revision(3, 2), commit=""))
    assert said(RAW.model_copy(update={"commit_policy": "labelled"}), seen(unlabelled)) == [
        "revision 3 has no label commit-sha: nobody can tell its code"
    ]


def test_the_functions_to_migrate_come_by_priority() -> None:
    names = [("news_fetcher", "P3"), ("self_heal", "P0"), ("other", None), ("grading_alert", "P1")]
    given = [Service(name=name, generation=1, priority=priority) for name, priority in names]
    found = first_generation([*given, RAW])
    assert [each.name for each in found] == ["self_heal", "grading_alert", "news_fetcher", "other"]


THIRD = Served("raw-00003-abc", CHANGED, NOW, ready=True)


def test_the_revision_that_served_before_can_be_rolled_back_to() -> None:
    assert rollback_target(seen()) == revision(2, 48)
    seen_to_serve = seen(None, THIRD, Served("raw-00001-abc", NOW - DAY, CHANGED, ready=True))
    assert rollback_target(seen_to_serve) == revision(1, 72)


@pytest.mark.parametrize(
    ("given", "because"),
    [
        (Seen("raw"), "it was never read from Cloud Run"),
        (
            seen(deployed(), THIRD),
            "what served before revision 3 was not seen: revision 3 had the traffic at the first look",
        ),
        (
            seen(deployed(), THIRD, Served("raw-00001-abc", NOW - 3 * DAY, NOW - 3 * DAY, ready=True)),
            "what served before revision 3 was not seen: revision 2 may have, after the last look at revision 1",
        ),
        (
            seen(deployed(), THIRD, Served("raw-00002-abc", NOW - 2 * DAY)),
            "revision 2 served before, but whether it was ready then is not known",
        ),
        (
            seen(deployed(), THIRD, Served("raw-00002-abc", NOW - 2 * DAY, CHANGED, ready=False)),
            "revision 2 served before, but it was not ready then",
        ),
        (
            seen(deployed(traffic=(Target("raw-00002-abc", 50), Target(LATEST, 50)))),
            "its traffic is split: what serves now is not one revision",
        ),
        (
            seen(deployed(traffic=pinned("raw-00002-abc"))),
            "its traffic is pinned to revision 2 already: release it first",
        ),
        (seen(replace(deployed(), settling=True)), "a change of it is not carried out yet"),
        (
            seen(
                deployed(revision(3, 2), revision(2, 48, ready=False)),
                THIRD,
                Served("raw-00002-abc", NOW - DAY, CHANGED, ready=True),
            ),
            "revision 2, which served before, is not ready any more",
        ),
        (
            seen(deployed(revision(3, 2)), THIRD, Served("raw-00002-abc", NOW - DAY, CHANGED, ready=True)),
            "revision 2, which served before, is not among its newest any more",
        ),
    ],
)
def test_anything_else_cannot(given: Seen, because: str) -> None:
    assert rollback_target(given) == NoRollback(because)


def test_reading_a_service_remembers_what_served() -> None:
    first = read(Seen("raw"), deployed(), NOW)
    assert first.served == (Served("raw-00003-abc", CHANGED, NOW, ready=True),)
    assert rollback_target(first) == NoRollback(
        "what served before revision 3 was not seen: revision 3 had the traffic at the first look"
    )
    later = read(first, replace(deployed(), revisions=(revision(3, 2, ready=None), revision(2, 48))), NOW + DAY)
    assert later.served == (Served("raw-00003-abc", CHANGED, NOW + DAY, ready=True),)
    back = read(first, deployed(traffic=pinned("raw-00002-abc")), NOW)
    assert back.served == (Served("raw-00002-abc", NOW, NOW, ready=True), *first.served)
    fourth = read(first, deployed(revision(4, -1), revision(3, 2), revision(2, 48)), NOW + DAY)
    assert rollback_target(fourth) == revision(3, 2)
    lost = unread(unread(back, "no answer", "", NOW), "no answer", "", NOW + DAY)
    assert (lost.failing_since, lost.tried_at, lost.deployed) == (NOW, NOW + DAY, back.deployed)
    assert read(lost, deployed(), NOW).trouble == ""


def test_what_was_deployed_within_a_day_before_is_listed() -> None:
    changes = changes_before([seen()], TROUBLE)
    assert [(each.revision.name, each.at, each.before) for each in changes] == [
        ("raw-00003-abc", CHANGED, revision(2, 48))
    ]
    assert changes_before([seen()], CHANGED - timedelta(minutes=1)) == []
    assert changes_before([Seen("raw")], TROUBLE) == []


def test_two_facts_are_said_of_a_change() -> None:
    (change,) = changes_before([seen()], TROUBLE)
    history = [*runs(212, 0, CHANGED - DAY), *runs(0, 3, TROUBLE)]
    found = correlation(change, TROUBLE, history, NOW)
    assert found is not None
    assert found.lag == timedelta(minutes=41)
    assert found.since is not None
    assert found.before is not None
    assert (found.since.failed, found.since.runs, found.since.category) == (3, 3, "timeout")
    assert (found.before.failed, found.before.runs) == (0, 212)
    assert found.limit is None


def test_that_it_came_before_is_one_fact_and_not_said() -> None:
    (change,) = changes_before([seen()], TROUBLE)
    as_often = [*runs(100, 100, CHANGED - DAY), *runs(1, 2, TROUBLE)]
    assert correlation(change, TROUBLE, as_often, NOW) is None
    assert correlation(change, TROUBLE, [*runs(0, 3, TROUBLE)], NOW) is None
    assert correlation(change, TROUBLE, [*runs(212, 0, CHANGED - DAY)], NOW) is None
    nothing_due = [*runs(212, 0, CHANGED - DAY), *runs(0, 3, TROUBLE, Category.NO_DATA_AVAILABLE)]
    assert correlation(change, TROUBLE, nothing_due, NOW) is None


def test_a_lower_limit_speaks_for_timeouts_alone() -> None:
    lower = deployed(revision(3, 2, timeout=600), revision(2, 48, timeout=1_800))
    (change,) = changes_before([seen(lower)], TROUBLE)
    found = correlation(change, TROUBLE, runs(0, 1, TROUBLE), NOW)
    assert found is not None
    assert (found.limit, found.since) == ((1_800, 600), None)
    assert correlation(change, TROUBLE, runs(0, 1, TROUBLE, Category.PROCESSING_ERROR), NOW) is None


def test_a_revision_is_called_by_its_number() -> None:
    assert short("nba-phase2-raw-processors-00042-abc") == "revision 42"
    assert short("blue") == "blue"
