"""Files that commands write where they are asked to: a regular file whole or not at all, anything else as it is."""

import os
import stat
from pathlib import Path

from bot.domain.errors import BadInput, reason_of

STANDARD_OUTPUT = Path("-")
_DESCRIPTORS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


def check_writable(path: Path) -> None:
    """Before long work. Raises BadInput for a place that can hold no file."""
    if path == STANDARD_OUTPUT:
        return
    if path.is_dir():
        raise BadInput(f"{path} is a directory. Name a file in it.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise BadInput(f"{path} cannot be written: there is no directory {folder}. Create it first.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise BadInput(f"{path} cannot be written: no permission. Name another file.")


def write_output(path: Path, content: bytes) -> None:
    """`-` is standard output. Links are followed, a file keeps its mode, and pipes and devices are written into.
    Raises BadInput for a file that cannot be written.
    """
    try:
        if path == STANDARD_OUTPUT:
            _write_all(1, content)
        elif _is_replaceable(path):
            _replace(path.resolve(), content)
        else:
            _write_into(path, content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {reason_of(error)}.") from error


def _is_replaceable(path: Path) -> bool:
    """A regular file or none yet, in a folder that takes another; not one that somebody else has opened for us."""
    if str(path).startswith(_DESCRIPTORS):
        return False
    target = path.resolve()
    return (not target.exists() or target.is_file()) and os.access(target.parent, os.W_OK)


def _replace(target: Path, content: bytes) -> None:
    """Written next to its place first, then moved there in one step."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        if target.exists():
            partial.chmod(stat.S_IMODE(target.stat().st_mode))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_into(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | (os.O_TRUNC if path.is_file() else 0))
    try:
        _write_all(opened, content)
    finally:
        os.close(opened)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
