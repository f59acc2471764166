"""Write 30 days of history: `python -m sandbox.pipeline REGISTRY DIRECTORY END [SEED]`. A process of its own gives
its memory back.
"""

import sys
from datetime import datetime
from pathlib import Path

import yaml

from sandbox.pipeline.history import write_history
from sandbox.pipeline.synthetic import complete


def main(registry: str, directory: str, end: str, seed: str = "1") -> None:
    known = yaml.safe_load(Path(registry).read_text(encoding="utf-8"))
    written = write_history(Path(directory), complete(known), datetime.fromisoformat(end), seed=int(seed))
    print(f"{written.runs:,} runs, {written.table_loads:,} table loads, {written.raw_files:,} raw files")


if __name__ == "__main__":
    main(*sys.argv[1:])
