"""A service as Cloud Run has it, for tests of what is said of it and done to it."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.deploys.deployed import LATEST, Deployed, Revision, Target
from bot.domain.deploys.seen import Seen, Served
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Category, Status
from bot.domain.operations.operation import Kind, Operation, Wanted
from bot.domain.platform.registry import Processor, Registry, Service
from bot.domain.reprocessing.repair import Person

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
ANA, BEN = Person("slack:U1", "Ana", "ana@example.com"), Person("slack:U2", "Ben", "ben@example.com")
RAW = Service(name="raw", project="nba", region="us-west2", address="https://raw.example.com", health_path="/health")
FLEET = Registry(
    processors=(Processor(name="Gamebook", service="raw"), Processor(name="Summary", service="analytics")),
    services=(RAW, Service(name="analytics", project="nba", region="us-west2")),
)


def revision(number: int, hours: float, timeout: int = 600, *, ready: bool | None = True) -> Revision:
    """Made so many hours ago."""
    made = NOW - timedelta(hours=hours)
    return Revision(f"raw-{number:05}-abc", made, ready, f"{number}" * 7, timeout)


def deployed(*revisions: Revision, traffic: tuple[Target, ...] = (Target(LATEST, 100),), etag: str = '"3"') -> Deployed:
    found = revisions or (revision(3, 2), revision(2, 48), revision(1, 72))
    latest = next((each.name for each in found if each.ready), "")
    return Deployed("raw", etag, "https://raw.run.app", found[0].created_at, "dev@example.com", latest, traffic, found)


def pinned(name: str) -> tuple[Target, ...]:
    return (Target(name, 100),)


def seen(given: Deployed | None = None, *served: Served) -> Seen:
    """Each revision was looked at while it served, unless `served` says otherwise."""
    found = given or deployed()
    each_in_turn = tuple(Served(each.name, each.created_at, NOW, ready=each.ready) for each in found.revisions)
    return Seen("raw", found, NOW, tried_at=NOW, served=served or each_in_turn)


def runs(ok: int, failed: int, since: datetime, category: Category = Category.TIMEOUT) -> list[RunSeen]:
    """A minute apart, the failed ones last."""
    return [
        RunSeen(
            run_id=f"{since}{at}",
            processor="Gamebook",
            data_date=date(2026, 1, 5),
            started_at=since + timedelta(minutes=at),
            ended_at=since + timedelta(minutes=at + 1),
            status=Status.SUCCESS if at < ok else Status.FAILED,
            recorded=None if at < ok else category,
            hinted=None,
            records=None,
            seconds=60.0,
            attempt=1,
            trigger="schedule",
            heartbeat_at=None,
            known_at=since + timedelta(minutes=at + 1),
        )
        for at in range(ok + failed)
    ]


def operation(kind: Kind = Kind.ROLLBACK, operation_id: str = "O1", service: str = "raw") -> Operation:
    wanted = Wanted(kind=kind, service=service, etag='"3"', was="raw-00003-abc", to="raw-00002-abc")
    return Operation(id=operation_id, wanted=wanted, asked_by=ANA, asked_at=NOW, request="request-1", found=("ready",))
