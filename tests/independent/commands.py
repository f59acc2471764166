"""The command line as a person uses it, in this process (a subprocess starts in about half a second)."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from bot.cli.app import app


def fireline(*arguments: str, home: Path | None = None) -> Result:
    environment = {"FIRELINE_HOME": str(home)} if home is not None else {}
    return CliRunner().invoke(app, list(arguments), env=environment)


def health(home: Path, *arguments: str) -> Any:
    """The JSON of `fireline health`."""
    result = fireline("health", "--json", *arguments, home=home)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
