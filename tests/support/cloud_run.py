"""The local Cloud Run with a service of three revisions and a job, and the real client that asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.adapters.cloud_run.client import GoogleCloudRun
from bot.domain.deploys.deployed import CloudPlace
from sandbox.cloud_run.server import CloudRunServer, serving
from sandbox.cloud_run.world import World

PROJECT, REGION = "nba-props-platform", "us-west2"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
RAW = CloudPlace(PROJECT, REGION, "nba-phase2-raw-processors")
CLEANUP = CloudPlace(PROJECT, REGION, "stale-running-cleanup")
PATIENT_S, IMPATIENT_S = 30.0, 0.3


def service_name(place: CloudPlace) -> str:
    return f"{PARENT}/services/{place.name}"


def job_name(place: CloudPlace) -> str:
    return f"{PARENT}/jobs/{place.name}"


@dataclass
class CloudRunBench:
    server: CloudRunServer
    client: GoogleCloudRun

    @property
    def world(self) -> World:
        return self.server.world

    def deploy(self, place: CloudPlace, commit: str, timeout: int = 600, ago: timedelta = timedelta(0)) -> str:
        return self.world.deploy(service_name(place), commit, timeout, ago=ago)


@contextmanager
def cloud_run(act_s: float = PATIENT_S, read_s: float = PATIENT_S) -> Iterator[CloudRunBench]:
    """So long the client waits for a change, and for an answer."""
    with serving() as server:
        client = GoogleCloudRun(server.address, read_s, act_s)
        bench = CloudRunBench(server, client)
        for commit, hours in (("1111111", 72), ("2222222", 48), ("3333333", 2)):
            bench.deploy(RAW, commit, ago=timedelta(hours=hours))
        server.world.executions[job_name(CLEANUP)] = []
        try:
            yield bench
        finally:
            client.close()
