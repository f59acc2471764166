"""Records the runs of a pipeline from within its own code: docs/how-to/record-runs.md.

Imports nothing of Fireline and nothing but the standard library; whatever happens here, the job goes on.
"""

from bot.recorder.answers import Answer, Readiness
from bot.recorder.decorated import recorded
from bot.recorder.errors import NoDataAvailableError, UpstreamDependencyError, ValidationFailedError
from bot.recorder.recording import (
    Recorder,
    configure,
    dependencies_ready,
    flush,
    is_done,
    record_run,
)
from bot.recorder.run import Run

__all__ = [
    "Answer",
    "NoDataAvailableError",
    "Readiness",
    "Recorder",
    "Run",
    "UpstreamDependencyError",
    "ValidationFailedError",
    "configure",
    "dependencies_ready",
    "flush",
    "is_done",
    "record_run",
    "recorded",
]
