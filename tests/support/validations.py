"""Validations from a handful of dates, for cards and tables."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.processor_date import Trace
from bot.domain.evidence.runs import Status
from bot.domain.platform.registry import Processor
from bot.domain.verdicts.judge import DateContext, judge
from bot.domain.verdicts.validation import Validated, Validation, ValidationRequest, rank
from bot.domain.verdicts.votes import Proof, tallies, words
from tests.support.days import DATE, FILE_AT, LATER, SLOT, day, processor, run, trace
from tests.support.health_reports import NASTY


def checked(
    of: Processor | None = None,
    ago: int = 0,
    *,
    context: DateContext | None = None,
    hint: str | None = None,
    **changed: Any,
) -> Validated:
    """One date, judged as in production."""
    known = of or processor()
    made = day(processor=known, **changed)
    expected = ExpectedRows(200.0, least=False) if made.table is not None else None
    judged = judge(made, LATER, expected, context or DateContext())
    proof = Proof(
        rows=made.rows,
        expected_rows=expected,
        file_at=made.file_at,
        file_bytes=max((size for _, size in made.file.seen), default=None) if made.file else None,
        file_empty=made.file is not None and bool(made.file.seen) and made.file_at is None,
        games=made.games,
        games_final=made.games,
        runs=tallies(made, LATER),
        slots_left=(),
        upstream_empty=(),
        windows=(),
        words=words(made, judged.verdict, expected),
    )
    return Validated(processor=known, data_date=DATE - timedelta(days=ago), judged=judged, proof=proof, hint=hint)


FULL = trace(200, SLOT)
WELL: dict[str, Any] = {"table": FULL, "runs": [run(records=200)]}


def validation(*rows: Validated, as_of: datetime = LATER, notes: tuple[str, ...] = (), **asked: Any) -> Validation:
    days = [row.data_date for row in rows] or [DATE]
    return Validation(
        request=ValidationRequest(**asked),
        as_of=as_of,
        first=min(days),
        last=max(days),
        rows=tuple(sorted(rows, key=rank)),
        notes=notes,
    )


def validations() -> dict[str, Validation]:
    """By name; each answers /validate."""
    gamebook = processor(name="NbacGamebookProcessor", criticality="CRITICAL")
    odds = processor(name="OddsApiPropsProcessor", criticality="HIGH")
    heals = "may heal by itself within 24 to 48 h"
    some = [
        checked(gamebook, hint="offered at once because it blocks a deadline: NbacSummary is due 2026-01-16 09:00 UTC"),
        checked(odds, 1, file=Trace(), hint=heals),
        checked(odds, file=trace(12), context=DateContext(fallback="BdlBoxscoresProcessor"), hint=heals),
        checked(runs=[run(Status.SKIPPED, start=FILE_AT + timedelta(hours=1))]),
        checked(ago=1, table=None),
    ]
    fine = [checked(processor(name=f"P{n:02}"), **WELL) for n in range(20)]
    many = [checked(processor(name=f"P{n % 15:02}"), n // 15) for n in range(60)]
    return {
        "validate": validation(*some, *fine, checked(odds, 2, expected=False, games=0, file=Trace())),
        "validate_well": validation(*fine, notes=("There are no raw files: what they would tell is unknown.",)),
        "validate_one": validation(checked(gamebook, **WELL), processor="NbacGamebookProcessor", first=DATE, last=DATE),
        "validate_many": validation(*many, *fine),
        "validate_nasty": validation(*(checked(processor(name=name, source=name)) for name in NASTY)),
        "validate_nothing": validation(),
    }
