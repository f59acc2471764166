"""How what is deployed differs from what the registry expects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.deploys.deployed import COMMIT_LABEL, Deployed, Revision, short
from bot.domain.deploys.seen import Seen
from bot.domain.platform.registry import COMMIT_LABELLED, COMMIT_SAME, Registry, Service


class DriftKind(StrEnum):
    TIMEOUT = "timeout"
    COMMIT = "commit"
    PINNED = "pinned"
    SPLIT = "split"
    NOT_READY = "not_ready"


@dataclass(frozen=True)
class Drift:
    """One way in which what is deployed differs from what the registry expects; `said` in a sentence."""

    kind: DriftKind
    said: str


def drifts(registry: Registry, service: Service, deployed: Deployed, others: Mapping[str, str]) -> Iterator[Drift]:
    """`others`: the commit of each service that is to have the same one, by name."""
    current = deployed.current
    if current is not None:
        yield from _timeouts(registry, service, current)
        yield from _commits(service, current, others)
    newest = deployed.revisions[0] if deployed.revisions else None
    if newest is not None and newest.ready is False:
        yield Drift(DriftKind.NOT_READY, f"{short(newest.name)} did not become ready{_because(deployed.trouble)}")
    if deployed.split:
        yield Drift(DriftKind.SPLIT, f"its traffic is split: {deployed.shares}")
    elif deployed.pinned and current is not None:
        yield Drift(DriftKind.PINNED, f"its traffic is pinned to {short(current.name)}: newer revisions get none")


def _timeouts(registry: Registry, service: Service, current: Revision) -> Iterator[Drift]:
    limit, expected = current.timeout_seconds, service.expected_timeout_seconds
    if limit is None:
        return
    if expected is not None and expected != limit:
        yield Drift(DriftKind.TIMEOUT, f"it ends a request after {limit:,} s, expected are {expected:,.0f} s")
    of_it = [each for each in registry.processors if each.service == service.name and each.timeout_seconds]
    slowest = max(of_it, key=lambda each: each.timeout_seconds or 0, default=None)
    if slowest is not None and (slowest.timeout_seconds or 0) > limit:
        may = f"{slowest.name} may take {slowest.timeout_seconds:,.0f} s"
        yield Drift(DriftKind.TIMEOUT, f"{may}, it ends a request after {limit:,} s")


def _commits(service: Service, current: Revision, others: Mapping[str, str]) -> Iterator[Drift]:
    policy, commit = service.commit_policy, current.commit
    if policy is None:
        return
    if not commit:
        yield Drift(DriftKind.COMMIT, f"{short(current.name)} has no label {COMMIT_LABEL}: nobody can tell its code")
    elif policy == COMMIT_SAME:
        unlike = sorted(name for name, other in others.items() if name != service.name and other not in ("", commit))
        if unlike:
            yield Drift(DriftKind.COMMIT, f"its code is {commit[:7]}, another than that of {', '.join(unlike)}")
    elif policy != COMMIT_LABELLED and not (commit.startswith(policy) or policy.startswith(commit)):
        yield Drift(DriftKind.COMMIT, f"its code is {commit[:7]}, expected is {policy[:7]}")


def same_commits(registry: Registry, seen: Iterable[Seen]) -> dict[str, str]:
    """The commit of each service that is to have the same one, by name."""
    alike = {service.name for service in registry.services if service.commit_policy == COMMIT_SAME}
    current = {each.service: each.deployed.current for each in seen if each.deployed and each.service in alike}
    return {name: revision.commit for name, revision in current.items() if revision is not None}


def _because(trouble: str) -> str:
    return f": {trouble}" if trouble else ""
