"""Registry files, good and bad: every problem is told at once, with its line, its value and what to do."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config.registry import LoadedRegistry, load_registry
from bot.domain.errors import ConfigError, Problem
from tests.support.replay_worlds import WORLDS


def load(tmp_path: Path, text: str | bytes) -> LoadedRegistry:
    path = tmp_path / "registry.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_registry(path)


def problems_of(tmp_path: Path, text: str | bytes) -> list[str]:
    """Each as `line: message`."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text)
    prefix = f"{tmp_path / 'registry.yaml'}:"
    told = [str(problem) for problem in refused.value.problems]
    assert all(line.startswith(prefix) for line in told)
    return [line.replace(prefix, "") for line in told]


def entry(fields: str) -> str:
    """A registry whose one faulty field is on line 6; B, C and the service S are there to be named."""
    return (
        "processors:\n- {name: B, phase: 2, source: bdl}\n- {name: C, phase: 4}\n"
        f"- name: A\n  phase: 3\n  {fields}\nservices:\n- name: S\n"
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("kind: exportr", "6: A: kind is 'exportr'; allowed: scraper, processor, reference, exporter. Did you mean"),
        ("criticality: critical", "6: A: criticality is 'critical'; allowed: CRITICAL, HIGH, MEDIUM, LOW. Did you"),
        ("dependencies: B", "6: A: dependencies is 'B', not a list; write [B]"),
        ("dependencies: [B, 5]", "6: A: dependencies, item 2 is 5, not text; put it in quotes"),
        ("dependencies: [Bb]", "6: A: dependencies names 'Bb', but there is no such processor. Did you mean B?"),
        ("dependencies: [B, B]", "6: A: dependencies lists 'B' twice; remove one"),
        ("dependencies: [C]", "6: A: dependencies: a processor of phase 3 cannot depend on C of the later phase 4"),
        ("dependencies: [A]", "6: the dependencies form a cycle: A -> A; remove one"),
        ("dependents: [Cc]", "6: A: dependents names 'Cc', but there is no such processor. Did you mean C?"),
        ("dependents: [C]", "6: A: dependents lists 'C', which does not list A in its dependencies; add it there, or"),
        ("fallback_for: bdx", "6: A: fallback_for names 'bdx', but there is no such source or processor. Did you"),
        ("fallback_for: A", "6: A: fallback_for names itself ('A'); name the source"),
        ("service: T", "6: A: service names 'T', but there is no such service. Known: S."),
        ("timeout_seconds: 10 min", "6: A: timeout_seconds is '10 min', not a number; write one without"),
        ("timeout_seconds: true", "6: A: timeout_seconds true is not a number"),
        ("timeout_seconds: .nan", "6: A: timeout_seconds is nan, not a finite number"),
        ("timeout_seconds: .inf", "6: A: timeout_seconds is inf, not a finite number"),
        ("timeout_seconds: 0", "6: A: timeout_seconds is 0; it must be above 0"),
        ("timeout_seconds: 10:00", "6: A: timeout_seconds is '10:00', not a number"),
        ("freshness_hours: [12]", "6: A: freshness_hours is [12], not a number"),
        ("sla_completion_time: 25:00 ET", "6: A: sla_completion_time '25:00 ET' is not a time of day; write"),
        ("sla_completion_time: 1380", "6: A: sla_completion_time 1380 is not a time of day"),
        ("schedule_hours_et: 6.5", "6: A: schedule_hours_et is 6.5, not a list; write [6.5]"),
        ("schedule_hours_et: [1, 22:45]", "6: A: schedule_hours_et, item 2 '22:45' is a clock time; write hours as a"),
        ("schedule_hours_et: [72]", "6: A: schedule_hours_et, item 1 is 72; it must be below 72"),
        ("polling: often", "6: A: polling is 'often', neither true nor false"),
        ("expected_records: 500", "6: A: expected_records is 500, not a mapping"),
        ("expected_records: {min: lots}", "6: A: expected_records.min is 'lots', not a number"),
        ("expected_record_range: [500, 100]", "6: A: expected_record_range min 500 is above max 100"),
        ("expected_record_range: [500]", "6: A: expected_record_range a range has two numbers, not 1"),
        ("gcs_source_pattern: 7", "6: A: gcs_source_pattern is 7, not text; put it in quotes"),
        ("- 7", "6: this is not valid YAML: while parsing a block mapping, expected <block end>"),
        ("description: 2026-13-45", "6: '2026-13-45' cannot be read as timestamp; put it in quotes"),
        ("description: off", "6: A: description is false, not text; put it in quotes"),
        ("phase: 4", "6: the key 'phase' is already given on line 5; keep one of the two"),
    ],
)  # fmt: skip
def test_a_faulty_field_is_reported_with_line_value_and_remedy(tmp_path: Path, fields: str, told: str) -> None:
    problems = problems_of(tmp_path, entry(fields))
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: the file is empty; it must be a mapping with the keys `version:`"),
        ("# only a comment\n", "1: the file is empty"),
        ("- name: A\n  phase: 1\n", "1: the top level is a list; it must be a mapping"),
        ("just text", "1: the top level is 'just text'"),
        ("version: '1'\n", "1: the file lists no processors; add `processors:`"),
        ("processors: null\n", "1: the file lists no processors"),
        ("processors: {A: 1}\n", "1: processors is a mapping, not a list"),
        ("processors:\n- phase: 1\n", "2: processors, item 1.name is missing; add it"),
        ("processors:\n- name: ''\n  phase: 1\n", "2: processors, item 1.name is empty"),
        ("processors:\n- 7\n", "2: processors, item 1 is 7, not a mapping"),
        ("processors:\n- {name: A, phase: 1}\n- {name: A, phase: 2}\n", "3: the name 'A' is given twice in processors"),
        ("processors: []\nservices:\n- name: S\n- name: S\n", "4: the name 'S' is given twice in services"),
        ("timezone: Amerca/New_York\n", "1: timezone 'Amerca/New_York' is not a known time zone. Did you"),
        ("timezone: ../../etc\nprocessors: []\n", "1: timezone '../../etc' is not a known time zone"),
        ("timezone: America\nprocessors: []\n", "1: timezone 'America' is not a known time zone"),
        ("processors:\n\t- name: A\n", "2: this is not valid YAML: while scanning for the next token, found char"),
        ("processors: [\n", "2: this is not valid YAML"),
        ("a: *nowhere\n", "1: this is not valid YAML: found undefined alias"),
        ("a: !!python/object:os.system x\n", "1: this is not valid YAML: could not determine a constructor"),
        ("a: 1\n---\nb: 2\n", "2: this is not valid YAML: expected a single document"),
        ("a: b\x07\n", "1: the character U+0007 is not allowed in YAML"),
        (b"processors:\n- name: Caf\xe9\n", "2: byte 0xe9 is not UTF-8; save the file in UTF-8"),
        ("[" * 5_000, "1: the file is nested too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_registry_is_refused(tmp_path: Path, text: str | bytes, told: str) -> None:
    problems = problems_of(tmp_path, text)
    assert any(told in problem for problem in problems), problems


def test_every_problem_is_reported_at_once_and_in_file_order(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        "timezone: Nowhere/Town\nprocessors:\n- name: A\n  phase: true\n  dependencies: [B]\n"
        "- name: B\n  phse: 2\n  dependencies: [A]\n  timeout_seconds: soon\n",
    )
    lines = [int(problem.partition(":")[0]) for problem in problems]
    assert lines == sorted(lines) == [1, 4, 5, 7, 9]
    assert "A -> B -> A" in problems[2]
    assert "Did you mean phase?" in problems[3]


def test_every_cycle_is_reported(tmp_path: Path) -> None:
    names = {"A": "B", "B": "C", "C": "A", "D": "E", "E": "D"}
    text = "processors:\n" + "".join(f"- {{name: {a}, phase: 1, dependencies: [{b}]}}\n" for a, b in names.items())
    assert problems_of(tmp_path, text) == [
        "2: the dependencies form a cycle: A -> B -> C -> A; remove one of them",
        "5: the dependencies form a cycle: D -> E -> D; remove one of them",
    ]


def test_listed_dependents_must_be_complete(tmp_path: Path) -> None:
    text = "processors:\n- name: A\n  phase: 1\n  dependents: []\n- {name: B, phase: 2, dependencies: [A]}\n"
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith("4: A: dependents lacks 'B', which depends on it; add it, or leave")
    assert problem.endswith("(see 5)")


def test_the_line_is_that_of_the_item_in_a_list_over_several_lines(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "processors:\n- name: A\n  phase: 1\n  dependencies:\n  - A1\n")
    assert problems[0].startswith("5: A: dependencies names 'A1'")


def test_the_same_thing_under_two_keys_is_refused(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, entry("raw_path: a\n  gcs_source_pattern: b"))
    assert problems == ["7: gcs_source_pattern says the same as raw_path; keep one of the two"]


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.yaml: there is no such file"):
        load_registry(tmp_path / "nothing.yaml")
    with pytest.raises(
        ConfigError, match=rf"{re.escape(str(tmp_path))}: this is a directory; name the YAML file in it"
    ):
        load_registry(tmp_path)


def test_other_spellings_are_understood(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "version: 1.0\nprocessors:\n- name: A\n  phase: 2\n  expected_record_range: [100, 500]\n"
        "  gcs_source_pattern: gs://b/{date}\n  sla_completion_time: 23:30\n  timeout_seconds: 0600\n"
        "- {name: B, phase: 2, raw_path_pattern: gs://c, sla_completion_time: 03:00 AM ET, schedule_hours_et: null}\n",
    )
    first, second = loaded.registry.processors
    assert (first.expected_records.minimum, first.expected_records.maximum) == (100, 500)
    assert (first.raw_path, first.timeout_seconds, loaded.registry.version) == ("gs://b/{date}", 600, "1.0")
    assert f"{first.sla_completion_time:%H:%M} {second.sla_completion_time:%H:%M}" == "23:30 03:00"
    assert (second.raw_path, loaded.warnings) == ("gs://c", ())


def test_an_unknown_key_is_a_warning_with_the_nearest_key(tmp_path: Path) -> None:
    loaded = load(tmp_path, entry("timout_seconds: 5") + "  request: {metod: GET}\ncolour: red\n")
    lines = [str(warning).replace(f"{tmp_path}/", "") for warning in loaded.warnings]
    assert lines == [
        "registry.yaml:6: the key 'timout_seconds' is not known. Did you mean timeout_seconds or timezone?",
        "registry.yaml:9: the key 'metod' is not known. Did you mean method?",
        "registry.yaml:10: the key 'colour' is not known. Known: calendars, processors, services, timezone, version.",
    ]


def test_a_reference_may_depend_on_a_later_phase(tmp_path: Path) -> None:
    text = "processors:\n- {name: A, phase: 1, kind: reference, dependencies: [B]}\n- {name: B, phase: 2}\n"
    assert load(tmp_path, text).registry.dependents["B"] == ("A",)


def test_shared_values_by_anchor_and_merge_keys_work(tmp_path: Path) -> None:
    text = "processors:\n- &base {name: A, phase: 2, timeout_seconds: 60}\n- <<: *base\n  name: B\n"
    assert load(tmp_path, text).registry.by_name["B"].timeout_seconds == 60


def test_a_value_that_contains_itself_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "processors:\n- name: A\n  phase: 1\n  dependencies: &x [*x]\n")


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbfprocessors: []\n").registry.processors == ()


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_registry_of_a_recorded_world_loads_as_it_is(world: Path) -> None:
    loaded = load_registry(world / "registry.yaml")
    assert loaded.warnings == ()
    assert len(loaded.registry.processors) == 59


SOUND = entry("timeout_seconds: 60")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SOUND)), st.integers(0, 12), st.text("-:[]{}&*!|>'\"#%@, \n\tA1.~?", max_size=8))
def test_however_a_file_is_damaged_it_loads_or_is_refused_with_lines(
    tmp_path: Path, position: int, cut: int, put: str
) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        load(tmp_path, SOUND[:position] + put + SOUND[position + cut :])
    except ConfigError as error:
        problems = error.problems
    assert all(re.search(r"registry\.yaml:\d+$", problem.where) for problem in problems)


def test_what_makes_sense_by_itself_and_not_together_is_a_warning(tmp_path: Path) -> None:
    text = "calendars: {biz: {weekdays: [mon, tue]}}\nprocessors:\n"
    text += "- {name: A, schedule: 0 4 * * 6, calendar: biz, bigquery_table: t.a}\n"
    text += "- {name: B, schedule: 0 4 * * 1, calendar: biz, bigquery_table: t.a}\n"
    text += "- {name: C, schedule: 0 4 29 2 *, calendar: biz, bigquery_table: t.c}\n"
    text += "- {name: D, fallback_for: s, bigquery_table: t.c}\n- {name: E, source: s}\n"
    lines = [str(warning).replace(f"{tmp_path}/", "") for warning in load(tmp_path, text).warnings]
    never = "registry.yaml:3: A: calendar 'biz' leaves out every day that its schedule has; nothing is ever due: "
    both = "registry.yaml:3: table 't.a' is written by A, B: its rows tell of none of them alone, their runs do; "
    assert lines == [
        f"{never}correct one of them",
        f"{both}give each a table, or a view of its own rows, to have its rows judged",
    ]
