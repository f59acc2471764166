"""A run asked for through the service repairs the data, unless the fault still holds."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.pipeline.commands import InFlight
from sandbox.pipeline.service import create_app
from sandbox.tests.pipeline.bench import Bench, MakeBench

TODAY = date(2026, 1, 14)
LEAF = "BdlPlayerStats"


Sent = tuple[str, str, dict[str, Any]]


async def _ask(bench: Bench, requests: list[Sent], token: str | None) -> list[tuple[int, dict[str, Any]]]:
    accepts = None if token is None else token.__eq__
    app = create_app(bench.pipeline, lambda: bench.now, accepts)
    answers = []
    async with TestClient(TestServer(app)) as client:
        for method, path, arguments in requests:
            answer = await client.request(method, path, **arguments)
            answers.append((answer.status, await answer.json()))
    return answers


def post(bench: Bench, *bodies: object) -> list[tuple[int, dict[str, Any]]]:
    """Status and body of the answer to each POST /process."""
    return asyncio.run(_ask(bench, [("POST", "/process", {"json": sent}) for sent in bodies], None))


def body(processor: str, day: date = TODAY) -> dict[str, str]:
    return {"processor": processor, "date": day.isoformat()}


@pytest.mark.parametrize(
    "fault", ["zero_records", "masked_failure", "idempotency_block", "partial_load", "missing_run"]
)
def test_a_loss_is_repaired_while_its_cause_lasts(bench: MakeBench, fault: str) -> None:
    broken = bench()
    broken.pipeline.inject(fault, broken.now, LEAF, TODAY)
    broken.until_slot(TODAY, 28.0)
    lost = broken.rows(LEAF, TODAY)
    run = broken.pipeline.process(LEAF, TODAY, broken.now)
    broken.forward(minutes=15)
    row = broken.runs[run.run_id]
    assert (row.status, row.trigger) == ("success", "backfill")
    assert row.records_processed == broken.rows(LEAF, TODAY) > lost


@pytest.mark.parametrize("fault", ["processor_crash", "validation_failed", "timeout"])
def test_a_standing_fault_must_be_healed_first(bench: MakeBench, fault: str) -> None:
    broken = bench()
    found = broken.pipeline.inject(fault, broken.now, LEAF, TODAY)
    broken.until_slot(TODAY, 28.0)
    first = broken.pipeline.process(LEAF, TODAY, broken.now)
    broken.forward(hours=1)
    assert broken.runs[first.run_id].status == "failed"
    assert broken.rows(LEAF, TODAY) == 0
    broken.pipeline.heal(found.id, broken.now)
    second = broken.pipeline.process(LEAF, TODAY, broken.now)
    broken.forward(hours=1)
    assert broken.runs[second.run_id].status == "success"
    assert broken.rows(LEAF, TODAY) > 0


def test_scraper_first_then_processor_then_what_depends_on_it(bench: MakeBench) -> None:
    broken = bench()
    fault = broken.pipeline.inject("scraper_down", broken.now, "BdlBoxScoreScraper", TODAY)
    broken.until_slot(TODAY, 28.0)
    broken.pipeline.heal(fault.id, broken.now)
    boxscores, summary = "BdlBoxscoresProcessor", "PlayerGameSummaryProcessor"
    outcomes = []
    for name in (boxscores, summary, "BdlBoxScoreScraper", boxscores, summary):
        run = broken.pipeline.process(name, TODAY, broken.now)
        broken.forward(minutes=20)
        outcomes.append((broken.runs[run.run_id].status, bool(broken.runs[run.run_id].records_processed)))
    assert outcomes[2:] == [("success", True)] * 3
    assert not any(loaded for _, loaded in outcomes[:2])
    assert outcomes[1][0] == "failed"
    assert broken.has_raw("ball-dont-lie/boxscores", TODAY)
    assert broken.rows(summary, TODAY) > 0


def test_a_source_without_scraper_is_fetched_by_its_processor(bench: MakeBench) -> None:
    broken = bench()
    fault = broken.pipeline.inject("scraper_down", broken.now, LEAF, TODAY)
    broken.until_slot(TODAY, 28.0)
    assert broken.rows(LEAF, TODAY) == 0
    broken.pipeline.heal(fault.id, broken.now)
    broken.pipeline.process(LEAF, TODAY, broken.now)
    broken.forward(minutes=20)
    assert broken.rows(LEAF, TODAY) > 0
    assert broken.has_raw(str(broken.processor(LEAF).source), TODAY)


def test_a_stuck_run_is_replaced_and_a_live_one_is_not(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("stuck_run", broken.now, LEAF, TODAY)
    broken.until_slot(TODAY, 27.0)
    [hung] = [row for row in broken.runs_of(LEAF, TODAY) if row.status == "running"]
    run = broken.pipeline.process(LEAF, TODAY, broken.now)
    with pytest.raises(InFlight, match="already running"):
        broken.pipeline.process(LEAF, TODAY, broken.now)
    broken.forward(minutes=20)
    assert broken.runs[hung.run_id].status == "failed"
    assert "replaced" in str(broken.runs[hung.run_id].error_message)
    assert broken.runs[run.run_id].status == "success"
    assert broken.rows(LEAF, TODAY) > 0


def test_old_losses_cannot_be_scraped_again(month_bench: Bench) -> None:
    scraper = "BdlBoxScoreScraper"
    old = month_bench.now.date() - timedelta(days=27)
    run = month_bench.pipeline.process(scraper, old, month_bench.now)
    month_bench.forward(minutes=10)
    assert month_bench.runs[run.run_id].records_processed == 0


def test_process_answers(bench: MakeBench) -> None:
    world, yesterday = bench(), TODAY - timedelta(days=1)
    (first, accepted), (again, _) = post(world, body(LEAF, yesterday), body(LEAF, yesterday))
    assert (first, again) == (202, 409)
    world.forward(minutes=20)
    assert world.runs[accepted["run_id"]].status == "success"
    assert post(world, body(LEAF, yesterday))[0][0] == 202


def test_a_repeated_order_starts_nothing(bench: MakeBench) -> None:
    yesterday = body(LEAF, TODAY - timedelta(days=1))
    sent = {"json": yesterday, "headers": {"X-Request-Id": "r1"}}
    first, again = asyncio.run(_ask(bench(), [("POST", "/process", sent)] * 2, None))
    assert first == again
    assert first[0] == 202


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (body("NoSuchProcessor"), 404),
        ({"processor": LEAF, "date": "14.01.2026"}, 400),
        ({"processor": LEAF}, 400),
        ({"processor": LEAF, "date": "2027-01-14"}, 400),
        ({"date": "2026-01-14"}, 400),
        ([LEAF], 400),
        (None, 400),
    ],
)
def test_process_refuses(bench: MakeBench, sent: object, status: int) -> None:
    [(found, answer)] = post(bench(), sent)
    assert found == status
    assert answer["error"]


def test_process_refuses_what_is_not_json(bench: MakeBench) -> None:
    [(status, answer)] = asyncio.run(_ask(bench(), [("POST", "/process", {"data": b"{"})], None))
    assert status == 400
    assert "not JSON" in answer["error"]


@pytest.mark.parametrize(
    ("header", "status"), [(None, 401), ("Bearer wrong", 401), ("Basic t0", 401), ("Bearer t0", 202)]
)
def test_identity_token(bench: MakeBench, header: str | None, status: int) -> None:
    sent = {"json": body(LEAF, TODAY - timedelta(days=1)), "headers": {"Authorization": header} if header else {}}
    [(found, _)] = asyncio.run(_ask(bench(), [("POST", "/process", sent)], "t0"))
    assert found == status


def test_health_needs_no_token(bench: MakeBench) -> None:
    [(status, answer)] = asyncio.run(_ask(bench(), [("GET", "/health", {})], "t0"))
    assert (status, answer["status"]) == (200, "ok")
