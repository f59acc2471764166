"""The small file that a restart goes on from: how the world was made, and every command given since."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.pipeline.commands import Command

FILE_NAME = "simulation.json"


@dataclass(frozen=True, slots=True)
class Saved:
    """`end` of the history and `advanced_to` in epoch seconds."""

    seed: int
    days: int
    end: int
    advanced_to: int
    commands: tuple[Command, ...] = ()

    def write(self, directory: Path) -> None:
        """Replace the file whole, or leave it as it was."""
        path = directory / FILE_NAME
        scratch = path.with_suffix(".tmp")
        stored = {**asdict(self), "commands": [command.as_json() for command in self.commands]}
        scratch.write_text(json.dumps(stored, indent=1), encoding="utf-8")
        os.replace(scratch, path)

    @classmethod
    def read(cls, directory: Path) -> "Saved":
        """Raises FileNotFoundError when the directory holds no simulated history."""
        path = directory / FILE_NAME
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: write_history() makes a directory to go on from")
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**stored, "commands": tuple(map(Command.from_json, stored["commands"]))})
