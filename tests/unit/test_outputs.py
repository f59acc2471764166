"""Where commands write: a file whole, links followed, modes kept, pipes and devices written into."""

import os
import stat
import threading
from pathlib import Path

import pytest

from bot.cli.outputs import check_writable, write_output
from bot.domain.errors import BadInput


def test_a_new_file_and_one_that_is_there(tmp_path: Path) -> None:
    for text in (b"one", b"two"):
        write_output(tmp_path / "out", text)
        assert (tmp_path / "out").read_bytes() == text
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_private_file_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.touch(mode=0o600)
    write_output(private, b"secret")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    write_output(tmp_path / "link", b"text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"text"


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"x" * 200_000)
    reader.join()
    assert got == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_the_descriptor_of_an_open_file_is_written_into(tmp_path: Path) -> None:
    """As /dev/stdout is after `> FILE`: whoever has the file open sees what is written."""
    with (tmp_path / "log").open("wb+") as stream:
        write_output(Path(f"/dev/fd/{stream.fileno()}"), b"text")
        stream.seek(0)
        assert stream.read() == b"text"


@pytest.mark.parametrize("where", ["/dev/full", "folder", "nowhere/file"])
def test_what_cannot_be_written_is_said_in_words(tmp_path: Path, where: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        write_output(tmp_path / where, b"text")
    assert not list((tmp_path / "folder").iterdir())


@pytest.mark.parametrize(("where", "said"), [("folder", "is a directory"), ("nowhere/file", "there is no directory")])
def test_a_place_that_cannot_be_is_refused_before_the_work(tmp_path: Path, where: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match=said):
        check_writable(tmp_path / where)
    check_writable(tmp_path / "folder" / "new")
    check_writable(Path("-"))
