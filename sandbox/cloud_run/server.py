"""A gRPC server of the calls that are made of Cloud Run: https://cloud.google.com/run/docs/reference/rpc."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud import run_v2
from google.longrunning.operations_pb2 import Operation
from google.protobuf.any_pb2 import Any as Packed

from sandbox.cloud_run.world import Refused, World

PATH = "google.cloud.run.v2"


@dataclass
class Faults:
    """`codes`: method -> the gRPC status that it answers with. `after`: methods that do what is asked, and then answer
    with that status. `hang`: methods that answer when `release` is set.
    """

    codes: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    release: threading.Event = field(default_factory=threading.Event)


class CloudRunServer:
    """`asked` are the methods that were called, in order."""

    def __init__(self, world: World | None = None) -> None:
        self.world, self.faults = world or World(), Faults()
        self.asked: list[str] = []
        self.address = ""

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        return [
            grpc.method_handlers_generic_handler(f"{PATH}.{service}", dict(self._methods(methods)))
            for service, methods in self._calls().items()
        ]

    def _calls(self) -> dict[str, dict[str, tuple[Any, Callable[[Any], Any]]]]:
        return {
            "Services": {
                "GetService": (run_v2.GetServiceRequest, lambda asked: self.world.service(asked.name)),
                "ListServices": (run_v2.ListServicesRequest, self._list_services),
                "UpdateService": (run_v2.UpdateServiceRequest, self._update_service),
            },
            "Revisions": {
                "ListRevisions": (run_v2.ListRevisionsRequest, self._list_revisions),
            },
            "Jobs": {"RunJob": (run_v2.RunJobRequest, self._run_job)},
            "Executions": {
                "ListExecutions": (run_v2.ListExecutionsRequest, self._list_executions),
                "CancelExecution": (
                    run_v2.CancelExecutionRequest,
                    lambda asked: _operation(self.world.cancel(asked.name), done=True),
                ),
            },
        }

    def _methods(
        self, methods: dict[str, tuple[Any, Callable[[Any], Any]]]
    ) -> Iterator[tuple[str, grpc.RpcMethodHandler]]:
        for name, (request, answer) in methods.items():
            yield (
                name,
                grpc.unary_unary_rpc_method_handler(
                    self._guarded(name, answer), request_deserializer=request.deserialize, response_serializer=_bytes
                ),
            )

    def _guarded(self, name: str, answer: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        def answered(asked: Any, context: grpc.ServicerContext) -> Any:
            self.asked.append(name)
            if name in self.faults.hang:
                self.faults.release.wait(60)
            if code := self.faults.codes.get(name):
                context.abort(grpc.StatusCode[code], f"{name} is {code.lower()}")
            try:
                found = answer(asked)
            except Refused as refused:
                context.abort(grpc.StatusCode[refused.code], str(refused))
            if code := self.faults.after.get(name):
                context.abort(grpc.StatusCode[code], f"{name} is {code.lower()}")
            return found

        return answered

    def _list_services(self, asked: Any) -> run_v2.ListServicesResponse:
        found = [each for name, each in sorted(self.world.services.items()) if name.startswith(f"{asked.parent}/")]
        return run_v2.ListServicesResponse(services=found)

    def _update_service(self, asked: Any) -> Operation:
        return _operation(self.world.update(asked.service, set(asked.update_mask.paths)), done=True)

    def _list_revisions(self, asked: Any) -> run_v2.ListRevisionsResponse:
        found, start = self.world.revisions.get(asked.parent, []), int(asked.page_token or 0)
        size = asked.page_size or 100
        more = str(start + size) if start + size < len(found) else ""
        return run_v2.ListRevisionsResponse(revisions=found[start : start + size], next_page_token=more)

    def _run_job(self, asked: Any) -> Operation:
        return _operation(self.world.run_job(asked.name, asked.overrides), done=False)

    def _list_executions(self, asked: Any) -> run_v2.ListExecutionsResponse:
        return run_v2.ListExecutionsResponse(executions=self.world.executions.get(asked.parent, []))


GOODBYE_S = 1
"""So long may calls end: a server that cancels them at once makes gRPC print a line of its own at each client."""


@contextmanager
def serving(world: World | None = None) -> Iterator[CloudRunServer]:
    """On a free port of this machine while the block runs."""
    found = CloudRunServer(world)
    with ThreadPoolExecutor(8) as pool:
        server = grpc.server(pool)
        server.add_generic_rpc_handlers(found.handlers())
        found.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        try:
            yield found
        finally:
            found.faults.release.set()
            server.stop(GOODBYE_S).wait()


def _operation(of: Any, *, done: bool) -> Operation:
    """Its metadata says what it is about, its response what came of it."""
    packed = Packed()
    packed.Pack(type(of).pb(of))
    operation = Operation(name="operations/1", done=done, metadata=packed)
    if done:
        operation.response.CopyFrom(packed)
    return operation


def _bytes(message: Any) -> bytes:
    packed = message.SerializeToString() if isinstance(message, Operation) else type(message).serialize(message)
    return bytes(packed)
