"""What a success with 0 records meant, from the evidence of its date alone: the cross-check table of a backlog."""

from bot.domain.evidence.expectation import Evidence
from bot.domain.evidence.runs import InputKind
from bot.domain.verdicts.judge import Verdict


def cross_check(evidence: Evidence, *, is_scraper: bool) -> Verdict:
    """The verdict on a zero-record run. The data is there: tracking_bug, the run was no loss."""
    if evidence.filled:
        return Verdict.TRACKING_BUG
    if not _settled(evidence):
        return Verdict.NOT_YET
    if evidence.filled is None or evidence.expected is None:
        return Verdict.UNKNOWN
    there = evidence.input_kind is not InputKind.NONE and evidence.input_ready_at is not None
    if not evidence.expected:
        return Verdict.LEGITIMATE_ZERO if there else Verdict.OFF_DAY
    if there or (evidence.input_kind is InputKind.NONE and not is_scraper):
        return Verdict.PROCESSOR_FAILED
    return Verdict.UPSTREAM if evidence.input_kind is InputKind.UPSTREAM else Verdict.SCRAPER_FAILED


def _settled(evidence: Evidence) -> bool:
    """East of UTC a date may be settled before it begins there."""
    if evidence.settled_at is None:
        return evidence.data_date <= evidence.as_of.date()
    return evidence.settled_at <= evidence.as_of
