"""What is kept in git is small and readable: text, PNG pictures, and the fonts of charts."""

import os

from tests.house.project import named, tracked

MOST_BYTES = 300_000
BINARY = {".png": b"\x89PNG\r\n\x1a\n", ".ttf": b"\0\1\0\0"}
"""How such a file begins."""
LOCAL = (".venv", "var/", "__pycache__", ".env", ".egg-info", "node_modules")


def test_files_are_small() -> None:
    assert {named(path): size for path in tracked() if (size := path.stat().st_size) > MOST_BYTES} == {}


def test_only_pictures_and_fonts_are_binary() -> None:
    binary = {path: content for path in tracked() if b"\0" in (content := path.read_bytes())}
    known = {
        path for path, content in binary.items() if path.suffix in BINARY and content.startswith(BINARY[path.suffix])
    }
    assert [named(path) for path in binary.keys() - known] == []
    assert [named(path) for path in known if path.suffix == ".ttf" and path.parent.name != "fonts"] == []


def test_text_is_utf8_with_unix_line_ends() -> None:
    texts = {named(path): path.read_bytes() for path in tracked() if path.suffix not in BINARY}
    assert [name for name, content in texts.items() if b"\r\n" in content] == []
    for content in texts.values():
        content.decode("utf-8")


def test_no_local_state_is_tracked() -> None:
    assert [named(path) for path in tracked() if any(part in named(path) for part in LOCAL)] == []


def test_what_ci_calls_can_be_executed() -> None:
    assert [named(path) for path in tracked() if named(path) == ".ci/run" and not os.access(path, os.X_OK)] == []
