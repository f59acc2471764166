"""What a flood of one cause writes, and what a stranger's bytes do to a line."""

import io
import json
import logging
import sys
from datetime import datetime, timedelta

from bot.cli.logs import LONGEST_MESSAGE, MOST_OF_A_KIND, Format, PacedHandler


class Log:
    """A logger whose time is set by hand."""

    def __init__(self, form: Format = "text") -> None:
        self.now, self.stream = 0.0, io.StringIO()
        self.handler = PacedHandler(self.stream, lambda: self.now, form)

    def say(self, text: str, *args: object, error: bool = False, **fields: object) -> None:
        found = sys.exc_info() if error else None
        record = logging.LogRecord("fireline.x", logging.WARNING, "", 0, text, args, found)
        vars(record).update(fields)
        self.handler.handle(record)

    def lines(self) -> list[str]:
        return [line.partition(" fireline.x ")[2] for line in self.stream.getvalue().splitlines()]


def test_one_line_a_cause_a_minute_with_a_count() -> None:
    log = Log()
    for _ in range(1_000):
        log.say("the database is gone")
    log.now = 61.0
    log.say("the database is gone")
    assert log.lines() == [
        "the database is gone",
        "999 more like this within a minute: the database is gone",
        "the database is gone",
    ]


def test_a_flood_in_other_words_each_time_is_cut_as_well() -> None:
    log = Log()
    for number in range(1_000):
        log.say("refused %s", number)
    log.handler.close()
    assert len(log.lines()) == MOST_OF_A_KIND + 1
    assert log.lines()[-1] == f"{1_000 - MOST_OF_A_KIND} more like this within a minute: refused 0"


def test_another_cause_is_not_held_back() -> None:
    log = Log()
    for _ in range(5):
        log.say("one")
        log.say("two %s", 2)
    assert log.lines() == ["one", "two 2"]


def test_what_comes_from_outside_stays_on_its_line() -> None:
    log = Log()
    log.say("name %s", "a\n2026-01-01 ERROR forged\x1b[31m\u202e")
    assert log.lines() == [r"name a\n2026-01-01 ERROR forged\x1b[31m\u202e"]
    log.say("%s", "x" * 1_000_000)
    assert len(log.lines()[-1]) < LONGEST_MESSAGE + 100


def test_a_full_disk_below_the_log_is_not_answered_with_a_traceback(capsys: object) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    handler = PacedHandler(Full())
    handler.handle(logging.LogRecord("fireline.x", logging.WARNING, "", 0, "said", (), None))
    assert "Traceback" not in capsys.readouterr().err  # type: ignore[attr-defined]


TOKEN = "xoxb-" + "123456789012-abcdefghijklmnopqrstuvwx"


def test_a_line_of_json_has_named_fields() -> None:
    log = Log("json")
    log.say("%s has not been posted", "INC-42", incident="INC-42", severity="P0", lane=None, attempts=3)
    (line,) = log.stream.getvalue().splitlines()
    said = json.loads(line)
    assert datetime.fromisoformat(said.pop("time")).utcoffset() == timedelta()
    assert said == {
        "level": "WARNING",
        "logger": "fireline.x",
        "message": "INC-42 has not been posted",
        "incident": "INC-42",
        "severity": "P0",
        "lane": None,
        "attempts": 3,
    }


def test_an_event_is_one_line_of_json_whatever_is_in_it() -> None:
    log = Log("json")
    try:
        raise ValueError(f"no\n\x1b[31m {TOKEN}")
    except ValueError:
        log.say("failed: %s", f"a\n\u202e{TOKEN}", error=True, reason=f"token={TOKEN}")
    log.say("%s", "x" * 1_000_000)
    first, second = log.stream.getvalue().splitlines()
    said = json.loads(first)
    assert first.isascii()
    assert TOKEN not in first
    assert "ValueError: no" in said["traceback"]
    assert len(second) < LONGEST_MESSAGE + 300


def test_json_is_limited_in_rate_as_well() -> None:
    log = Log("json")
    for _ in range(1_000):
        log.say("the database is gone", incident="INC-1")
    log.handler.close()
    lines = [json.loads(line)["message"] for line in log.stream.getvalue().splitlines()]
    assert lines == ["the database is gone", "999 more like this within a minute: the database is gone"]


def test_a_secret_is_not_written() -> None:
    log = Log()
    try:
        raise ValueError(f"refused {TOKEN}")
    except ValueError:
        log.say("refused %s", TOKEN, error=True)
    assert TOKEN not in log.stream.getvalue()
