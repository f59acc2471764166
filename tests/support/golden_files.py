"""Golden files: what the views make, as JSON; rewritten when FIRELINE_UPDATE_GOLDEN=1."""

import json
import os
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
REWRITE = "FIRELINE_UPDATE_GOLDEN"


def check(name: str, value: Any) -> None:
    """Compare with `golden/NAME.json`; the difference is shown line by line."""
    path = GOLDEN / f"{name}.json"
    made = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get(REWRITE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.exists(), f"there is no golden file {path.name}; look at what is made, then run with {REWRITE}=1"
    assert made.splitlines() == path.read_text(encoding="utf-8").splitlines()
