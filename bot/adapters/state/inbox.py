"""Deliveries that have changed something, as rows: stored in the transaction of the change."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, exists, select

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.domain.audit import Record
from bot.ports.inbox import AlreadyHandled

INBOX = tables.inbox
KEPT = timedelta(days=7)
"""Slack repeats an event for a day at most: https://docs.slack.dev/apis/events-api#retries"""


def take(connection: Connection, delivery: str, records: Sequence[Record]) -> None:
    """Raises AlreadyHandled, which ends the transaction without effect, if it has changed one of these before. Another
    replica that is at it is waited for.
    """
    changed = sorted({f"{each.act} {each.subject}" for each in records})
    at = records[0].at
    rows = [{"delivery": delivery, "changed": each, "at": at} for each in changed]
    if insert_new(connection, INBOX, rows) != len(rows):
        raise AlreadyHandled(f"The delivery {delivery} was handled before.")
    connection.execute(delete(INBOX).where(INBOX.c.at < at - KEPT))


def handled(connection: Connection, delivery: str) -> bool:
    return bool(connection.scalar(select(exists().where(INBOX.c.delivery == delivery))))
