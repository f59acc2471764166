"""What is imported before the first answer: what is slow or not for it waits until it is asked for."""

import subprocess
import sys
import threading
from pathlib import Path
from socket import AF_UNIX, socket
from tempfile import TemporaryDirectory

from tests.house.project import ROOT

STARTED = "bot.cli.app, bot.bootstrap, bot.cli.local_api, bot.config.slack_tokens, bot.slack.serving"
LATER = ("sandbox", "fsspec", "google", "grpc", "pyarrow", "resvg_py", "rich", "sqlglot")
"""What draws comes with the first picture, Google's clients with a warehouse on BigQuery, sqlglot with a new query."""
SLOW = ("asyncio", "dataclasses", "duckdb", "http", "pydantic", "rich", "shutil", "sqlglot", "typer", "yaml")
"""A question that a running process answers needs none of them."""
HERE = (
    *("aiohttp", "alembic", "slack_bolt", "slack_sdk", "sqlalchemy", "sqlglot", "typer"),
    *("bot.adapters.warehouse.loading", "bot.bootstrap", "bot.ports.state", "bot.source_adapters"),
)
"""Nor an answer from the warehouse itself, over SQL that was translated before, any of these; what serves Slack, loads,
or reads sources is for others."""


def python(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_nothing_slow_is_imported_at_the_start() -> None:
    assert python(f"import sys, {STARTED}; print([name for name in {LATER!r} if name in sys.modules])") == "[]"


def test_a_running_process_is_asked_before_anything_slow_is_imported() -> None:
    asking = (
        f"import sys; from bot.cli.main import main; main(); print([one for one in {SLOW!r} if one in sys.modules])"
    )
    with TemporaryDirectory(prefix="fl-") as home, socket(AF_UNIX) as server:
        server.bind(f"{home}/fireline.sock")
        server.listen()

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b'HTTP/1.0 200 OK\r\n\r\n{"text": "GREEN "}')

        threading.Thread(target=answer, daemon=True).start()
        assert python(asking, "health", "--home", home) == "GREEN []"


def test_without_one_only_the_warehouse_is_opened(tmp_path: Path) -> None:
    example = str(ROOT / "docs/example")
    for arguments in (["load", example], ["health"]):
        python("from bot.cli.main import main; main()", *arguments, "--home", str(tmp_path))
    asking = (
        f"import sys; from bot.cli.main import main; main(); print([one for one in {HERE!r} if one in sys.modules])"
    )
    assert python(asking, "health", "--home", str(tmp_path)).splitlines()[-1] == "[]"


def test_a_database_of_this_release_is_opened_without_alembic(tmp_path: Path) -> None:
    """It takes 9 MB, which a process that runs for weeks would hold."""
    opening = (
        "import sys; from pathlib import Path; from bot.adapters.state.database import open_engine;"
        "from bot.adapters.state.migrate import check, migrate;"
        "engine = open_engine(Path(sys.argv[1])); migrate(engine); check(engine); print('alembic' in sys.modules)"
    )
    assert [python(opening, str(tmp_path / "state.db")) for _ in range(2)] == ["True", "False"]
