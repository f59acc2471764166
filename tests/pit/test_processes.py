"""Two web processes and two workers share one installation; one of them is killed while a P0 pages people."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from tests.contracts.postgres import new_database
from tests.support.fleet import Fleet, Process, fleet
from tests.support.slack_bench import ALERTS, ALEX, SAM
from tests.support.slack_thread import beside


def test_a_worker_is_killed_in_the_middle_of_a_p0(tmp_path: Path, postgres_folder: str, bigquery_endpoint: str) -> None:
    database = new_database(postgres_folder)
    with beside() as slack, fleet(tmp_path / "fleet", slack, database, bigquery_endpoint) as made:
        first = made.start("worker")
        made.healthy(first)
        second, *webs = made.start("worker"), made.start("web"), made.start("web")
        for process in (second, *webs):
            made.healthy(process)
        assert "done by this process" in first.get("/healthz")[1]
        made.fails(3)
        made.until(lambda: made.paged(ALEX))
        first.kill()
        made.until(lambda: made.paged(SAM))
        _taken_by_the_same_click_twice(made, webs, database)
        assert (len(made.paged(ALEX)), len(made.paged(SAM))) == (1, 1)
        cards = [each for each in slack.messages(ALERTS) if each.get("thread_ts") in (None, each["ts"])]
        assert len(cards) == 1, [card["text"] for card in cards]
        made.until(lambda: "done by this process" in second.get("/healthz")[1])
        assert "fireline_lane_seconds" in second.get("/metrics")[1]
        # Until the lease of the killed worker is over, its page may be unsent, and health says so.
        made.until(lambda: [process.get("/healthz")[0] for process in (second, *webs)] == [200] * 3)
        assert "Traceback" not in made.logs(), made.logs()


def _taken_by_the_same_click_twice(made: Fleet, webs: list[Process], database: str) -> None:
    at = int(time.time())
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda web: made.command(web, "INC-1 ack", at), webs)
        assert list(answers) == [200, 200]
    with psycopg.connect(database) as connection:
        rows = connection.execute("select state, owner from response").fetchall()
        said = connection.execute("select count(*) from timeline where kind = 'ACKNOWLEDGED'").fetchone()
    assert rows == [("acknowledged", "Alex")]
    assert said == (1,)
