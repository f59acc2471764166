"""Workspaces in which the app cannot see what it has told: for what must be told all the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.slack.messages import Messages
from sandbox.slack.server import Workspace

LOOKING = ("conversations.history", "conversations.replies")


class Bare(Messages):
    """Shows messages without their metadata."""

    def history(self, *args: Any, **options: Any) -> Any:
        return super().history(*args, **{**options, "metadata": False})

    def replies(self, *args: Any, **options: Any) -> Any:
        return super().replies(*args, **{**options, "metadata": False})


def without_metadata(made: Workspace) -> None:
    made.core.messages = Bare(made.core.store)


def without_scope(made: Workspace) -> None:
    drop_scopes(made, "channels:history", "groups:history")


def without_methods(made: Workspace) -> None:
    for method in LOOKING:
        made.core.faults.add("error", method=method, error="unknown_method", count=None)


def without_pages(made: Workspace) -> None:
    for method in LOOKING:
        made.core.faults.add("status", method=method, status=404, count=None)


def drop_scopes(made: Workspace, *names: str) -> None:
    """As an app that was installed from an older manifest."""
    made.core.app = replace(made.core.app, scopes=made.core.app.scopes - frozenset(names))


HANDICAPS: dict[str, tuple[Callable[[Workspace], None], str]] = {
    "no metadata": (without_metadata, "conversations.history shows no message metadata"),
    "no scope": (without_scope, "Slack refused conversations.history (missing_scope). Add the scope channels:history"),
    "unknown methods": (without_methods, "Slack refused conversations.history (unknown_method)"),
    "HTTP 404": (without_pages, "Slack refused conversations.history (HTTP status 404)"),
}
"""What to do to a workspace, and what the log says of it once."""
