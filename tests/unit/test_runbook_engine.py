"""What follows what in a runbook that was started."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks import engine
from bot.domain.runbooks.engine import Moved
from bot.domain.runbooks.expectation import Fit, Measured, age, fit, not_known, number
from bot.domain.runbooks.registry import CHECKS
from bot.domain.runbooks.run import OVER, Run, RunState, StepState, Subject
from bot.domain.runbooks.runbook import Approval, OnFail
from tests.support.runbook_texts import FRONT, LOST, runbook

NOW = datetime(2026, 1, 16, 12, tzinfo=UTC)
ANA, BEN = Person("slack:U1", "Ana"), Person("slack:U2", "Ben")
SUBJECT = Subject(processor="Box", data_date=date(2026, 1, 15))
OK = Measured("ok", "ok", NOW)


def minute(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def begun(text: str = LOST) -> Run:
    return engine.begun("r1", runbook(text), SUBJECT, ANA, NOW).run


def moved(found: Moved | None) -> Run:
    assert found is not None
    return found.run


def states(run: Run) -> list[StepState]:
    return [each.state for each in run.steps]


def test_the_whole_way_with_a_check_that_waits() -> None:
    run = begun()
    assert states(run) == [StepState.CHECKING, *[StepState.WAITING] * 3]
    assert (run.due_at, run.escalate_at) == (NOW, minute(30))
    run = moved(engine.measured(run, 1, replace(OK, value="partial", text="partial"), Fit.NOT_MET, NOW))
    assert states(run)[:2] == [StepState.WENT_ON, StepState.READY]
    run = engine.done(run, 2, BEN, minute(1)).run
    run = engine.wanted(run, 3, BEN, minute(2)).run
    assert (run.steps[2].state, run.due_at) == (StepState.ACTING, minute(2))
    tried = engine.attempted(run, 3, minute(2))
    assert tried is not None
    assert engine.attempted(tried, 3, minute(3)) is None
    run = moved(engine.acted(tried, 3, "silenced until 14:00", minute(3)))
    empty = Measured(0, "0", minute(3))
    waits = engine.measured(run, 4, empty, Fit.NOT_MET, minute(3))
    assert waits is not None
    assert (waits.said, waits.run.due_at) == ((), minute(4))
    last = engine.measured(waits.run, 4, Measured(7, "7", minute(4)), Fit.MET, minute(4))
    assert last is not None
    assert last.said == ("Step 4: Rows are there: 7, as expected (> 0)", "The runbook A lost date is done")
    assert (last.run.state, last.run.due_at, last.run.ended_at) == (RunState.DONE, None, minute(4))


def test_a_check_that_is_not_met_in_time_asks_and_may_be_asked_again_or_skipped() -> None:
    run = replace(begun(), steps=begun().steps)
    for number_ in (1, 2, 3):
        run = (
            moved(engine.measured(run, 1, OK, Fit.MET, NOW))
            if number_ == 1
            else engine.skipped(run, number_, ANA, NOW).run
        )
    late = moved(engine.measured(run, 4, not_known("no table", minute(10)), Fit.NOT_KNOWN, minute(10)))
    assert (late.steps[3].state, late.steps[3].why) == (StepState.UNMET, "no table")
    assert engine.again(late, 4, BEN, minute(11)).run.steps[3].due_at == minute(11)
    assert engine.skipped(late, 4, BEN, minute(11)).run.state is RunState.DONE


def test_a_check_that_is_asked_again_may_be_gone_on_without() -> None:
    run = moved(engine.measured(begun(), 1, OK, Fit.MET, NOW))
    run = engine.skipped(engine.skipped(run, 2, ANA, NOW).run, 3, ANA, NOW).run
    with pytest.raises(BadInput, match="Step 4 of RB-0 is checking: nothing was changed"):
        engine.skipped(run, 4, BEN, NOW)
    waits = moved(engine.measured(run, 4, not_known("logging is off", NOW), Fit.NOT_KNOWN, NOW))
    assert waits.steps[3].state is StepState.CHECKING
    never = engine.measured(run, 4, not_known("logs are not read here", NOW, final=True), Fit.NOT_KNOWN, NOW)
    assert moved(never).steps[3].state is not StepState.CHECKING
    over = engine.skipped(waits, 4, BEN, minute(1))
    assert over.run.state is RunState.DONE
    assert over.said[0] == "Ben skipped step 4: Rows are there (not known)"
    assert engine.measured(over.run, 4, Measured(7, "7", minute(1)), Fit.MET, minute(1)) is None


def test_on_fail_stop_ends_it() -> None:
    run = moved(engine.measured(begun(LOST.replace("on_fail: continue", "on_fail: stop")), 1, OK, Fit.NOT_MET, NOW))
    assert (run.state, run.steps[0].state) == (RunState.STOPPED, StepState.UNMET)
    with pytest.raises(BadInput, match="is stopped already"):
        engine.again(run, 1, ANA, NOW)


def test_an_action_that_needs_two_people() -> None:
    text = FRONT + "1. Go back.\n\n   ```action rollback\n   ```\n2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
    asked = engine.wanted(begun(text), 1, ANA, NOW).run
    assert asked.steps[0].state is StepState.ASKED
    with pytest.raises(BadInput, match="another person has to approve it"):
        engine.wanted(asked, 1, ANA, NOW)
    approved = engine.wanted(asked, 1, BEN, NOW).run
    assert (approved.steps[0].state, approved.steps[0].by, approved.steps[0].asked_by) == (
        StepState.ACTING,
        "Ben",
        "Ana",
    )
    refused = moved(engine.refused(approved, 1, "it is split", NOW))
    assert (refused.steps[0].state, refused.steps[0].asked_by) == (StepState.READY, "")


def test_what_is_pressed_twice_or_too_early_changes_nothing() -> None:
    run = moved(engine.measured(begun(), 1, OK, Fit.MET, NOW))
    after = engine.done(run, 2, ANA, NOW).run
    with pytest.raises(BadInput, match="Step 2 of RB-0 is done by Ana: nothing was changed"):
        engine.done(after, 2, BEN, NOW)
    with pytest.raises(BadInput, match="is waiting"):
        engine.skipped(after, 4, BEN, NOW)
    assert engine.measured(after, 1, OK, Fit.MET, NOW) is None


def test_steps_that_say_so_begin_together() -> None:
    text = (
        FRONT + "1. A.\n2. B.\n\n   ```manual\n   after: []\n   ```\n3. C.\n\n   ```manual\n   after: [1, 2]\n   ```\n"
    )
    run = begun(text)
    assert states(run) == [StepState.READY, StepState.READY, StepState.WAITING]
    run = engine.done(run, 2, ANA, NOW).run
    assert states(engine.done(run, 1, ANA, NOW).run) == [StepState.DONE, StepState.DONE, StepState.READY]


def test_time_is_up_once() -> None:
    assert engine.time_is_up(begun(), minute(29)) is None
    late = engine.time_is_up(begun(), minute(31))
    assert late is not None
    assert late.said == ("The runbook A lost date is not over after 31 min: more people are paged",)
    assert engine.time_is_up(late.run, minute(60)) is None
    assert engine.time_is_up(engine.stopped(begun(), ANA, NOW).run, minute(60)) is None


def test_more_people_are_called_on_whoever_has_it() -> None:
    ladder = EscalationPolicy().of(Severity.P0)
    opened = responses.opened("i", Severity.P0, ladder, NOW)
    held = responses.acknowledged(responses.stepped(opened, NOW, at_once=False), "Ana", NOW)
    called = responses.called_on(held, minute(30))
    assert (called.state, called.step, called.next_at, called.cycle) == (responses.ResponseState.OPEN, 1, minute(30), 2)
    assert responses.called_on(opened, minute(30)).step == 1
    assert responses.called_on(replace(opened, step=3), NOW).step == 1


@pytest.mark.parametrize(
    ("call", "expect", "value", "how"),
    [
        ("rows", "> 0", 1.0, Fit.MET),
        ("rows", "= 0", 1.0, Fit.NOT_MET),
        ("coverage", ">= 90 %", 90.0, Fit.MET),
        ("coverage", ">=90%", 89.9, Fit.NOT_MET),
        ("heartbeat_age", "< 15 min", 899.0, Fit.MET),
        ("heartbeat_age", "< 12 h", 43_200.0, Fit.NOT_MET),
        ("verdict", "ok or off_day", "off_day", Fit.MET),
        ("health", "not RED", "YELLOW", Fit.MET),
        ("health", "not RED", "RED", Fit.NOT_MET),
        ("health", "not RED", None, Fit.NOT_KNOWN),
        ("rows", "= 0", None, Fit.NOT_KNOWN),
    ],
)
def test_an_answer_fits_or_not_and_what_is_not_known_never_does(
    call: str, expect: str, value: str | float | None, how: Fit
) -> None:
    assert fit(Measured(value, "", NOW), expect, CHECKS[call]) is how


@pytest.mark.parametrize(
    ("call", "expect"), [("rows", "< 5 min"), ("heartbeat_age", "< 5"), ("verdict", "not good"), ("rows", "")]
)
def test_an_expectation_that_makes_no_sense(call: str, expect: str) -> None:
    with pytest.raises(BadInput):
        fit(Measured(1.0, "", NOW), expect, CHECKS[call])


def test_ages_and_numbers_as_people_say_them() -> None:
    said = [age(timedelta(seconds=each), NOW).text for each in (20, 600, 3 * 3600)]
    assert said == ["20 s", "10 min", "3.0 h"]
    assert number(1234.0, NOW, " %").text == "1,234 %"


ACTS: list[Callable[[Run, int, datetime], Moved | None]] = [
    lambda run, step, at: engine.done(run, step, ANA, at),
    lambda run, step, at: engine.skipped(run, step, ANA, at),
    lambda run, step, at: engine.again(run, step, ANA, at),
    lambda run, step, at: engine.wanted(run, step, ANA, at),
    lambda run, step, at: engine.wanted(run, step, BEN, at),
    lambda run, step, at: engine.measured(run, step, OK, Fit.MET, at),
    lambda run, step, at: engine.measured(run, step, OK, Fit.NOT_MET, at),
    lambda run, step, at: engine.acted(run, step, "done", at),
    lambda run, step, at: engine.refused(run, step, "no", at),
    lambda run, _, at: engine.time_is_up(run, at),
]


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 4)), max_size=40))
def test_whatever_is_done_what_is_over_stays_over_and_the_order_holds(
    acts: list[tuple[Callable[[Run, int, datetime], Moved | None], int]],
) -> None:
    run = begun(LOST.replace("action silence\n   for: 2h\n   reason: a date is lost", "action rollback"))
    assert run.runbook.steps[2].approval is Approval.SECOND_PERSON
    assert run.runbook.steps[3].on_fail is OnFail.ASK
    for minutes, (act, step) in enumerate(acts):
        try:
            found = act(run, step, minute(minutes))
        except BadInput:
            continue
        if found is None:
            continue
        for before, after in zip(run.steps, found.run.steps, strict=True):
            assert before.state not in OVER or before.state is after.state
        run = found.run
        over = [each.state in OVER for each in run.steps]
        assert over == sorted(over, reverse=True)
        assert (run.state is RunState.DONE) == all(over)
        assert not (run.steps[2].state is StepState.ACTING and run.steps[2].asked_by == run.steps[2].by)
        if run.state is RunState.RUNNING:
            assert run.current
