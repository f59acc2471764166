"""What every command shares: its settings, how an error looks, what time it is. Imports nothing slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.terminal import say
from bot.domain.errors import BadInput, FirelineError, reason_of

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.reading import Services

MIDNIGHT = clock_time()
SECRETS = ("SECRET", "TOKEN", "KEY")
"""In the names of settings that no message repeats."""


def settings_of(home: Path | None) -> "Settings":
    """Raises BadInput for a setting that makes no sense."""
    from pydantic import ValidationError

    from bot.config.settings import Settings

    try:
        return Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["FIRELINE", *map(str, first["loc"])]).upper()
        given = "set" if any(word in name for word in SECRETS) else f"{first['input']!r}"
        raise BadInput(f"{name} is {given}: {first['msg'].removeprefix('Value error, ')}.") from None


@contextmanager
def errors_for_people() -> Iterator[None]:
    """The edge where an error becomes one message on stderr and a non-zero exit code."""
    try:
        yield
    except FirelineError as error:
        say(f"fireline: {error}", error=True)
        raise SystemExit(1) from error
    except BrokenPipeError:
        raise  # whoever read our output has left: the command's frame ends it
    except OSError as error:
        say(f"fireline: {_explained(error)}", error=True)
        raise SystemExit(1) from error


def _explained(error: OSError) -> str:
    reason = reason_of(error)
    if error.filename is None:
        return f"the operating system refused: {reason}. Check disk, memory and open files."
    return f"{error.filename}: {reason}. Check the path and who may read it."


def now() -> datetime:
    return datetime.now(UTC)


def now_of(services: "Services") -> datetime:
    """When an answer of `services` is given: now, or by the clock of a process that lived ahead of this machine's; that
    is said on stderr.
    """
    moment = services.clock()
    if moment > now():
        ahead = f"the process that ran here last was ahead of this machine's clock, at {moment:%Y-%m-%d %H:%M} UTC"
        say(f"note: {ahead}: answered as of then.", error=True)
    return moment


def monotonic() -> float:
    """Seconds on a clock that nobody sets."""
    return time.monotonic()


def wait(seconds: float) -> None:
    time.sleep(seconds)


def parse_begin(text: str) -> datetime:
    """Since when: a date or a window begins with its first day in UTC, a moment is itself. Raises BadInput."""
    from zoneinfo import ZoneInfo

    from bot.domain.dates import DateReader

    reader, at = DateReader(now(), ZoneInfo("UTC")), now()
    begin = datetime.combine(reader.span(text)[0], MIDNIGHT, UTC) if reader.is_date(text) else reader.moment(text)
    if begin > at:
        raise BadInput(f"{text!r} lies ahead: it is {at:%Y-%m-%d %H:%M} UTC.")
    return begin


def parse_moment(text: str) -> datetime:
    """A moment as people write it; without an offset it is UTC, and so are the days of words. Raises BadInput."""
    from zoneinfo import ZoneInfo

    from bot.domain.dates import DateReader

    return DateReader(now(), ZoneInfo("UTC")).moment(text)
