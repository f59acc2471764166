"""Standard input, output and error as they may be: closed, full, read by somebody who leaves, or not in UTF-8."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FAILED = 1
"""Also when a reader has left: it is what typer makes of it."""


@contextmanager
def usable_streams() -> Iterator[None]:
    """For as long as the block runs. Ends the process with its code when standard output takes nothing more."""
    _open_what_is_closed()
    for stream, instead in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=instead)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
        raise SystemExit(_FAILED) from None
    except OSError as error:
        if error.filename is not None:
            raise
        _write_nowhere()
        from bot.domain.errors import reason_of

        print(f"fireline: standard output cannot be written: {reason_of(error)}.", file=sys.stderr)
        raise SystemExit(_FAILED) from None


def _open_what_is_closed() -> None:
    """Else the next file that is opened, a database for instance, would take its number and its output."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 (for good)


def _write_nowhere() -> None:
    """What is still in a buffer is written when Python ends, and would fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
