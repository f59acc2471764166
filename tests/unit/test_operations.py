"""What is done to a service: looked at first, approved by a second person, done once, and looked at afterwards."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Actor, Way
from bot.domain.deploys.deployed import LATEST, Target
from bot.domain.errors import BadInput
from bot.domain.operations.operation import Kind, Stage
from bot.domain.reprocessing.repair import Person, Repair, started, steps_of
from bot.domain.verdicts.judge import Judged, Verdict
from bot.ports.cloud_run import JobOrder
from bot.ports.health_probe import Health
from bot.ports.run_control import Answer, Taken
from bot.services.access import NotAllowed
from bot.services.operations import Forbidden, Hand
from tests.support.cloud_run import CLEANUP, IMPATIENT_S, RAW, job_name, service_name
from tests.support.deploys import NOW
from tests.support.operations_bench import ANA, BEN, CARL, VIEWER, OperationsBench, day, operations_bench
from tests.support.repairs import planned

BEFORE, CURRENT = "nba-phase2-raw-processors-00002-def", "nba-phase2-raw-processors-00003-ghi"
CHANGES_CODE = (Kind.ROLLBACK, Kind.RESTART, Kind.TIMEOUT)


@pytest.fixture
def bench() -> Iterator[OperationsBench]:
    with operations_bench() as found:
        yield found


def test_a_rollback_is_approved_by_a_second_person_done_once_and_checked(bench: OperationsBench) -> None:
    shown = bench.propose(Kind.ROLLBACK)
    assert (shown.wanted.was, shown.wanted.to) == (CURRENT, BEFORE)
    assert "revision 2 served before and is ready" in shown.found
    assert bench.people.ask(shown.id, ANA, NOW).stage is Stage.WAITING
    bench.work()
    assert "UpdateService" not in bench.cloud.server.asked
    approved = bench.people.approve(shown.id, BEN, NOW)
    assert approved.approved_by == Person("slack:U2", "Ben", "ben@example.com")
    bench.work(times=3)
    done = bench.ended(shown)
    assert (done.stage, done.said) == (
        Stage.DONE,
        "all traffic is at revision 2; /health answers HTTP status 200",
    )
    assert bench.cloud.client.service(RAW).traffic == (Target(BEFORE, 100),)
    assert bench.cloud.server.asked.count("UpdateService") == 1
    assert bench.acts() == ["rollback_shown", "rollback_asked", "rollback_approved", "rollback_begun", "rollback_done"]
    [note] = bench.state.pages_unsent()
    assert note.page.text.endswith("until `/deploys nba-phase2-raw-processors` releases it.")


def test_what_was_rolled_back_stays_pinned_until_it_is_released(bench: OperationsBench) -> None:
    bench.approved(Kind.ROLLBACK)
    bench.work(times=2)
    bench.cloud.deploy(RAW, "4444444")
    assert bench.deploys.of("raw", NOW).rows[0].drifts[0].said.startswith("its traffic is pinned to revision 2")
    with pytest.raises(Forbidden, match="pinned to revision 2 already: release it first"):
        bench.propose(Kind.ROLLBACK)
    with pytest.raises(Forbidden, match="a new revision would get none"):
        bench.propose(Kind.RESTART)
    released = bench.asked(Kind.RELEASE)
    bench.work(times=2)
    assert bench.ended(released).said.startswith("all traffic is at revision 4")
    assert bench.cloud.client.service(RAW).traffic == (Target(LATEST, 100),)


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.TIMEOUT])
def test_nobody_approves_what_they_have_asked_for(bench: OperationsBench, kind: Kind) -> None:
    shown = bench.asked(kind, seconds=1_800)
    for same in (ANA, CARL):  # Carl is Ana with another id
        with pytest.raises(BadInput, match="Ana has asked for it: a second person has to approve it"):
            bench.people.approve(shown.id, same, NOW)
    with pytest.raises(NotAllowed):
        bench.people.approve(shown.id, VIEWER, NOW)
    with pytest.raises(BadInput, match="approves it in Slack"):
        bench.people.approve(shown.id, Actor("ben", "Ben", Way.TERMINAL), NOW)
    with pytest.raises(BadInput, match="more than 15 minutes ago"):
        bench.people.approve(shown.id, BEN, NOW + timedelta(minutes=16))
    bench.work()
    assert bench.ended(shown).stage is Stage.WAITING


def test_only_who_was_shown_it_goes_on_with_it(bench: OperationsBench) -> None:
    shown = bench.propose(Kind.RESTART)
    with pytest.raises(BadInput, match="Only Ana, who asked for it"):
        bench.people.ask(shown.id, BEN, NOW)
    with pytest.raises(NotAllowed):
        bench.people.propose(Hand(Kind.RESTART, RAW.name), VIEWER, NOW)
    assert bench.people.withdraw(shown.id, BEN, NOW).said == "withdrawn by Ben"
    with pytest.raises(BadInput, match="It is withdrawn already"):
        bench.people.ask(shown.id, ANA, NOW)


def test_what_has_changed_since_it_was_shown_is_not_approved(bench: OperationsBench) -> None:
    shown = bench.asked(Kind.TIMEOUT, seconds=1_800)
    bench.cloud.deploy(RAW, "4444444")
    with pytest.raises(BadInput, match="was changed since it was shown"):
        bench.people.approve(shown.id, BEN, NOW)
    rollback = bench.asked(Kind.ROLLBACK)
    bench.cloud.deploy(RAW, "5555555")
    with pytest.raises(BadInput, match="revision 4 is what served before, not revision 3"):
        bench.people.approve(rollback.id, BEN, NOW)


def test_what_changes_after_the_approval_is_not_overwritten(bench: OperationsBench) -> None:
    approved = bench.approved(Kind.ROLLBACK)
    bench.cloud.deploy(RAW, "4444444")
    bench.work(times=2)
    assert bench.ended(approved).stage is Stage.FAILED
    assert "changed by somebody else meanwhile" in bench.ended(approved).said
    assert bench.cloud.client.service(RAW).traffic == (Target(LATEST, 100),)


def test_of_many_who_approve_at_once_one_is_taken(bench: OperationsBench) -> None:
    shown = bench.asked(Kind.ROLLBACK)

    def approve(_: int) -> bool:
        try:
            bench.people.approve(shown.id, BEN, NOW)
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(approve, range(8))) == 1
    bench.work(times=3)
    assert bench.cloud.server.asked.count("UpdateService") == 1


@pytest.mark.parametrize("kind", CHANGES_CODE)
def test_nothing_is_changed_under_a_repair(bench: OperationsBench, kind: Kind) -> None:
    approved = bench.approved(kind, seconds=1_800) if kind is not Kind.RESTART else bench.asked(kind)
    plan = planned()
    repair = Repair(plan=plan, asked_by=Person("slack:U1", "Ana"), asked_at=plan.made_at)
    with bench.state.transaction() as tx:
        tx.repairs.add(repair)
        stored = tx.repairs.put(started(replace(repair, version=1), Person("slack:U1", "Ana"), plan.made_at))
        assert stored is not None
        tx.repairs.add_steps(replace(step, service=RAW.name) for step in steps_of(plan, plan.id))
    with pytest.raises(Forbidden, match="R-1 runs on nba-phase2-raw-processors: stop it first, or let it end"):
        bench.propose(kind, seconds=1_800)
    bench.work()
    assert bench.ended(approved).said == "R-1 runs on it by now"
    assert "UpdateService" not in bench.cloud.server.asked


def test_split_traffic_is_left_alone(bench: OperationsBench) -> None:
    service = bench.cloud.world.services[service_name(RAW)]
    whole = service.traffic[0]
    service.traffic = [type(whole)(type_=whole.type_, percent=50), type(whole)(type_=2, revision=BEFORE, percent=50)]
    for kind in CHANGES_CODE:
        with pytest.raises(Forbidden, match="its traffic is split"):
            bench.propose(kind, seconds=1_800)
    with pytest.raises(Forbidden, match=f"release the traffic of {RAW.name} to its newest revision: its traffic is sp"):
        bench.propose(Kind.RELEASE)


def test_a_restart_is_a_new_revision_of_the_same_template(bench: OperationsBench) -> None:
    restarted = bench.asked(Kind.RESTART)
    bench.work(times=2)
    assert bench.ended(restarted).said == "revision 4 serves; /health answers HTTP status 200"
    newest = bench.cloud.client.service(RAW).revisions[0]
    assert (newest.commit, newest.timeout_seconds, newest.request) == ("3333333", 600, restarted.request)


def test_a_restart_waits_for_what_is_under_way_whoever_started_it(bench: OperationsBench) -> None:
    bench.running = ("Gamebook 2026-01-05 since 11:40 UTC (self_heal)",)
    with pytest.raises(Forbidden, match=r"1 run under way: Gamebook 2026-01-05 since 11:40 UTC \(self_heal\)"):
        bench.propose(Kind.RESTART)
    assert "1 run under way" in " ".join(bench.propose(Kind.ROLLBACK).found)


def test_what_is_under_way_is_not_none_while_its_source_is_blind(bench: OperationsBench) -> None:
    bench.unread = "source history cannot be read since 2026-01-06 11:02 UTC"
    with pytest.raises(Forbidden, match="whether runs are under way is not known, source history cannot be read since"):
        bench.propose(Kind.RESTART)
    found = " ".join(bench.propose(Kind.ROLLBACK).found)
    assert "whether runs are under way is not known, source history" in found
    assert "nothing is under way" not in found


def test_a_limit_is_raised_and_never_lowered(bench: OperationsBench) -> None:
    raised = bench.approved(Kind.TIMEOUT, seconds=1_800)
    bench.work(times=2)
    assert bench.ended(raised).stage is Stage.DONE
    assert bench.cloud.client.service(RAW).revisions[0].timeout_seconds == 1_800
    with pytest.raises(Forbidden, match="900 s is not more than the 1,800 s that it has"):
        bench.propose(Kind.TIMEOUT, seconds=900)
    with pytest.raises(Forbidden, match="3,601 s is more than Cloud Run allows: 3,600 s"):
        bench.propose(Kind.TIMEOUT, seconds=3_601)
    with pytest.raises(BadInput, match="Say how many seconds"):
        bench.propose(Kind.TIMEOUT)


def test_a_revision_that_does_not_start_is_a_failure(bench: OperationsBench) -> None:
    bench.cloud.world.fails = "container failed to start"
    restarted = bench.asked(Kind.RESTART)
    bench.work(times=2)
    assert (bench.ended(restarted).stage, bench.ended(restarted).said) == (
        Stage.FAILED,
        "revision 4 did not become ready: container failed to start",
    )


def test_a_service_that_is_not_well_is_asked_again_and_then_a_failure(bench: OperationsBench) -> None:
    bench.health = Health(False, "/health answers HTTP status 500")
    approved = bench.approved(Kind.ROLLBACK)
    bench.work(times=3)
    assert bench.ended(approved).stage is Stage.CHECKING
    bench.work(minutes=11)
    assert (bench.ended(approved).stage, bench.ended(approved).said) == (
        Stage.FAILED,
        "all traffic is at revision 2; /health answers HTTP status 500",
    )


@pytest.mark.parametrize(("fault", "kind"), [(f, k) for f in ("after", "codes") for k in CHANGES_CODE])
def test_without_an_answer_it_is_looked_up_before_it_is_asked_for_again(
    bench: OperationsBench, fault: str, kind: Kind
) -> None:
    """Taken and then silence, or never taken: the effect is there once."""
    faults = bench.cloud.server.faults
    (faults.after if fault == "after" else faults.codes)["UpdateService"] = "UNAVAILABLE"
    given = bench.asked(kind, seconds=1_800)
    if given.needs_second:
        bench.people.approve(given.id, BEN, NOW)
    bench.work()
    assert bench.ended(given).stage is Stage.ACTING
    faults.after.clear()
    faults.codes.clear()
    bench.work(minutes=1, times=4)
    assert bench.ended(given).stage is Stage.DONE
    made = [each for each in bench.cloud.client.service(RAW).revisions if each.request == given.request]
    assert len(made) == (0 if kind is Kind.ROLLBACK else 1)


def test_a_call_that_hangs_is_looked_up_too() -> None:
    with operations_bench(IMPATIENT_S) as bench:
        bench.cloud.server.faults.hang.add("UpdateService")
        restarted = bench.asked(Kind.RESTART)
        bench.work()
        assert bench.ended(restarted).stage is Stage.ACTING
        bench.cloud.server.faults.hang.clear()
        bench.cloud.server.faults.release.set()
        bench.work(minutes=1, times=5)
        assert bench.ended(restarted).stage is Stage.DONE
        made = [each for each in bench.cloud.client.service(RAW).revisions if each.request == restarted.request]
        assert len(made) == 1


def test_killed_in_the_middle_it_is_done_once(bench: OperationsBench) -> None:
    """What had begun is looked up by another process when its time is over."""
    restarted = bench.asked(Kind.RESTART)
    faults = bench.cloud.server.faults
    faults.after["UpdateService"] = "UNAVAILABLE"
    bench.work()
    faults.after.clear()
    bench.work()
    assert bench.ended(restarted).stage is Stage.ACTING  # nothing is asked for while the first may still be at it
    bench.work(minutes=5, times=2)
    assert bench.ended(restarted).stage is Stage.DONE
    assert bench.cloud.server.asked.count("UpdateService") == 1


def test_what_never_shows_is_given_up_and_said(bench: OperationsBench) -> None:
    bench.cloud.server.faults.codes["UpdateService"] = "UNAVAILABLE"
    restarted = bench.asked(Kind.RESTART)
    bench.work(minutes=2, times=8)
    assert (bench.ended(restarted).stage, bench.ended(restarted).said) == (
        Stage.FAILED,
        "Cloud Run shows nothing of it",
    )


def test_what_is_forbidden_ends_it_with_the_grant(bench: OperationsBench) -> None:
    bench.cloud.server.faults.codes["UpdateService"] = "PERMISSION_DENIED"
    restarted = bench.asked(Kind.RESTART)
    bench.work()
    assert bench.ended(restarted).stage is Stage.FAILED
    assert "--role=roles/run.developer" in bench.ended(restarted).said


def test_a_maintenance_job_is_run_once_and_its_end_is_waited_for(bench: OperationsBench) -> None:
    given = bench.asked(Kind.MAINTENANCE, CLEANUP.name)
    bench.cloud.server.faults.after["RunJob"] = "UNAVAILABLE"
    bench.work()
    bench.cloud.server.faults.after.clear()
    bench.work(minutes=1, times=3)
    assert bench.ended(given).stage is Stage.CHECKING
    [execution] = bench.cloud.world.executions[job_name(CLEANUP)]
    with pytest.raises(Forbidden, match="it runs already: stale-running-cleanup-00001"):
        bench.propose(Kind.MAINTENANCE, CLEANUP.name)
    bench.cloud.world.end(execution, "succeeded")
    bench.work()
    assert bench.ended(given).said == "stale-running-cleanup-00001 succeeded"


def test_nothing_to_cancel_is_said_without_a_name(bench: OperationsBench) -> None:
    bench.cloud.world.executions[job_name(CLEANUP)] = []
    with pytest.raises(Forbidden, match="none is under way"):
        bench.propose(Kind.CANCEL, CLEANUP.name)
    with pytest.raises(Forbidden, match="it is no job and has no executions"):
        bench.propose(Kind.CANCEL, RAW.name)


def test_a_double_click_is_not_told_that_nothing_was_done(
    bench: OperationsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = bench.propose(Kind.RESTART)
    bench.people.ask(shown.id, ANA, NOW)
    known = iter([shown])
    monkeypatch.setattr(bench.people, "get", lambda _id, get=bench.people.get: next(known, None) or get(_id))
    with pytest.raises(BadInput, match="it counts once"):
        bench.people.ask(shown.id, ANA, NOW)


def test_a_hung_execution_is_cancelled(bench: OperationsBench) -> None:
    bench.cloud.client.run_job(CLEANUP, JobOrder("other"))
    given = bench.asked(Kind.CANCEL, CLEANUP.name)
    assert given.wanted.execution == "stale-running-cleanup-00001"
    bench.work(times=2)
    assert bench.ended(given).said == "stale-running-cleanup-00001 cancelled"
    with pytest.raises(Forbidden, match="is not under way"):
        bench.propose(Kind.CANCEL, CLEANUP.name, execution="stale-running-cleanup-00001")


def test_a_marker_is_cleared_only_where_it_stands_in_front_of_data(bench: OperationsBench) -> None:
    given = bench.asked(Kind.CLEAR_MARKER, processor="Gamebook", data_date=day())
    bench.work(times=2)
    assert [order.request_id for order in bench.cleared] == [given.request]
    assert bench.ended(given).said == "the service took it. Rerun the date: only its data proves it"
    bench.answer = Answer(taken=Taken.REFUSED, reason="HTTP status 404")
    refused = bench.asked(Kind.CLEAR_MARKER, processor="Gamebook", data_date=day())
    bench.work()
    assert bench.ended(refused).said == "nba-phase2-raw-processors refuses it: HTTP status 404"
    bench.verdict = Judged(verdict=Verdict.OK, because="318 rows")
    with pytest.raises(Forbidden, match="no marker stands in front of data: Gamebook 2026-01-05: 318 rows"):
        bench.propose(Kind.CLEAR_MARKER, processor="Gamebook", data_date=day())


def test_asked_for_again_with_its_key_it_is_the_same(bench: OperationsBench) -> None:
    first = bench.propose(Kind.RESTART, key="runbook:1:3")
    assert bench.propose(Kind.RESTART, key="runbook:1:3") == first
    assert bench.propose(Kind.RESTART).id != first.id


def test_a_service_that_cannot_be_read_is_not_changed(bench: OperationsBench) -> None:
    bench.cloud.server.faults.codes["GetService"] = "UNAVAILABLE"
    with pytest.raises(Forbidden, match="Cloud Run does not say how it is: Cloud Run gives no answer"):
        bench.propose(Kind.ROLLBACK)
    with pytest.raises(BadInput, match="The registry has no service 'other'"):
        bench.propose(Kind.RESTART, "other")
