"""What is deployed, from what was last read of Cloud Run: nobody who asks waits for Google."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.domain.deploys.correlation import Change, Correlation, changes_before, correlation
from bot.domain.deploys.deployed import asked_of_cloud_run, first_generation, place_of, short
from bot.domain.deploys.drift import drifts, same_commits
from bot.domain.deploys.overview import DeployEvidence, Deployments, ServiceRow
from bot.domain.deploys.seen import Seen, read, rollback_target, unread
from bot.domain.errors import BadInput, FirelineError, suggest
from bot.domain.evidence.observation import RunSeen
from bot.domain.incidents.incident import Incident
from bot.domain.platform.registry import Control, Registry, Service
from bot.ports.clock import Clock
from bot.ports.cloud_run import CloudRun, CloudRunError
from bot.ports.state import State

READ_EVERY = timedelta(minutes=2)
RUNS_BEFORE = timedelta(days=7)
log = logging.getLogger("fireline.deploys")
Runs = Callable[[str, date, date, datetime], Sequence[RunSeen]]
"""The runs of a processor for some data dates, as known at a moment."""


class DeploysService:
    """`state` None: this process keeps none. `off`: why Cloud Run is not read here; "": it is. `reader` None: this
    process does not read it.
    """

    def __init__(
        self, state: State | None, registry: Registry, runs: Runs, off: str = "", reader: "DeployReader | None" = None
    ) -> None:
        self._state, self._registry, self._runs, self.off, self.reader = state, registry, runs, off, reader

    def of(self, name: str, now: datetime) -> Deployments:
        """Of all services, or of one. Raises BadInput for a name that is none."""
        seen = self._seen()
        wanted = self._registry.services if not name else (self.service(name),)
        known = [each for each in wanted if asked_of_cloud_run(each) and not (self.off and each.name not in seen)]
        commits = same_commits(self._registry, seen.values())
        rows = tuple(self._row(each, seen.get(each.name, Seen(each.name)), commits) for each in known)
        jobs = () if self.off else tuple(each for each in wanted if each.asked_by is Control.CLOUD_RUN_JOB)
        return Deployments(rows, first_generation(wanted), now, self.off, jobs)

    def service(self, name: str) -> Service:
        """Raises BadInput for a name that is none; a part of it is enough, where it is the only one."""
        folded = name.strip().casefold()
        known = {each.name: each for each in self._registry.services}
        found = [each for each in known.values() if folded and folded in each.name.casefold()]
        exact = [each for each in found if each.name.casefold() == folded]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            raise BadInput(f"{name!r} is a part of {len(found)} names: {', '.join(each.name for each in found)}.")
        raise BadInput(f"The registry has no service {name!r}. {suggest(name, known)}".rstrip())

    def pinned(self) -> list[str]:
        """Services whose traffic stays where it is when a newer revision comes, in words."""
        found = [(name, each.deployed) for name, each in sorted(self._seen().items()) if each.deployed is not None]
        return [
            f"{name}: traffic is pinned to {', '.join(map(short, deployed.serving))}. `/deploys {name}` releases it"
            for name, deployed in found
            if deployed.pinned
        ]

    def evidence(self, incident: Incident, now: datetime) -> DeployEvidence:
        """Of the services of its processors."""
        names = {self._registry.by_name[each].service for each in incident.processors if each in self._registry.by_name}
        seen, trouble = self._seen(), incident.headline.seen_since
        changes = changes_before((seen[name] for name in names if name in seen), trouble)
        return DeployEvidence(tuple(changes), tuple(self._correlated(incident, changes, trouble, now)))

    def correlated(self, incident: Incident, now: datetime) -> Sequence[Correlation]:
        """Those that facts speak for; none where that cannot be asked: a message about the incident goes out."""
        try:
            return self.evidence(incident, now).correlations
        except FirelineError as error:
            log.warning("what was deployed before %s is not known: %s", incident.label, error)
            return ()

    def _correlated(
        self, incident: Incident, changes: Sequence[Change], trouble: datetime, now: datetime
    ) -> Iterator[Correlation]:
        processor = self._registry.by_name.get(incident.root)
        of_it = [each for each in changes if processor is not None and each.service == processor.service]
        if not of_it:
            return
        until = min(now, incident.resolved_at or now)
        first = (trouble - RUNS_BEFORE).astimezone(self._registry.zone).date()
        runs = self._runs(incident.root, first, until.astimezone(self._registry.zone).date(), now)
        for change in of_it:
            found = correlation(change, trouble, runs, until)
            if found is not None:
                yield found

    def _row(self, service: Service, seen: Seen, commits: Mapping[str, str]) -> ServiceRow:
        found = () if seen.deployed is None else tuple(drifts(self._registry, service, seen.deployed, commits))
        return ServiceRow(service, seen, found, rollback_target(seen))

    def _seen(self) -> dict[str, Seen]:
        return {} if self._state is None else self._state.deploys.seen()


def revisions_in(state: State) -> Callable[[Iterable[str]], Mapping[str, str]]:
    """The revision that services run, as it was read last; those alone of which it is known."""

    def revisions(services: Iterable[str]) -> dict[str, str]:
        seen = state.deploys.seen()
        found = ((name, seen[name].deployed) for name in services if name in seen)
        return {name: deployed.current.name for name, deployed in found if deployed is not None and deployed.current}

    return revisions


class DeployReader:
    """Reads the services of the registry now and then."""

    def __init__(self, state: State, cloud_run: CloudRun, registry: Registry, now: Clock) -> None:
        self._state, self._cloud_run, self._registry, self._now = state, cloud_run, registry, now

    def look(self) -> None:
        """Those that were not tried lately."""
        seen = self._state.deploys.seen()
        for service in filter(asked_of_cloud_run, self._registry.services):
            known = seen.get(service.name, Seen(service.name))
            tried = known.tried_at
            if tried is None or not timedelta() <= self._now() - tried < READ_EVERY:
                self._read(service, known)

    def fresh(self, service: Service) -> Seen:
        """As it is now, whenever it was read last."""
        return self._read(service, self._state.deploys.seen().get(service.name, Seen(service.name)))

    def _read(self, service: Service, before: Seen) -> Seen:
        """Stored, too."""
        try:
            after = read(before, self._cloud_run.service(place_of(service)), self._now())
        except CloudRunError as error:
            after = unread(before, error.reason, error.remedy, self._now())
        except BadInput as error:
            after = unread(before, str(error), "", self._now())
        _log(before, after)
        with self._state.transaction() as tx:
            tx.deploys.put(after)
        return after


def _log(before: Seen, after: Seen) -> None:
    if after.trouble and after.trouble != before.trouble:
        log.warning("%s cannot be read: %s", after.service, after.trouble)
    if before.trouble and not after.trouble:
        log.info("%s can be read again", after.service)
    if after.served and before.served and after.served[0] != before.served[0]:
        log.info("%s: all traffic goes to %s now", after.service, after.served[0].revision)
