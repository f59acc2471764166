"""The pipeline tells of its runs over HTTP: what is stored before it is acknowledged, and what becomes of it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bot.callbacks.runs import LARGEST_BODY, LINEAGE
from bot.domain.pushed.events import RunKey
from bot.domain.pushed.reading import LONGEST_TEXT, MOST_EVENTS
from tests.support.builders import NOW
from tests.support.intake_bench import IntakeBench, intake_bench, told

SECRET = "xoxb-1234567890-abcdefghijkl"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[IntakeBench]:
    with intake_bench(tmp_path) as made:
        yield made


def test_a_run_is_there_from_its_start_to_its_end(bench: IntakeBench) -> None:
    assert bench.post(told("start"))[1] == {"accepted": 1, "known": 0, "refused": [], "ignored": []}
    bench.sync()
    assert [run["status"] for run in bench.runs()] == ["running"]
    assert bench.post({"events": [told("heartbeat", 5), told("success", 7)]})[0] == 200
    bench.sync()
    [run] = bench.runs()
    assert (run["status"], run["records_processed"], run["duration_seconds"]) == ("success", 100, 420.0)
    (status,) = bench.sources.statuses()
    assert (status.plan.kind, status.rows, status.rejected, status.age, status.lag) == (
        "push", 2, 0, timedelta(), timedelta()
    )  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(["start", "failed", "heartbeat"])), ids="-".join)
def test_in_any_order_and_read_after_each_it_is_the_same_run(bench: IntakeBench, order: tuple[str, ...]) -> None:
    minutes = {"start": 0, "heartbeat": 5, "failed": 9}
    for kind in order:
        bench.post(told(kind, minutes[kind]))
        bench.sync()
    [run] = bench.runs()
    started = (NOW - timedelta(hours=2)).replace(tzinfo=None)
    assert (run["status"], run["started_at"], run["duration_seconds"]) == ("failed", started, 540.0)


def test_what_is_sent_again_is_known_and_an_end_is_never_taken_back(bench: IntakeBench) -> None:
    for event in (told("start"), told("success", 7), told("success", 7), told("heartbeat", 50)):
        answer = bench.post(event)
        bench.sync()
    assert answer[1]["accepted"] == 1
    assert bench.post(told("start"))[1]["known"] == 1
    assert [run["status"] for run in bench.runs()] == ["success"]
    assert bench.sync().rows == 0


def test_ends_that_contradict_each_other_are_kept_and_shown(bench: IntakeBench) -> None:
    bench.post({"events": [told("start"), told("success", 7), told("failed", 8, error_message="boom")]})
    bench.sync()
    assert [run["status"] for run in bench.runs()] == ["failed"]
    assert bench.warnings == (
        "Box 2026-01-15 run r1: its events contradict each other: success with 100 rows at 10:07:00 UTC and failed at "
        "10:08:00 UTC; it counts as failed",
    )
    assert len(bench.pushed.of([RunKey("Box", "r1", 0)], 10)) == 3


def test_without_a_data_date_it_waits_and_is_shown_until_one_comes(bench: IntakeBench) -> None:
    bench.post(told("failed", 9, data_date=None))
    bench.sync()
    assert bench.runs() == []
    assert bench.warnings == ("Box run r1 (failed) waits: no event of it says its data_date",)
    bench.post(told("start"))
    bench.sync()
    assert [run["status"] for run in bench.runs()] == ["failed"]
    assert not [*bench.warnings]


def test_a_clock_that_is_off_is_put_right(bench: IntakeBench) -> None:
    ahead = {"sent_at": (NOW + timedelta(hours=5)).isoformat()}
    bench.post({**ahead, "events": [told("start", 5 * 60), told("success", 5 * 60 + 7)]})
    bench.sync()
    [run] = bench.runs()
    assert run["started_at"] == (NOW - timedelta(hours=2)).replace(tzinfo=None)
    assert bench.warnings == ("Box 2026-01-15 run r1: its sender's clock is 5 h ahead: times are put right",)


def test_a_long_text_is_cut_and_holds_no_secret(bench: IntakeBench) -> None:
    text = f"{'x ' * 970}{SECRET} {'y ' * 5_000_000}password=hunter22x {'z ' * 10}"
    assert bench.post(told("failed", 3, error_message=text))[0] == 200
    bench.sync()
    [run] = bench.runs()
    assert len(run["error_message"]) < LONGEST_TEXT + 100
    assert "xoxb" not in run["error_message"]
    assert "hunter22x" not in run["error_message"]
    assert "characters left out" in run["error_message"]
    [kept] = bench.pushed.after(0, 10)
    assert "xoxb" not in kept.event.error


BAD: list[tuple[object, str, str]] = [
    ({}, "run_id", "is needed"),
    (told("start", run_id=""), "run_id", "is needed"),
    (told("start", run_id="a\nb"), "run_id", "holds a control character"),
    (told("start", run_id=7), "run_id", "is no text"),
    (told("start", run_id="\ud800"), "run_id", "holds a control character"),
    (told("start", processor_name="x" * 501), "processor_name", "has 501 characters; 500 at most"),
    (told("sucess"), "kind", "Did you mean success?"),
    (told("start", kind=None), "kind", "send one of start, heartbeat, success, failed, skipped"),
    (told("start", at="yesterday"), "at", "is no moment; write 2026-01-06T05:02:00Z"),
    (told("start", at="2026-01-06T05:02:00"), "at", "has no offset from UTC; write 2026-01-06T05:02:00Z"),
    (told("start", at="0001-01-01T00:00:00+14:00"), "at", "is no moment; write 2026-01-06T05:02:00Z"),
    (told("start", at="1969-01-01T00:00:00Z"), "at", "is no plausible moment"),
    (told("start", data_date="06.01.2026"), "data_date", "is no date; write 2026-01-06"),
    (told("start", data_date="2031-01-06"), "data_date", "is in the future: it is 2026-01-20"),
    (told("success", records_processed=None), "records_processed", "a success needs its row count; 0 is one"),
    (told("success", records_processed=-1), "records_processed", "is negative"),
    (told("success", records_processed=True), "records_processed", "is no whole number"),
    (told("success", records_processed=1.5), "records_processed", "is no whole number"),
    (told("success", records_processed=10**30), "records_processed", "is too large"),
    (told("failed", error_message=["a"]), "error_message", "is no text"),
    (told("start", attempt="2"), "attempt", "is no whole number"),
    ("text", "event", "is no object"),
    ([[]], "event", "is no object"),
]


@pytest.mark.parametrize(("event", "field", "error"), BAD, ids=lambda value: str(value)[:30])
def test_an_event_that_makes_no_sense_is_refused_field_by_field_and_the_others_are_taken(
    bench: IntakeBench, event: object, field: str, error: str
) -> None:
    status, answer = bench.post({"events": [event, told("start")]})
    assert (status, answer["accepted"], answer["refused"][0]["event"]) == (422, 1, 0)
    assert (field, error) in [(each["field"], each["error"]) for each in answer["refused"][0]["faults"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is no JSON"),
        (b"\xff\xfe{}", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"events": NaN}', "is no JSON: NaN is no number of JSON"),
        (b'{"events": 1e400}', "is no list of events"),
        (b"7", 'send {"events": [...]}'),
        ({"events": {}}, "is no list of events"),
        ({"events": [{}] * (MOST_EVENTS + 1)}, "send 1,000 events at most at once"),
        ({"events": [], "sent_at": "now"}, "is no moment; write 2026-01-06T05:02:00Z"),
        (b'{"a":' + b"9" * 5_000 + b"}", "is no JSON"),
    ],
    ids=range(10),
)
def test_a_body_that_makes_no_sense_is_refused_whole(bench: IntakeBench, body: object, said: str) -> None:
    status, answer = bench.post(body)
    assert (status, bench.pushed.last()) == (422, 0)
    assert said in answer["error"]


def test_only_who_has_the_token_is_heard(bench: IntakeBench) -> None:
    for token in (None, "", "x", "t" * 39, "t" * 41, "é"):
        assert bench.post(told("start"), token=token)[0] == 401
    assert bench.post(told("start"), LINEAGE, token="x")[0] == 401
    assert bench.pushed.last() == 0
    assert bench.post(told("start"), token="o" * 40)[0] == 200


def test_more_than_it_reads_and_more_than_anybody_reads(bench: IntakeBench) -> None:
    assert bench.post(b"x" * (LARGEST_BODY + 1))[0] == 413
    bench.is_read = False
    status, answer = bench.post(told("start"))
    assert (status, bench.pushed.last()) == (503, 0)
    assert answer["error"].startswith("No source of kind push is in sources.yaml")


def lineage(word: str, minutes: float = 0, **other: Any) -> dict[str, Any]:
    """https://openlineage.io/docs/spec/object-model"""
    at = NOW - timedelta(hours=2) + timedelta(minutes=minutes)
    return {
        "eventType": word,
        "eventTime": at.isoformat(),
        "producer": "https://example.com/airflow",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8",
            "facets": {"nominalTime": {"nominalStartTime": "2026-01-16T02:00:00Z"}},
        },
        "job": {"namespace": "prod", "name": "nightly.Box"},
        **other,
    }


def test_openlineage_events_are_runs(bench: IntakeBench) -> None:
    outputs = [{"name": "raw.box", "outputFacets": {"outputStatistics": {"rowCount": rows}}} for rows in (70, 50)]
    for event in (lineage("START"), lineage("RUNNING", 4), lineage("COMPLETE", 6, outputs=outputs)):
        assert bench.post(event, LINEAGE)[0] == 200
    bench.sync()
    [run] = bench.runs()
    assert (run["processor_name"], run["status"], run["records_processed"]) == ("Box", "success", 120)
    assert (str(run["data_date"]), run["duration_seconds"]) == ("2026-01-15", 360.0)


def test_openlineage_says_why_it_failed(bench: IntakeBench) -> None:
    run = {"runId": "r", "facets": {"nominalTime": {"nominalStartTime": "2026-01-15T00:00:00Z"}}}
    why = {**run, "facets": {**run["facets"], "errorMessage": {"message": f"boom {SECRET}"}}}  # type: ignore[dict-item]
    bench.post(lineage("FAIL", run=why), LINEAGE)
    bench.post(lineage("ABORT", run={**run, "runId": "s"}), LINEAGE)
    bench.sync()
    assert [(run["status"], run["error_message"]) for run in bench.runs()] == [
        ("failed", "boom [redacted]"),
        ("failed", "the run was aborted"),
    ]


DBT = "https://github.com/OpenLineage/OpenLineage/tree/1.39.0/integration/dbt"
SPARK = "https://github.com/OpenLineage/OpenLineage/tree/1.39.0/integration/spark"


@pytest.mark.parametrize(
    ("name", "producer", "job_type", "processors"),
    [
        ("nightly.group.Box", "https://github.com/apache/airflow/tree/providers-openlineage/2.7.3", "TASK", ["Box"]),
        ("model.shop.Box", DBT, "MODEL", ["Box"]),
        ("db.raw.shop.Box", DBT, "MODEL", ["Box"]),
        ("db.raw.shop.Box.build.run", DBT, "MODEL", ["Box"]),
        ("db.raw.shop.Box.snapshot", DBT, "SNAPSHOT", ["Box"]),
        ("test.shop.unique_box", DBT, "TEST", []),
        ("db.raw.shop.Box.build.test", DBT, "", []),
        ("app.execute_insert.Box", SPARK, "SQL_JOB", ["Box"]),
        ("nightly.run", SPARK, "RDD_JOB", ["run"]),
    ],
)
def test_what_producers_call_their_jobs(
    name: str, producer: str, job_type: str, processors: list[str], bench: IntakeBench
) -> None:
    job = {"namespace": "n", "name": name, "facets": {"jobType": {"jobType": job_type}}}
    assert bench.post(lineage("COMPLETE", job=job, producer=producer), LINEAGE)[0] == 200
    bench.sync()
    assert [run["processor_name"] for run in bench.runs()] == processors


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (lineage("OTHER"), 200),
        ({"eventTime": "2026-01-15T00:00:00Z", "producer": "p", "dataset": {"name": "raw.box"}}, 200),
        (lineage("DONE"), 422),
        (lineage("START", run=7), 422),
        (lineage("START", job=None), 422),
        (lineage("START", eventTime=None), 200),
        (lineage("START", eventTime=7), 422),
        ([], 422),
        (lineage("COMPLETE", outputs=7), 200),
    ],
    ids=range(9),
)
def test_odd_events_of_openlineage(bench: IntakeBench, event: object, status: int) -> None:
    assert bench.post(event, LINEAGE)[0] == status


def test_whether_a_date_is_done_is_told_to_who_has_the_token(bench: IntakeBench) -> None:
    bench.post(told("success", 7))
    bench.sync()
    asked = {
        "processor_name=Box&data_date=2026-01-15": (200, "done"),
        "processor_name=Box&data_date=2026-01-16": (200, "not done"),
        "processor_name=Bux&data_date=2026-01-15": (200, "unknown"),
        "processor_name=Box&data_date=soon": (422, None),
        "processor_name=Box": (422, None),
    }
    for query, (status, state) in asked.items():
        found, answer = bench.get(f"/v1/runs?{query}")
        assert (found, answer.get("state")) == (status, state)
    assert bench.get("/v1/runs?processor_name=Box&data_date=2026-01-15", token="x")[0] == 401
