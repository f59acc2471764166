"""Drafted entries, completed by what the tool that runs the jobs says of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from bot.domain.platform.described import Described, PlatformDescription
from bot.domain.platform.draft import UNKNOWN_RHYTHM, Confidence, DraftProcessor, Evidence
from bot.domain.platform.registry import NAME_LENGTH

SCHEDULED = "as_scheduled"


def completed(
    entries: Iterable[DraftProcessor], platform: PlatformDescription, zone: str, begun: Mapping[str, date]
) -> tuple[DraftProcessor, ...]:
    """Every entry, and one for each job that has not run yet. `zone`: the registry's; `begun`: the first data date of
    what has run by its schedule.
    """
    jobs, given = platform.by_name, tuple(entries)
    there = {entry.name for entry in given}
    new = tuple(_not_run_yet(job) for job in platform.jobs if job.name not in there and len(job.name) <= NAME_LENGTH)
    known = there | {entry.name for entry in new}
    return tuple(
        _scheduled(_told(entry, jobs[entry.name], known), jobs[entry.name], zone, begun.get(entry.name))
        if entry.name in jobs
        else entry
        for entry in given + new
    )


def _not_run_yet(job: Described) -> DraftProcessor:
    return DraftProcessor(job.name, None, UNKNOWN_RHYTHM, (), None, None, None, None, ("it has not run yet",))


def _told(entry: DraftProcessor, job: Described, known: Collection[str]) -> DraftProcessor:
    said = ("dependencies", "owner", "description", "timeout_seconds")
    return replace(
        entry,
        dependencies=tuple(name for name in job.dependencies if name in known),
        owner=job.owner,
        description=job.description,
        timeout_seconds=round(job.timeout_seconds) if job.timeout_seconds else entry.timeout_seconds,
        doubts=(*entry.doubts, *job.doubts),
        evidence={**entry.evidence, **{field: _of(job) for field in said if getattr(job, field)}},
    )


def _scheduled(entry: DraftProcessor, job: Described, zone: str, begun: date | None) -> DraftProcessor:
    """The tool knows when it starts a job better than the starts of the runs show it."""
    if job.asleep:
        doubt = f"schedule: none, as it is not started now: {job.asleep}"
        return replace(entry, slots=(), weekdays=(), doubts=(*_without_slots(entry), doubt))
    if not job.is_scheduled:
        return entry
    if begun is None:
        return replace(
            entry, slots=(), doubts=(*_without_slots(entry), "schedule: no scheduled run yet, so none is due")
        )
    field = "schedule" if job.crons else "schedule_hours_et"
    return replace(
        entry,
        slots=job.hours,
        crons=job.crons,
        timezone=job.timezone if job.timezone != zone else None,
        weekdays=(),
        first=begun,
        last=None,
        expected_frequency=SCHEDULED,
        doubts=_without_slots(entry),
        evidence={
            **entry.evidence,
            **{name: _of(job) for name in (field, "timezone", "expected_frequency")},
            "active": Evidence("its first data date", Confidence.HIGH),
        },
    )


def _without_slots(entry: DraftProcessor) -> tuple[str, ...]:
    return tuple(doubt for doubt in entry.doubts if not doubt.startswith(("schedule:", "active:")))


def _of(job: Described) -> Evidence:
    return Evidence(job.where, Confidence.HIGH)
