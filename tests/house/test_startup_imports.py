"""What `fireline run` imports before its first answer: what is slow or not for it waits until it is asked for."""

import subprocess
import sys

from tests.house.project import ROOT

STARTED = "bot.cli.app, bot.bootstrap, bot.cli.local_api, bot.config.slack_tokens, bot.slack.serving"
LATER = ("sandbox", "google", "grpc", "matplotlib", "numpy", "pyarrow", "rich", "sqlglot")
"""Charts are loaded once the app serves, Google's clients with a warehouse on BigQuery, sqlglot by a new query."""


def test_nothing_slow_is_imported_at_the_start() -> None:
    said = f"import sys, {STARTED}; print([name for name in {LATER!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
