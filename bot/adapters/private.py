"""What Fireline keeps is for its owner alone: folders that it makes, and files of data in any folder."""

from contextlib import suppress
from pathlib import Path


def make_folder(path: Path) -> None:
    """With what is above it. One that is there stays as open as its owner has made it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep(path: Path) -> None:
    with suppress(PermissionError):  # another's file, who may give and take rights
        path.chmod(0o600)
