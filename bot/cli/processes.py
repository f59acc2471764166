"""`fireline web` and `fireline worker`: the two halves of a deployment with several processes."""

from bot.cli.context import errors_for_people
from bot.domain.errors import BadInput


def web() -> None:
    """Answer Slack. Needs PostgreSQL and BigQuery; this release says so and stops."""
    _refuse("web")


def worker() -> None:
    """Do what is due: detection, escalation, reports. Needs PostgreSQL and BigQuery; this release says so and stops."""
    _refuse("worker")


def _refuse(process: str) -> None:
    with errors_for_people():
        raise BadInput(
            f"`fireline {process}` cannot start: separate processes share their state through PostgreSQL and their run "
            "history through BigQuery (embedded storage serves one process), and this release keeps no state in "
            "PostgreSQL yet. Use `fireline load` and `fireline health`, which need neither."
        )
