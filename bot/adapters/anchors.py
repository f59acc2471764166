"""Anchors of the audit chain: lines of a file, and of the log."""

import logging
import os
import re
from datetime import datetime
from pathlib import Path

from bot.domain.audit import Anchor
from bot.domain.errors import BadInput, reason_of

log = logging.getLogger("fireline.audit")
_LINE = re.compile(r"\bseq=(\d{1,18}) hash=([0-9a-f]{64})\b")


class Anchors:
    """`path` None: they are in the log alone."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._failed = path, False

    def drop(self, anchor: Anchor, now: datetime) -> None:
        """A file that takes none is logged once; the line of the log is there all the same."""
        log.info("audit anchor %s", anchor, extra={"seq": anchor.seq, "hash": anchor.hash})
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {anchor}\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            if not self._failed:
                log.error("FIRELINE_AUDIT_ANCHORS %s takes no anchor: %s", self._path, reason_of(error))
            self._failed = True
        else:
            self._failed = False


def anchors_in(path: Path) -> list[Anchor]:
    """Of a file of anchors, or of a log. Raises BadInput for one that has none, OSError for one that cannot be read."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        found = [Anchor(int(match[1]), match[2]) for line in stream for match in _LINE.finditer(line)]
    if not found:
        raise BadInput(f"{path} has no anchors: lines with seq=NUMBER hash=64 hexadecimal digits.")
    return found
