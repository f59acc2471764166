"""Severity: PRODUCT.md's table, as the bundled policy and the defaults have it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.policy import load_policy
from bot.config.settings import BUNDLED_CONFIG
from bot.config.severity import load_severity
from bot.domain.errors import ConfigError
from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy, blocks_predictions, severity_of
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.platform.registry import Criticality as C
from bot.domain.platform.registry import Processor, Registry

BUNDLED = load_policy(BUNDLED_CONFIG / "policy.yaml")
P0, P1, P2, P3 = Severity
DAY = timedelta(hours=24)


def test_the_bundled_policy_is_the_default_one() -> None:
    assert BUNDLED.severity == SeverityPolicy()
    assert BUNDLED.gate == GatePolicy()
    assert load_severity(BUNDLED_CONFIG / "policy.yaml") == BUNDLED.severity


def test_who_needs_the_severity_alone_reads_no_other_part(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("gate: 7\nseverity:\n  prediction_phase: 4\n")
    assert load_severity(file) == SeverityPolicy(prediction_phase=4)
    file.write_text("gate: 7\nseverity:\n  prediction_phases: 4\n")
    with pytest.raises(ConfigError, match=r"policy.yaml:3: .*.prediction_phases. is not known"):
        load_severity(file)


@pytest.mark.parametrize(
    ("kind", "criticality", "blocks", "age", "expected"),
    [
        (K.UPSTREAM_CASCADE, C.CRITICAL, False, None, P0),
        (K.UPSTREAM_CASCADE, C.LOW, True, None, P0),
        (K.UPSTREAM_CASCADE, C.HIGH, False, None, P1),
        (K.UPSTREAM_CASCADE, C.MEDIUM, False, None, P2),
        (K.PHASE_DOWN, None, False, None, P0),
        (K.STUCK_RUN, C.MEDIUM, True, None, P0),
        (K.STUCK_RUN, C.CRITICAL, False, None, P1),
        (K.ZERO_RECORDS_PROCESSOR, C.HIGH, False, DAY, P1),
        (K.ZERO_RECORDS_PROCESSOR, C.HIGH, False, DAY + timedelta(seconds=1), P0),
        (K.ZERO_RECORDS_SCRAPER, C.MEDIUM, True, 9 * DAY, P2),
        (K.PARTIAL_COVERAGE, C.CRITICAL, False, 2 * DAY, P0),
        (K.PARTIAL_COVERAGE, C.LOW, False, 2 * DAY, P1),
        (K.IDEMPOTENCY_BLOCK, C.LOW, False, None, P1),
        (K.PERF_DEGRADATION, None, False, None, P1),
        (K.ALERT_STORM, C.LOW, False, None, P1),
        (K.RETRY_STORM, C.LOW, False, None, P1),
        (K.VALIDATION_FAILED, C.CRITICAL, False, None, P2),
        (K.SLOW_DRIFT, C.CRITICAL, True, None, P3),
        (K.TRACKING_BUG, C.CRITICAL, True, None, P3),
        (K.TIMEOUT, C.HIGH, True, None, P1),
        (K.MISSING_RUN, C.MEDIUM, False, None, P2),
        (K.MISSING_RUN, None, False, 2 * DAY, P2),
    ],
)
def test_the_table(kind: K, criticality: C | None, blocks: bool, age: timedelta | None, expected: Severity) -> None:
    severity, because = severity_of(kind, criticality, blocks, age, BUNDLED.severity)
    assert severity is expected
    assert because


@pytest.mark.parametrize("kind", K)
def test_every_kind_has_a_severity(kind: K) -> None:
    for criticality in (None, *C):
        assert severity_of(kind, criticality, False, None, SeverityPolicy())[1]


def test_predictions_are_blocked_by_a_critical_processor_of_their_phase_alone() -> None:
    registry = Registry(
        processors=(
            Processor(name="Coordinator", phase=5, criticality=C.CRITICAL),
            Processor(name="Grader", phase=5, criticality=C.HIGH),
            Processor(name="Gamebook", phase=2, criticality=C.CRITICAL),
        )
    )
    policy = SeverityPolicy()
    assert blocks_predictions(["Gamebook", "Coordinator"], registry, policy)
    assert not blocks_predictions(["Gamebook", "Grader", "Retired"], registry, policy)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    return path


def test_a_policy_without_these_sections_keeps_the_defaults(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, "failure_text_rules: []\n"))
    assert (policy.severity, policy.gate) == (SeverityPolicy(), GatePolicy())


def test_a_policy_may_say_otherwise(tmp_path: Path) -> None:
    text = (
        "gate: {group_wait_seconds: 90, storm_processors: 3, storm_failures_per_hour: 40, storm_retries_per_hour: 60}\n"
        "severity:\n  rules:\n  - {severity: P3, kinds: [timeout], because: they heal}\n"
        "  - {severity: P1, because: we are careful}\n"
    )
    policy = load_policy(written(tmp_path, text))
    storm = StormPolicy(processors=3, failures_per_hour=40, retries_per_hour=60)
    assert policy.gate == GatePolicy(group_wait=timedelta(seconds=90), storm=storm)
    assert severity_of(K.TIMEOUT, C.CRITICAL, True, None, policy.severity) == (P3, "they heal")
    assert severity_of(K.STUCK_RUN, C.LOW, True, None, policy.severity) == (P1, "we are careful")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gate:\n  group_wait: 30\n", "policy.yaml:2: the key 'group_wait' is not known. Did you mean group_wait_sec"),
        ("gate:\n  group_wait_seconds: -1\n", "policy.yaml:2: gate.group_wait_seconds is -1; it must be at least 0"),
        ("gate:\n  storm_processors: 1\n", "it must be at least 2"),
        ("gate:\n  messages_per_hour: 0\n", "it must be at least 1"),
        ("gate:\n  storm_retries_per_hour: many\n", "policy.yaml:2: gate.storm_retries_per_hour is"),
        ("severity:\n  rules:\n  - {severity: P9, because: x}\n", "policy.yaml:3: severity.rules, item 1.severity is"),
        ("severity:\n  rules:\n  - {severity: P1, kinds: [timeoot], because: x}\n", "Did you mean timeout?"),
        ("severity:\n  rules:\n  - {severity: P1, kinds: [timeout], because: x}\n", "end with one that has `severity`"),
    ],
)
def test_a_faulty_policy_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_policy(written(tmp_path, text))
    assert told in str(error.value)
