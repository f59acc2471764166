"""What is deployed, in words: the same for Slack and the terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.counts import plural
from bot.domain.deploys.correlation import Change, Correlation, Failing
from bot.domain.deploys.deployed import short
from bot.domain.deploys.overview import LATE_AFTER, Deployments, ServiceRow
from bot.domain.deploys.seen import NoRollback, Seen
from bot.domain.platform.registry import Service
from bot.views.incident_words import Voice
from bot.views.numbers import span

NO_SERVICE = "The registry names no Cloud Run service."
NOT_YET = "not read yet"


def service(row: ServiceRow, now: datetime, voice: Voice) -> Iterator[str]:
    """What it is now, then what is odd about it, a line each."""
    seen = row.seen
    if seen.failing_since is not None:
        yield f"unavailable since {voice.date(seen.failing_since)}: {voice.data(seen.trouble)}"
        if seen.remedy:
            yield voice.data(seen.remedy)
    if seen.deployed is None:
        if seen.failing_since is None:
            yield NOT_YET
        return
    yield voice.data(_now(seen)) + _changed(seen, voice)
    if seen.read_at is not None and now - seen.read_at > LATE_AFTER:
        yield f"this is as of {voice.date(seen.read_at)}"
    yield from (f"drift: {voice.data(each.said)}" for each in row.drifts)


def _now(seen: Seen) -> str:
    """`revision 42, commit 1a2b3c4, 600 s, all traffic`."""
    deployed, current = seen.deployed, seen.deployed.current if seen.deployed else None
    assert deployed is not None
    if current is None:
        return f"traffic: {deployed.shares}"
    commit = f"commit {current.commit[:7]}" if current.commit else "no commit label"
    limit = f"{current.timeout_seconds:,} s a request" if current.timeout_seconds else "limit unknown"
    return f"{short(current.name)}, {commit}, {limit}, all traffic{' (pinned)' if deployed.pinned else ''}"


def _changed(seen: Seen, voice: Voice) -> str:
    deployed = seen.deployed
    assert deployed is not None
    by = f" by {voice.data(deployed.changed_by)}" if deployed.changed_by else ""
    return f", changed {voice.date(deployed.changed_at)}{by}"


def first_generation(found: Sequence[Service], voice: Voice) -> Iterator[str]:
    """By priority; nothing where none is left."""
    if not found:
        return
    by_priority = dict[str, list[str]]()
    for each in found:
        by_priority.setdefault(each.priority or "no priority", []).append(each.name)
    said = "; ".join(f"{priority}: {', '.join(names)}" for priority, names in by_priority.items())
    yield f"{plural(len(found), 'function')} of generation 1 still to migrate. {voice.data(said)}"


def rollback(row: ServiceRow) -> str:
    """Where it can be rolled back to, or why not."""
    if isinstance(row.rollback, NoRollback):
        return f"no rollback: {row.rollback.because}"
    return f"can be rolled back to {short(row.rollback.name)}"


def job(service: Service) -> str:
    return f"{service.name}: a job{', for maintenance' if service.maintenance else ''}"


def nothing(found: Deployments) -> str:
    return found.off or NO_SERVICE


def changes(found: Sequence[Change], trouble: datetime, voice: Voice) -> Iterator[str]:
    """What was deployed before a trouble, a line each."""
    for each in found:
        commit = f", commit {each.revision.commit[:7]}" if each.revision.commit else ""
        named = voice.data(f"{each.service} {short(each.revision.name)}{commit}")
        yield f"{span(trouble - each.at)} before: {named}"


def correlation(found: Correlation) -> str:
    """`41 min after revision 42; 3 of 3 runs since failed with timeout, 0 of 212 before`."""
    facts = [f"{span(found.lag)} after {short(found.change.revision.name)}"]
    if found.since is not None and found.before is not None:
        facts.append(f"{_failed(found.since)}, {found.before.failed:,} of {found.before.runs:,} before")
    if found.limit is not None:
        facts.append(f"its limit went from {found.limit[0]:,} s to {found.limit[1]:,} s")
    return "; ".join(facts)


def _failed(found: Failing) -> str:
    category = f" with {found.category.replace('_', ' ')}" if found.category not in ("", "unknown") else ""
    return f"{found.failed:,} of {found.runs:,} runs since failed{category}"
