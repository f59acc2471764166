"""How a command ends: with its own code, whatever its threads are doing."""

import subprocess
import sys

import pytest

AT_WORK = """
import sys, threading, time
import duckdb
from bot.cli import app, main

def busy() -> None:
    connection = duckdb.connect()
    while True:  # each lets Python's lock go, and takes it again in C++
        connection.execute("SELECT count(*) FROM range(200000)").fetchall()

def command() -> None:
    for _ in range(4):
        threading.Thread(target=busy, daemon=True).start()
    time.sleep(0.3)
    print("done")
    raise SystemExit(CODE)

app.main = command
sys.argv = ["fireline", "query"]
main.main()
"""


@pytest.mark.parametrize("code", ["0", "3", "None"])
def test_a_command_ends_with_its_own_code_though_a_thread_is_at_work_in_cpp(code: str) -> None:
    program = [sys.executable, "-c", AT_WORK.replace("CODE", code)]
    for _ in range(3):
        ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0 if code == "None" else int(code), "done\n", "")
