"""What is kept in git is small and readable: text, and PNG pictures."""

import os

from tests.house.project import named, tracked

MOST_BYTES = 300_000
PNG = b"\x89PNG\r\n\x1a\n"
LOCAL = (".venv", "var/", "__pycache__", ".env", ".egg-info", "node_modules")


def test_files_are_small() -> None:
    assert {named(path): size for path in tracked() if (size := path.stat().st_size) > MOST_BYTES} == {}


def test_only_pictures_are_binary() -> None:
    binary = [path for path in tracked() if b"\0" in path.read_bytes()]
    assert [named(path) for path in binary if path.suffix != ".png" or not path.read_bytes().startswith(PNG)] == []


def test_text_is_utf8_with_unix_line_ends() -> None:
    texts = {named(path): path.read_bytes() for path in tracked() if path.suffix != ".png"}
    assert [name for name, content in texts.items() if b"\r\n" in content] == []
    for content in texts.values():
        content.decode("utf-8")


def test_no_local_state_is_tracked() -> None:
    assert [named(path) for path in tracked() if any(part in named(path) for part in LOCAL)] == []


def test_what_ci_calls_can_be_executed() -> None:
    assert [named(path) for path in tracked() if named(path) == ".ci/run" and not os.access(path, os.X_OK)] == []
