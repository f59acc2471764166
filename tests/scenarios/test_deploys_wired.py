"""As a process is wired: Cloud Run is read by its lane, and what was approved is done by another."""

from pathlib import Path

from bot.bootstrap import app_services
from bot.config.settings import Settings
from bot.domain.access import Actor, Way
from bot.domain.operations.operation import Kind, Stage
from bot.domain.platform.registry import Processor, Registry, Service
from bot.scheduler import deploy_lanes
from bot.services.loading import LoadingService
from bot.services.operations import Hand
from bot.state_adapters import state
from tests.support.builders import NOW, RULES, warehouse
from tests.support.cloud_run import PROJECT, RAW, REGION, cloud_run
from tests.support.slack_bench import WORLD

FLEET = Registry(
    processors=(Processor(name="Box", bigquery_table="raw.box", service=RAW.name),),
    services=(Service(name=RAW.name, project=PROJECT, region=REGION),),
)


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
