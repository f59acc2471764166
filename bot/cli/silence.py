"""`fireline silence` and `fireline window`: a preview, setting it, those that hold, and their end."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.incident import By, login_name
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from bot.domain.gate.silences import Kind, SilencePreview, Standing
    from bot.services.silences import SilenceService
    from handlers.questions import Questions

silence = typer.Typer(help="What is silenced: a preview first, a reason, an end.", no_args_is_help=True)
window = typer.Typer(help="Backfills and maintenance planned ahead: notifications are held.", no_args_is_help=True)


@dataclass(frozen=True)
class SilenceQuestion:
    """`text` as after `/silence`, or `/window`, as `kind` says; `yes`: set what is previewed; `by` is who asks."""

    text: str
    by: str
    yes: bool = False
    as_json: bool = False
    kind: str = "silence"


@silence.command(name="set")
def set_(
    target: Annotated[str, typer.Argument(help="A processor, or 'phase 2'.", show_default=False)],
    length: Annotated[str, typer.Argument(help="30m, 2h or 3d; 7 days at most.", show_default=False)],
    reason: Annotated[str, typer.Argument(help="Why.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Set it; else only its preview is shown.")] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show what it would have hidden in the last 7 days; with --yes set it."""
    _ask(home, SilenceQuestion(f"{target} {length} {reason}", by or login_name(), yes, as_json))


@window.command()
def plan(
    target: Annotated[str, typer.Argument(help="A processor, 'phase 2' or all.", show_default=False)],
    when: Annotated[
        str,
        typer.Argument(help="2026-01-20T03:00..2026-01-20T05:00 (UTC), or 2h from now.", show_default=False),
    ],
    reason: Annotated[str, typer.Argument(help="Why.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Plan it; else only its preview is shown.")] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show what it would have hidden in the last 7 days; with --yes plan it."""
    asked = SilenceQuestion(f"{target} {when} {reason}", by or login_name(), yes, as_json, kind="window")
    _ask(home, asked)


@window.command(name="list")
def list_windows(as_json: AsJson = False, home: Home = None) -> None:
    """Those that hold or are planned, and how much each has hidden."""
    _ask(home, SilenceQuestion("list", "", as_json=as_json, kind="window"))


@window.command(name="end")
def end_window(
    name: Annotated[str, typer.Argument(help="Its name in `fireline window list`.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """End one now, or take it back before it begins."""
    _ask(home, SilenceQuestion(f"end {name}", by or login_name(), as_json=as_json, kind="window"))


@silence.command(name="list")
def list_(as_json: AsJson = False, home: Home = None) -> None:
    """Those that hold, and how much each has hidden."""
    _ask(home, SilenceQuestion("list", "", as_json=as_json))


@silence.command()
def end(
    name: Annotated[str, typer.Argument(help="Its name in `fireline silence list`.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """End one now: what still holds is announced."""
    _ask(home, SilenceQuestion(f"end {name}", by or login_name(), as_json=as_json))


def answer_silence(
    service: "SilenceService", questions: "Questions", question: SilenceQuestion, moment: datetime
) -> str:
    """Do what was asked, and say how it is then. Raises BadInput."""
    from bot.cli.terminal import shown
    from bot.domain.access import Actor, Way
    from bot.domain.gate.silence_words import SilenceAct
    from bot.domain.gate.silences import Kind, Standing
    from bot.views import silence_words
    from bot.views.incident import PLAIN

    kind, who = Kind(question.kind), Actor(question.by, question.by, Way.TERMINAL)
    asked = questions.silence(question.text) if kind is Kind.SILENCE else questions.window(question.text, moment)
    if asked.words.act is SilenceAct.LIST:
        return _listed(service.standing(moment, kind), kind, moment, as_json=question.as_json)
    if asked.words.act is SilenceAct.END:
        found = service.end(asked.words.name, who, moment, kind)
        if question.as_json:
            return json.dumps({**_said(found), "ended_by": question.by}, indent=2, ensure_ascii=False) + "\n"
        return f"{shown(silence_words.ended(found, question.by, PLAIN))}\n"
    preview = service.propose(asked.target, asked.when, asked.words.reason, who, moment)
    lines = silence_words.preview(preview, PLAIN)[:-1]
    if question.yes:
        is_set = service.confirm(preview.silence.id, who, moment)
        lines.append(f"{silence_words.set_now(Standing(is_set, 0), PLAIN)}.")
    else:
        lines.append(f"{silence_words.NOTHING[kind]}: add --yes.")
    return _json(preview, is_set=question.yes) if question.as_json else "".join(f"{shown(line)}\n" for line in lines)


def question_of(given: dict[str, Any]) -> SilenceQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return SilenceQuestion(**given)


def _ask(home: Path | None, question: SilenceQuestion) -> None:
    """Of the process that serves, when one runs: it has the history."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded
    from bot.state_adapters import has_state

    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "silence", asdict(question))
        if answer is None and question.text == "list" and not has_state(settings):
            nothing = f"Nothing is hidden: `fireline run` or `fireline demo` detects in {settings.home}."
            answer = "[]\n" if question.as_json else nothing
        elif answer is None:
            from bot.silencing import silencing

            with silencing(settings, now) as (service, questions):
                answer = answer_silence(service, questions, question, now())
        print(answer, end="") if question.as_json else say_folded(answer.rstrip("\n"))


def _listed(found: "Sequence[Standing]", kind: "Kind", moment: datetime, *, as_json: bool) -> str:
    from bot.cli.terminal import shown
    from bot.views import silence_words
    from bot.views.incident import PLAIN

    if as_json:
        return json.dumps([_said(each) for each in found], indent=2, ensure_ascii=False) + "\n"
    lines = [silence_words.standing(each, moment, PLAIN) for each in found] or [silence_words.NONE[kind]]
    return "".join(f"{shown(line)}\n" for line in lines)


def _said(found: "Standing") -> dict[str, Any]:
    silence = found.silence
    times = {"since": silence.since.isoformat(), "until": silence.until.isoformat()}
    target = {"processor": silence.processor, "phase": silence.phase}
    return {
        "id": silence.id,
        **target,
        **times,
        "by": silence.by,
        "reason": silence.reason,
        "hidden_findings": found.hidden,
    }


def _json(found: "SilencePreview", *, is_set: bool) -> str:
    said = {
        "processor": found.silence.processor,
        "phase": found.silence.phase,
        "since": found.silence.since.isoformat(),
        "until": found.silence.until.isoformat(),
        "set": is_set,
        "would_have_hidden": {
            "incidents": [each.label for each in found.incidents],
            "p0": [each.label for each in found.critical],
            "notifications_delivered": found.delivered,
            "real_failures": found.real,
        },
        "open": [each.label for each in found.open],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
