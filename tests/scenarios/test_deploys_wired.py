"""As a process is wired: Cloud Run is read by its lane, and what was approved is done by another."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.bootstrap import app_services
from bot.config.settings import Settings
from bot.deploying import operating_over
from bot.domain.access import Actor, Way
from bot.domain.operations.operation import Kind, Operation, Stage, Wanted
from bot.domain.platform.registry import Control, Processor, Registry, Service, ServiceRequest
from bot.domain.reprocessing.repair import Person
from bot.scheduler import deploy_lanes
from bot.services.loading import LoadingService
from bot.services.operations import Hand
from bot.state_adapters import state
from tests.support.builders import NOW, RULES, warehouse
from tests.support.cloud_run import PROJECT, RAW, REGION, cloud_run
from tests.support.service_endpoints import BODY, team_service
from tests.support.slack_bench import WORLD

FLEET = Registry(
    processors=(Processor(name="Box", bigquery_table="raw.box", service=RAW.name),),
    services=(Service(name=RAW.name, project=PROJECT, region=REGION),),
)
CLEARING = ServiceRequest(path="/clear", body=BODY)


def test_a_service_is_read_and_restarted_by_the_lanes(tmp_path: Path) -> None:
    opened = warehouse()
    loading = LoadingService(opened, RULES)
    loading.load(WORLD.write(tmp_path / "data"), FLEET, NOW, lambda _step, _rows: None)
    with cloud_run() as bench:
        settings = Settings(home=tmp_path, cloud_run=bench.server.address)
        with state(settings) as store:
            services = app_services(opened, settings, lambda: NOW, store)
            reading, operating = deploy_lanes(services, lambda: True)
            reading.work()
            [row] = services.deploys.of("", NOW).rows
            assert row.seen.deployed is not None
            assert services.repairs.plans is not None
            ana = Actor("ana", "Ana", Way.TERMINAL)
            shown = services.operations.propose(Hand(Kind.RESTART, RAW.name), ana, NOW)
            services.operations.ask(shown.id, ana, NOW)
            operating.work()
            operating.work()
            done = services.operations.get(shown.id)
            assert done.stage is Stage.DONE
            assert done.said.startswith("revision 4 serves; its health is not asked: the registry names no address")
            assert bench.client.service(RAW).revisions[0].request == shown.request
            off = app_services(opened, Settings(home=tmp_path), lambda: NOW, store)
            assert [lane.name for lane in deploy_lanes(off, lambda: True)] == ["operations"]
    opened.close()


def test_a_marker_is_cleared_over_http(tmp_path: Path) -> None:
    """By its own request of the registry, not by the one that starts a run; a refusal is no success."""
    settings = Settings(home=tmp_path)
    with closing(warehouse()) as opened, team_service() as place, state(settings) as store:
        LoadingService(opened, RULES).load(WORLD.write(tmp_path / "data"), FLEET, NOW, lambda _step, _rows: None)
        fleet = Registry(services=(place.service(clear_request=CLEARING, control=Control.HTTP),))
        services = replace(app_services(opened, settings, lambda: NOW, store), registry=fleet)
        operating = operating_over(settings, store, services)

        def cleared(name: str) -> Operation:
            wanted = Wanted(kind=Kind.CLEAR_MARKER, service="raw", processor="Box", data_date=NOW.date())
            by = Person("terminal:ana", "Ana")
            with store.transaction() as tx:
                tx.deploys.add(
                    Operation(id=name, wanted=wanted, asked_by=by, asked_at=NOW, request=name, stage=Stage.DUE)
                )
            operating.look()
            operating.look()
            found = store.deploys.operation(name)
            assert found is not None
            return found

        assert cleared("O1").stage is Stage.DONE
        [made] = place.asked
        assert (made.path, made.said()) == ("/clear", {"processor": "Box", "date": f"{NOW:%Y-%m-%d}"})
        assert made.headers["X-Request-Id"] == "O1"
        place.fault = 404
        refused = cleared("O2")
        assert (refused.stage, "raw refuses it" in refused.said) == (Stage.FAILED, True), refused.said
