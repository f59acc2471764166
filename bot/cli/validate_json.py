"""Verdicts as JSON. Times in UTC, sizes in bytes, shares as fractions."""

import json
from datetime import datetime
from typing import Any

from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.evidence.runs import Status
from bot.domain.verdicts.sampling import CONFIDENCE, Checked, Sample
from bot.domain.verdicts.validation import Validated, Validation
from bot.domain.verdicts.votes import Proof, RunTally


def validation_json(validation: Validation) -> str:
    answer = {
        "as_of": _iso(validation.as_of),
        "from": str(validation.first),
        "to": str(validation.last),
        "counts": validation.counts,
        "findings": len(validation.findings),
        "notes": list(validation.notes),
        "rows": [_row(row) for row in validation.rows],
    }
    return json.dumps(answer, indent=2)


def _row(row: Validated) -> dict[str, Any]:
    return {
        "processor": row.processor.name,
        "data_date": str(row.data_date),
        "verdict": row.verdict,
        "action": row.action,
        "confidence": round(row.proof.confidence, 4),
        "evidence": {
            "because": row.judged.because,
            "wait_until": _iso(row.judged.until),
            "hint": row.hint,
            **_evidence(row.proof),
        },
    }


def _evidence(proof: Proof) -> dict[str, Any]:
    return {
        "rows": proof.rows,
        "expected_rows": _expected(proof.expected_rows),
        "coverage": _rounded(proof.coverage),
        "raw_file": {"at": _iso(proof.file_at), "bytes": proof.file_bytes, "empty": proof.file_empty},
        "games": {"scheduled": proof.games, "final": proof.games_final},
        "runs": {tally.status: _tally(tally) for tally in proof.runs},
        "slots_left": [_iso(slot) for slot in proof.slots_left],
        "upstream_empty": list(proof.upstream_empty),
        "windows": [_window(window) for window in proof.windows],
        "sources": proof.words,
        "sources_agreeing": proof.agreeing,
        "sources_telling": proof.telling,
    }


def _expected(known: ExpectedRows | None) -> dict[str, Any] | None:
    """`least`: the least by the registry; else what is usual of its own earlier dates, or typical."""
    return None if known is None else {"rows": _rounded(known.rows), "least": known.least}


def _tally(tally: RunTally) -> dict[str, Any]:
    """Of failed runs, how many failed of their own fault."""
    counted = {"runs": tally.runs, "records": tally.records}
    return {**counted, "own_fault": tally.own} if tally.status is Status.FAILED else counted


def _window(window: PlannedWindow) -> dict[str, Any]:
    return {"kind": window.kind, "from": _iso(window.start), "to": _iso(window.end), "note": window.note}


def sample_json(sample: Sample) -> str:
    drawn, rate = sample.drawn, sample.rate
    answer = {
        "as_of": _iso(sample.as_of),
        "seed": drawn.seed,
        "suspicious_runs": sample.suspicious,
        "processors": list(drawn.processors),
        "recent_dates": [str(day) for day in drawn.recent],
        "older_dates_drawn": [str(day) for day in drawn.older],
        "older_dates": drawn.older_known,
        "checked_runs": sample.checked,
        "verdicts": sample.counts,
        "false_positive_rate": None
        if rate is None
        else {"value": rate.value, "low": rate.low, "high": rate.high, "confidence": CONFIDENCE, "exact": rate.exact},
        "by_processor": [_checked(name, one) for name, one in sample.by_processor.items()],
    }
    return json.dumps(answer, indent=2)


def _checked(name: str, one: Checked) -> dict[str, Any]:
    return {"processor": name, "runs": one.runs, "data_there": one.there}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
