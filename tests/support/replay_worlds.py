"""Recorded worlds beside the project, where there are any: directories in the layout that `fireline load` reads."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WORLDS = sorted(path.parent for path in (PROJECT.parent / "shared" / "replay").glob("*/registry.yaml"))
