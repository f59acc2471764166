"""`fireline demo` before it starts, and beside one that runs: its port, faults and their end."""

import asyncio
import shlex
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner

from bot.cli import demo as demo_command
from bot.cli.app import app
from bot.cli.demo_running import findable
from bot.cli.demo_world import welcome
from sandbox.slack.guard import guarded


class Panel:
    """Stands for the panel of a demo that runs."""

    def __init__(self) -> None:
        self.active: list[dict[str, Any]] = []

    def application(self) -> web.Application:
        made = web.Application(middlewares=[guarded])
        made.router.add_get("/sim/api/faults", self._list)
        made.router.add_post("/sim/api/faults", self._inject)
        made.router.add_delete("/sim/api/faults/{fault}", self._heal)
        return made

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": [], "active": self.active})

    async def _inject(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.active.append({"id": f"F{len(self.active)}", "processor": None, "date": "", **given})
        return web.json_response({"ok": True, "fault": self.active[-1]})

    async def _heal(self, request: web.Request) -> web.Response:
        self.active = [fault for fault in self.active if fault["id"] != request.match_info["fault"]]
        return web.json_response({"ok": True})


@contextmanager
def serving(panel: Panel) -> Iterator[int]:
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), list[int]()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(panel.application(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.append(runner.addresses[0][1])
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(start())
        loop.call_soon(ready.set)  # a stop before it runs for ever would be lost
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(5)
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def demo(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["demo", *arguments])
    return done.exit_code, done.output


def test_faults_go_into_a_demo_that_runs_and_heal_ends_them() -> None:
    panel = Panel()
    with serving(panel) as port:
        assert demo("--port", str(port), "--fault", "phase5_down", "--fault", "slow:Box")[0] == 0
        assert [fault["name"] for fault in panel.active] == ["phase5_down", "slow"]
        assert demo("--port", str(port), "--heal") == (0, "healed: phase5_down\nhealed: slow:Box\n")
        assert panel.active == []
        assert demo("--port", str(port), "--heal") == (0, "no fault is active\n")


def test_a_demo_is_found_by_its_home(tmp_path: Path) -> None:
    panel = Panel()
    with serving(panel) as port, findable(tmp_path, port):
        code, output = demo("--home", str(tmp_path), "--fault", "slow:Box")
        assert (code, output) == (0, f"injected: slow:Box (Box), into the demo on port {port}\n")
        assert demo("--home", str(tmp_path), "--heal") == (0, "healed: slow:Box\n")
    code, output = demo("--home", str(tmp_path), "--heal")
    assert (code, f"No demo runs with its state in {tmp_path}. Name its port" in output) == (1, True)


def test_the_usual_home_is_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRELINE_HOME", str(tmp_path))
    (tmp_path / "demo").mkdir()
    panel = Panel()
    with serving(panel) as port, findable(tmp_path / "demo", port):
        assert demo("--fault", "slow:Box")[0] == 0
    assert [fault["name"] for fault in panel.active] == ["slow"]


def test_without_a_home_a_fault_reaches_the_demo_on_the_usual_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was started in another folder, or with a home of its own."""
    monkeypatch.chdir(tmp_path)
    panel = Panel()
    with serving(panel) as port:
        monkeypatch.setattr(demo_command, "PORT", port)
        assert demo("--fault", "slow:Box") == (0, f"injected: slow:Box (Box), into the demo on port {port}\n")
        assert demo("--heal") == (0, "healed: slow:Box\n")
    assert not list(tmp_path.iterdir())


def test_a_second_demo_is_refused_with_the_command_for_the_first(tmp_path: Path) -> None:
    with serving(Panel()) as port:
        with findable(tmp_path, port):
            code, said = demo("--home", str(tmp_path), "--port", "0")
        assert (code, f"A demo runs with its state in {tmp_path}: http://127.0.0.1:{port}." in said) == (1, True), said
        code, said = demo("--home", str(tmp_path / "other"), "--port", str(port))
        assert (code, f"Port {port} cannot be used: another demo runs there." in said) == (1, True), said
        assert f"demo --port {port} --fault NAME, or start another with --port {port + 1}" in said
    assert not list(tmp_path.iterdir())


def test_the_commands_of_the_welcome_work_as_they_are_pasted(tmp_path: Path) -> None:
    panel, home = Panel(), tmp_path / "my demo"
    home.mkdir()
    with serving(panel) as port, findable(home, port):
        said = welcome(f"http://127.0.0.1:{port}", home)
        of_demo = [shlex.split(line.partition(" demo ")[2]) for line in said.splitlines() if " demo --" in line]
        for arguments, faults in zip(of_demo, [["phase5_down"], []], strict=True):
            assert demo(*arguments)[0] == 0
            assert [fault["name"] for fault in panel.active] == faults
    assert f"health --home '{home}'" in said


def test_another_server_on_the_usual_port_is_no_demo(tmp_path: Path) -> None:
    body = b"HTTP/1.0 200 OK\r\n\r\n<html>"
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        answering = threading.Thread(target=_answer_once, args=(server, body))
        answering.start()
        code, said = demo("--port", str(server.getsockname()[1]), "--heal", "--home", str(tmp_path))
        answering.join()
    assert (code, "No demo runs on port" in said) == (1, True)


def _answer_once(server: socket.socket, body: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(body)


def test_heal_says_what_to_pass_where_no_demo_answers(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        code, said = demo("--port", str(port), "--heal", "--home", str(tmp_path))
        assert code == 1
        assert f"No demo runs on port {port}. Name its port with --port or its state's folder with --home." in said
        with findable(tmp_path, port):  # as one that was killed has left it
            assert demo("--heal", "--home", str(tmp_path))[0] == 1


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--speed", "0"], "A speed of 0 makes no sense"),
        (["--fault", "phase6_down"], "There is no fault 'phase6_down'"),
        (["--fault", "slow:NoProcessor"], "name one registered processor, not 'NoProcessor'"),
    ],
)
def test_what_cannot_work_is_refused_before_any_history_is_written(
    arguments: list[str], refusal: str, tmp_path: Path
) -> None:
    code, output = demo("--port", "0", "--home", str(tmp_path), *arguments)
    assert (code, refusal in output) == (1, True), output
    assert not list(tmp_path.iterdir())


def test_a_speed_that_makes_no_sense_is_refused_beside_a_demo_that_runs(tmp_path: Path) -> None:
    panel = Panel()
    with serving(panel) as port:
        code, said = demo("--port", str(port), "--home", str(tmp_path), "--speed", "-1", "--fault", "slow")
    assert (code, "A speed of -1 makes no sense" in said) == (1, True)
    assert panel.active == []


def test_a_port_that_is_taken_is_refused_before_any_history_is_written(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        code, said = demo("--port", str(taken.getsockname()[1]), "--home", str(tmp_path))
    assert (code, "cannot be used (Address already in use)" in said) == (1, True)
    assert not list(tmp_path.iterdir())


def test_a_number_that_is_no_port_is_refused(tmp_path: Path) -> None:
    code, said = demo("--port", "99999", "--home", str(tmp_path))
    assert (code, "99999 is no port. Name one from 1 to 65535" in said) == (1, True)
