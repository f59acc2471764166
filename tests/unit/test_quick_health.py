"""`fireline health` before the parser: what it takes for plain, the parser reads alike; the rest it leaves alone."""

import json
import threading
from dataclasses import fields
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import health as command
from bot.cli.health_answer import HealthQuestion
from bot.cli.local_client import ask
from bot.cli.quick_health import answered, parsed

TYPED = st.sampled_from(
    ["7", "0", "-7", "x", "", "٣", "999999999", "99999999999", "Box", "-", "--", "--json", "2026-01-01"]
)
NAMES = st.sampled_from(
    ["--days", "--phase", "--processor", "--as-of", "--home", "--all", "--json", "--help", "-x", "y"]
)
ARGUMENTS = st.lists(st.one_of(NAMES, TYPED, st.builds("{}={}".format, NAMES, TYPED)), max_size=6)


class Asked(Exception):
    """In place of the answer: what the parser made of the arguments."""


def as_the_parser_reads(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any] | None:
    seen: list[dict[str, Any]] = []
    app = typer.Typer(add_completion=False)
    app.command()(command.health)

    def here(question: HealthQuestion, home: Path | None) -> str:
        seen.append({**vars(question), "home": None if home is None else str(home)})
        return ""

    monkeypatch.setattr(command, "answer_here", here)
    monkeypatch.setattr(command, "ask_running", lambda *_: None)
    CliRunner().invoke(app, arguments)
    return {name: value for name, value in seen[0].items() if name not in ("width", "colour")} if seen else None


@given(ARGUMENTS)
def test_what_is_plain_means_the_same_to_the_parser(arguments: list[str]) -> None:
    plain = parsed(arguments)
    if plain is not None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            read = as_the_parser_reads(arguments, monkeypatch)
        home = plain["home"]
        assert read == {**plain, "home": None if home is None else str(Path(home))}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--days"], ["--days", "-7"], ["extra"], ["--al"], ["--phase", "two"]]
)
def test_the_rest_is_left_to_the_parser(arguments: list[str]) -> None:
    assert parsed(arguments) is None
    assert not answered(arguments)


def test_it_asks_what_the_service_understands() -> None:
    plain = parsed(["--all"]) or {}
    assert {*plain, "width", "colour"} - {"home"} == {field.name for field in fields(HealthQuestion)}


class Answering(BaseHTTPRequestHandler):
    """A running process: it answers with the question."""

    said = b'{"text": "well\\n"}'
    status = 200

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.said.replace(b"QUESTION", json.dumps(question.decode()).encode()))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


def running(home: Path, said: bytes, status: int = 200) -> UnixStreamServer:
    handler = type("Saying", (Answering,), {"said": said, "status": status, "client_address": ("", 0)})
    server = UnixStreamServer(str(home / "fireline.sock"), handler)
    threading.Thread(target=server.handle_request, daemon=True).start()
    return server


@pytest.fixture
def home() -> Any:
    with TemporaryDirectory(prefix="fl-") as folder:
        yield Path(folder)


def test_the_running_process_is_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(home, b'{"text": QUESTION}'):
        assert answered(["--phase", "2", "--json", "--home", str(home)])
    asked = json.loads(capsys.readouterr().out)
    assert (asked["phase"], asked["as_json"], asked["days"]) == (2, True, None)


def test_what_it_refuses_is_an_error(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(home, b'{"error": "There is no phase 9."}'), pytest.raises(SystemExit, match="1"):
        answered(["--phase", "9", "--home", str(home)])
    assert capsys.readouterr().err == "fireline: There is no phase 9.\n"


@pytest.mark.parametrize(("said", "status"), [(b"half an ans", 200), (b"{}", 500)])
def test_an_answer_that_makes_no_sense_is_an_error(home: Path, said: bytes, status: int) -> None:
    with running(home, said, status):
        answer = ask(home / "fireline.sock", "health", {}) or {}
    assert "Ask again, or look into its log" in answer["error"]


def test_without_a_process_it_answers_itself(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        answered(["--home", str(home)])
    assert "There is no run history" in capsys.readouterr().err
