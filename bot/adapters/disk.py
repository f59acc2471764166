"""Whether a folder takes what is written: a full disk, one that is read-only, or one that fails says so here first."""

import os
import tempfile
from pathlib import Path

PROBE = b"\0" * 65_536


def check_disk(folder: Path) -> None:
    """Write a little and take it away again. Raises OSError with what the disk says."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as probe:
        probe.write(PROBE)
        probe.flush()
        os.fsync(probe.fileno())
