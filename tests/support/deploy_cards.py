"""Messages about what is deployed, and the modal of an incident after a deployment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.deploys.correlation import changes_before, correlation
from bot.domain.deploys.overview import DeployEvidence, Deployments
from bot.domain.deploys.seen import Seen, unread
from bot.domain.findings.hands import Hand, Offer
from bot.domain.incidents.evidence import IncidentEvidence
from bot.domain.operations.operation import Kind, approved, asked, withdrawn
from bot.domain.platform.registry import Registry, Service
from bot.domain.reprocessing.repair import Circuit
from bot.ports.fakes.state import FakeState
from bot.services.deploys import DeploysService
from bot.views import deploys, hands, incident_evidence, operations
from bot.views.blocks import Card
from tests.support import notices
from tests.support.deploys import ANA, BEN, FLEET, NOW, RAW, deployed, operation, pinned, revision, runs, seen

TO_MIGRATE = (
    Service(name="self_heal", generation=1, priority="P0"),
    Service(name="news_fetcher", generation=1, priority="P3"),
)
EXPECTS = RAW.model_copy(update={"expected_timeout_seconds": 1_800.0})
SERVICES = Registry(processors=FLEET.processors, services=(EXPECTS, *FLEET.services[1:], *TO_MIGRATE))
DENIED = "Cloud Run does not let Fireline read analytics: <denied> & *more*"
GRANT = "Run `gcloud projects add-iam-policy-binding nba --member=user:WHO@EXAMPLE.COM --role=roles/run.viewer`"


def overview(*known: Seen, off: str = "") -> Deployments:
    state = FakeState()
    with state.transaction() as tx:
        for each in known:
            tx.deploys.put(each)
    return DeploysService(state, SERVICES, lambda *_: (), off).of("", NOW)


def one(given: Seen) -> Card:
    found = overview(given)
    return deploys.card(replace(found, rows=found.rows[:1], first_generation=()), single=True)


def messages() -> dict[str, Card]:
    refused = unread(Seen("analytics"), DENIED, GRANT, NOW - timedelta(minutes=5))
    old = unread(replace(seen(), read_at=NOW - timedelta(hours=2)), "Cloud Run gives no answer", "", NOW)
    return {
        "deploys": deploys.card(overview(seen(), refused)),
        "deploys_off": deploys.card(overview(off="Cloud Run is not asked here: set FIRELINE_CLOUD_RUN=google.")),
        "deploys_old": one(old),
        "deploys_pinned": one(seen(deployed(traffic=pinned("raw-00002-abc")))),
    }


def modals() -> dict[str, dict[str, Any]]:
    evidence = IncidentEvidence(notices.incident(), (), (), 0, (), (), NOW)
    lower = seen(deployed(revision(42, 2, timeout=600), revision(41, 48, timeout=1_800)))
    trouble = evidence.incident.headline.seen_since
    shift = trouble - (NOW - timedelta(hours=2)) - timedelta(minutes=41)
    moved = seen(deployed(*_moved(lower, shift)))
    changes = tuple(changes_before([moved], trouble))
    history = [*runs(212, 0, trouble - timedelta(days=1)), *runs(0, 3, trouble)]
    found = correlation(changes[0], trouble, history, trouble + timedelta(hours=1))
    assert found is not None
    offers = (Offer(Hand.RERUN, "Gamebook", NOW.date()), Offer(Hand.FALLBACK, "StandIn", NOW.date()))
    more = (Offer(Hand.RESTART, "raw"), Offer(Hand.OPEN_CIRCUIT, "Gamebook"))
    return {
        "evidence_hands": incident_evidence.shown(evidence, offers=(*offers, *more)),
        "evidence_by_hand": incident_evidence.shown(evidence, offers=(Offer(Hand.BY_HAND),)),
        "evidence_deployed": incident_evidence.shown(evidence, DeployEvidence(changes, (found,))),
    }


def _moved(given: Seen, by: timedelta) -> list[Any]:
    assert given.deployed is not None
    return [replace(each, created_at=each.created_at + by) for each in given.deployed.revisions]


def operations_shown() -> dict[str, Card]:
    circuit = Circuit(processor="Gamebook", opened_at=NOW, opened_by="Ana", because="it <loops>")
    given = replace(operation(), found=("no repair runs on it", "revision 2 served before & is <ready>"))
    waiting = asked(given, ANA, NOW)
    return {
        "operation_preview": operations.preview(given),
        "operation_restart": operations.preview(operation(Kind.RESTART)),
        "operation_waiting": operations.waiting(waiting),
        "operation_approved": operations.under_way(approved(waiting, BEN, given.wanted.hash, NOW)),
        "operation_withdrawn": operations.withdrawn(withdrawn(waiting, BEN, NOW)),
        "operation_asked": operations.asked(waiting),
        "circuit_opened": hands.circuit_opened(circuit),
        "circuit_closed": hands.circuit_closed("Gamebook", "Ben"),
        "deploys_waiting": deploys.card(replace(overview(seen()), first_generation=()), single=True, waiting=[waiting]),
        "deploys_job": deploys.card(
            replace(overview(), rows=(), first_generation=(), jobs=(Service(name="clean-up", maintenance=True),)),
            single=True,
        ),
    }
