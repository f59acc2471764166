"""From when on something counts is the team's policy, and every answer asks the same figures."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.check import check_folder
from bot.config.chosen_registry import registry_of
from bot.config.policy import load_policy
from bot.config.settings import Settings
from bot.domain.detection import stuck
from bot.domain.detection.silence import Silence
from bot.domain.errors import ConfigError
from bot.domain.evidence.coverage import FilledDate, expected_unreported, is_short
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Observed
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.runs import Status
from bot.domain.platform.judgement import STANDARD, Judgement
from bot.domain.platform.registry import Registry
from bot.domain.reports.budget_alerts import judged_otherwise
from tests.support.days import DATE, SLOT, day, processor, run

MINUTE = timedelta(minutes=1)
NOTHING = Observed((), (), (), (), ())
TEXT = (
    "judgement: {after_last_slot_minutes: 90, full_percent: 50, heartbeat_minutes: 10, silent_factor: 4, "
    "silent_minutes: 60}\n"
)
LENIENT = Judgement(
    after_last_slot=90 * MINUTE, full=0.5, heartbeat=10 * MINUTE, silent_factor=4, silent_least=60 * MINUTE
)


def written(tmp_path: Path, policy: str = TEXT, registry: str = "") -> Path:
    (tmp_path / "slos.yaml").write_text("{}\n")
    (tmp_path / "policy.yaml").write_text(policy)
    (tmp_path / "registry.yaml").write_text(f"processors:\n- name: Box\n{registry}")
    return tmp_path


def test_the_figures_of_the_policy_are_those_of_the_registry_in_use(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert load_policy(folder / "policy.yaml").judgement == LENIENT
    in_use = [check_folder(folder)[0], registry_of(Settings(config=folder))[0]]
    assert [each.judgement for each in in_use] == [LENIENT, LENIENT]
    assert in_use[0].including(["Other"]).judgement == LENIENT


def test_a_changed_figure_is_stored_and_judges_the_history_again() -> None:
    known = Registry(processors=(processor(),))
    before, after = platform_facts(known), platform_facts(known.judged_by(LENIENT))
    assert before.fingerprint != after.fingerprint
    assert Registry.model_validate_json(after.document).judgement == LENIENT


@pytest.mark.parametrize("judgement", [STANDARD, LENIENT])
def test_what_is_stored_and_what_detection_looks_at_are_judged_at_one_moment(judgement: Judgement) -> None:
    known = Registry(processors=(processor(),)).judged_by(judgement)
    facts = platform_facts(known)
    judged_at = PipelineHistory(known, NOTHING).day("Box", DATE).judged_at
    assert judged_at == SLOT + judgement.after_last_slot
    assert judged_at == facts.judgement(facts.processors[0].timetable, DATE)


@pytest.mark.parametrize(("judgement", "short"), [(STANDARD, True), (LENIENT, False)])
def test_a_part_is_what_is_below_the_stated_share(judgement: Judgement, short: bool) -> None:
    made = day(runs=[run(records=120)], judgement=judgement)
    earlier = [FilledDate(DATE - timedelta(days=back), 200, 2, 1) for back in range(1, 9)]
    assert is_short(120, 1, expected_unreported(made, earlier)) == short


@pytest.mark.parametrize(("judgement", "after"), [(STANDARD, 32), (LENIENT, 12)])
def test_a_run_hangs_so_long_after_its_last_heartbeat(judgement: Judgement, after: int) -> None:
    made = day(runs=[], judgement=judgement)
    made.begin(run(Status.RUNNING)._replace(ended_at=None, heartbeat_at=SLOT + 2 * MINUTE))
    found = [minutes for minutes in range(60) if stuck.detect(made, SLOT + minutes * MINUTE, None, timedelta())]
    assert found[0] == after
    assert bool(made.alive(SLOT + (after - 1) * MINUTE)), "alive until then"
    assert not made.alive(SLOT + after * MINUTE)


@pytest.mark.parametrize(("judgement", "unusual"), [(STANDARD, 30), (LENIENT, 60)])
def test_a_poller_is_silent_after_the_stated_pause(judgement: Judgement, unusual: int) -> None:
    silence = Silence(judgement)
    silence.take([run(start=SLOT - 10 * n * MINUTE) for n in range(8 * 144, -1, -1)])
    counts = silence.counts("Box", SLOT + MINUTE)
    assert counts is not None
    assert counts[1] == SLOT + unusual * MINUTE


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("judgement: {full_percent: 0.9}\n", "judgement.full_percent is 0.9; it must be at least 1"),
        ("judgement: {heartbeat_minutes: 0}\n", "judgement.heartbeat_minutes is 0; it must be at least 1"),
        ("judgement: {silent_factor: 0.5}\n", "judgement.silent_factor is 0.5; it must be at least 1"),
        ("judgement: {after_last_slot: 5}\n", "Did you mean after_last_slot_minutes?"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(tmp_path: Path, policy: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_policy(written(tmp_path, policy) / "policy.yaml")
    assert told in str(error.value)


def test_a_registry_has_no_such_figures_of_its_own(tmp_path: Path) -> None:
    found, warnings = check_folder(written(tmp_path, registry="judgement: {full: 0.5}\n"))
    assert found.judgement == LENIENT
    assert "registry.yaml:3: the key 'judgement' is not known" in str(warnings[0])


def test_a_change_of_what_counts_is_another_outcome_and_one_of_heartbeats_is_none() -> None:
    known = Registry(processors=(processor(),))
    of_dates, of_runs = STANDARD.model_copy(update={"full": 0.5}), STANDARD.model_copy(update={"heartbeat": MINUTE})
    assert judged_otherwise(known.judged_by(of_dates), known) == {"Box"}
    assert not judged_otherwise(known.judged_by(of_runs), known)
