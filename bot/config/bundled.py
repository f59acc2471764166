"""Files that come with the product: packed into the wheel below `bot/bundled`, else those of the repository."""

from pathlib import Path

PACKED = Path(__file__).resolve().parents[1] / "bundled"
REPOSITORY = PACKED.parents[1]


def bundled(name: str) -> Path:
    """Where `name`, a path from the root of the repository, stands on this machine."""
    packed = PACKED / name
    return packed if packed.exists() else REPOSITORY / name
