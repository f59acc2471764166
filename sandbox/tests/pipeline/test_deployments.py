"""What is deployed and what breaks hang together: a broken deploy ends with its rollback, and comes back with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.cloud import run_v2
from google.cloud.run_v2 import TrafficTarget
from google.cloud.run_v2 import TrafficTargetAllocationType as Kind

from sandbox.cloud_run.deployments import BROKEN_DEPLOY, REPAIRED_AFTER, Deployments
from sandbox.pipeline.faults import Fault
from sandbox.tests.pipeline.bench import Bench

BROKEN, SERVICE = "BdlBoxscoresProcessor", "nba-phase2-raw-processors"
MINUTE = timedelta(minutes=1)


class Deployed:
    """A pipeline, what is deployed of it, and the hands of who shifts traffic."""

    def __init__(self, bench: Bench, registry: dict[str, Any]) -> None:
        self.bench, self.registry = bench, registry
        self.here = Deployments(bench.pipeline, bench.directory, registry, bench.now)

    @property
    def service(self) -> run_v2.Service:
        [found] = [each for name, each in self.here.world.services.items() if name.endswith(f"/{SERVICE}")]
        return found

    @property
    def made(self) -> list[run_v2.Revision]:
        return self.here.world.revisions[self.service.name]

    @property
    def broken(self) -> list[Fault]:
        return [each for each in self.bench.pipeline.faults if each.name == BROKEN_DEPLOY and each.end is None]

    def pass_by(self, span: timedelta = MINUTE) -> None:
        self.bench.advance(self.bench.now + span)
        self.here.follow(self.bench.now)

    def to(self, revision: run_v2.Revision | None) -> None:
        """All traffic to that one; None: to the newest."""
        if revision is None:
            target = TrafficTarget(type_=Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, percent=100)
        else:
            name = revision.name.rpartition("/")[2]
            target = TrafficTarget(type_=Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION, revision=name, percent=100)
        asked = run_v2.Service(name=self.service.name, traffic=[target])
        self.here.world.update(asked, {"traffic"})


@pytest.fixture
def deployed(bench: Callable[[], Bench], registry: dict[str, Any]) -> Deployed:
    return Deployed(bench(), registry)


def test_a_broken_deploy_is_a_revision_until_its_code_is_put_right(deployed: Deployed) -> None:
    assert len(deployed.made) == 2
    fault = deployed.bench.pipeline.inject(BROKEN_DEPLOY, deployed.bench.now, BROKEN)
    deployed.pass_by()
    deployed.pass_by()
    assert len(deployed.made) == 3
    assert deployed.made[0].create_time == deployed.bench.start, "the runs that it breaks begin after it"
    deployed.bench.pipeline.heal(fault.id, deployed.bench.now)
    deployed.pass_by()
    deployed.pass_by()
    assert len(deployed.made) == 4
    assert deployed.broken == []


def test_a_rollback_ends_it_and_a_release_before_the_repair_brings_it_back(deployed: Deployed) -> None:
    deployed.bench.pipeline.inject(BROKEN_DEPLOY, deployed.bench.now, BROKEN)
    deployed.pass_by()
    before = deployed.made[1]
    for _ in range(2):
        assert len(deployed.broken) == 1
        deployed.to(before)
        deployed.pass_by()
        assert deployed.broken == []
        deployed.to(None)
        deployed.pass_by()
    deployed.to(before)
    deployed.pass_by()
    deployed.pass_by(REPAIRED_AFTER)
    assert len(deployed.made) == 4
    deployed.to(None)
    deployed.pass_by()
    assert deployed.broken == []


def test_what_is_deployed_is_there_again_after_a_restart(deployed: Deployed) -> None:
    deployed.bench.pipeline.inject(BROKEN_DEPLOY, deployed.bench.now, BROKEN)
    deployed.pass_by()
    deployed.to(deployed.made[1])
    deployed.pass_by()
    again = Deployed(deployed.bench, deployed.registry)
    assert again.made == deployed.made
    assert again.service == deployed.service
    again.here.world.deploy(again.service.name, "f" * 40)
    assert again.service.etag != deployed.service.etag
