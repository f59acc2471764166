"""What the recorder says in the log of the job."""

from __future__ import annotations

from contextlib import suppress


def warn(text: str, *about: object) -> None:
    with suppress(Exception):  # a handler of logging is somebody else's
        import logging

        logging.getLogger("fireline.recorder").warning(text, *about)
