"""App Home: health at a glance."""

from collections.abc import Sequence
from typing import Any

from bot.domain.gate.silences import Standing
from bot.domain.health.model import HealthReport, HealthRequest
from bot.domain.oncall.overview import Turn
from bot.views import action_ids, health, oncall, silence_words
from bot.views.blocks import SECTION_TEXT, actions, button, context, divider, header, home, section
from bot.views.incident import SLACK
from bot.views.text import cut, escape


def glance(
    report: HealthReport,
    workspace: str = "",
    on_call: Sequence[Turn] = (),
    silenced: Sequence[Standing] = (),
    pinned: Sequence[str] = (),
) -> dict[str, Any]:
    """The overview of /health, without its fine print, who is on call, what is silenced, and what to do next."""
    overview = health.card(report, HealthRequest(days=report.window.days), workspace)
    body = [block for block in overview.blocks if block["type"] != "actions"]
    tools = actions([button("Refresh", action_ids.HOME_REFRESH, "home")])
    people = [context(oncall.line(on_call))] if on_call else []
    people += [context(f":pushpin: {escape(line)}") for line in pinned]
    people += [context(silence_words.short(silenced, SLACK))] if silenced else []
    return home([*body, *people, tools, divider(), *_hints()])


def small(report: HealthReport) -> dict[str, Any]:
    """Where Slack does not take the whole: the colour, and the way to the rest."""
    first = health.card(report, HealthRequest(days=report.window.days)).text.partition("\n")[0]
    tools = actions([button("Try again", action_ids.HOME_REFRESH, "home")])
    said = "Slack did not take the whole view: `/health` in any channel shows it."
    return home([header("Pipeline health"), section(cut(first, SECTION_TEXT)), section(said), tools])


def unavailable(reason: str) -> dict[str, Any]:
    tools = actions([button("Try again", action_ids.HOME_REFRESH, "home")])
    return home([header("Pipeline health"), section(escape(reason)), tools, divider(), *_hints()])


def _hints() -> list[dict[str, Any]]:
    return [context("Type `/health` in any channel for details, `/health help` for what can be asked.")]
