"""The noise ledger as rows: one for each reason of a finding, written once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.incidents.decisions import Reason

LEDGER = tables.noise_ledger


def add_entries(connection: Connection, entries: Sequence[LedgerEntry]) -> None:
    """One that is there already stays as it is."""
    rows = [
        {**vars(each), "reason": each.reason.name, "kind": each.kind.value, "severity": each.severity.value}
        for each in entries
    ]
    insert_new(connection, LEDGER, rows)


def entries_within(connection: Connection, since: datetime, until: datetime) -> list[LedgerEntry]:
    within = (LEDGER.c.found_at >= since, LEDGER.c.found_at < until, LEDGER.c.at < until)
    return [
        LedgerEntry(
            **{
                **row,
                "reason": Reason[row["reason"]],
                "kind": FindingKind(row["kind"]),
                "severity": Severity(row["severity"]),
            }
        )
        for row in connection.execute(select(LEDGER).where(*within)).mappings()
    ]
