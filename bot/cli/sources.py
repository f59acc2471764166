"""`fireline sources`: how old each source is, read them now, check them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say, say_folded, shown
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.domain.blindness import BlindnessPolicy
    from bot.domain.sources import SourceStatus
    from bot.services.sources import SourcesService

LONGEST_SYNC_S = 3_600.0
WARNINGS_S = 5.0
MOST_REASONS = 5
Name = Annotated[str | None, typer.Argument(help="A source of sources.yaml; without one, all.", show_default=False)]
sources = typer.Typer(help="Where facts come from: their age, lag and cost; read or check them now.")


@sources.callback(invoke_without_command=True)
def status(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """Each source: when it was last read, how old its newest row is, rows, rejected rows, bytes billed."""
    if context.invoked_subcommand is None:
        _print(_asked("status", None, home), as_json=as_json)
        _warn(home)


@sources.command()
def sync(name: Name = None, as_json: AsJson = False, home: Home = None) -> None:
    """Read what is new, now. Exit code 1 if a source could not be read; the others are read all the same."""
    _finish(_asked("sync", name, home), as_json=as_json)


@sources.command()
def check(name: Name = None, as_json: AsJson = False, home: Home = None) -> None:
    """Can each source be read, and what is there? Nothing is stored. Exit code 1 if one cannot."""
    _warn_of_quotas(home)
    _finish(_asked("check", name, home), as_json=as_json)


def answer_sources(service: "SourcesService", policy: "BlindnessPolicy", given: dict[str, Any]) -> str:
    """What was asked for, as JSON: a list with one object a source. Raises BadInput for a name that is none."""
    from bot.domain.sources import SourceFailed

    act, names = given["act"], [given["name"]] if given["name"] else [plan.name for plan in service.plans]
    if act == "status":
        return json.dumps([_status(status, policy) for status in service.statuses()])
    done: list[dict[str, Any]] = []
    for name in names:
        try:
            done.append(_synced(service, name) if act == "sync" else {"source": name, "found": service.check(name)})
        except SourceFailed as error:
            done.append({"source": name, "error": str(error)})
    return json.dumps(done)


def _synced(service: "SourcesService", name: str) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(service.sync(name))


def _status(status: "SourceStatus", policy: "BlindnessPolicy") -> dict[str, Any]:
    from bot.domain.blindness import blindness

    blind = blindness(status, policy)

    def seconds(span: timedelta | None) -> float | None:
        return None if span is None else span.total_seconds()

    def written(moment: datetime | None) -> str | None:
        return None if moment is None else moment.isoformat()

    return {
        "source": status.plan.name,
        "kind": status.plan.kind,
        "feeds": status.plan.feeds,
        "every_seconds": status.plan.every.total_seconds(),
        "synced_at": written(status.synced_at),
        "age_seconds": seconds(status.age),
        "newest": written(status.newest),
        "lag_seconds": seconds(status.lag),
        "rows": status.rows,
        "rejected": status.rejected,
        "bytes_billed": status.bytes_billed,
        "failing_since": written(status.failing_since),
        "error": status.error,
        "warnings": list(status.warnings),
        "blind": None if blind is None else blind.text,
        "blind_since": None if blind is None else written(blind.since),
    }


def _asked(act: str, name: str | None, home: Any) -> list[dict[str, Any]]:
    from bot.cli.local_client import ask_running

    with errors_for_people():
        settings, given = settings_of(home), {"act": act, "name": name}
        text = ask_running(settings.socket, "sources", given, LONGEST_SYNC_S)
        if text is None:
            from bot.opening import blindness_policy
            from bot.reading import syncing

            with unlogged(), syncing(settings) as services:
                now_of(services)
                if act == "sync":
                    services.keep_registry()
                text = answer_sources(services.sources, blindness_policy(settings), given)
    found: list[dict[str, Any]] = json.loads(text)
    return found


@contextmanager
def unlogged() -> Iterator[None]:
    """What the log would warn of is printed."""
    log = logging.getLogger("fireline.sources")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _warn(home: Any) -> None:
    """What the running process says of itself: that a changed sources.yaml is not used, for instance."""
    from bot.cli.local_client import ask_running

    with errors_for_people():
        said = ask_running(settings_of(home).socket, "warnings", {}, WARNINGS_S)
    for warning in (said or "").splitlines():
        say(f"warning: {shown(warning)}", error=True)


def _warn_of_quotas(home: Any) -> None:
    from bot.config.chosen_sources import quota_warnings

    with errors_for_people():
        settings = settings_of(home)
        for warning in quota_warnings(settings, settings.config) if settings.sources_file is not None else ():
            say_folded(f"warning: {shown(warning)}", error=True)


def _print(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))
    elif not found:
        say("No source is configured. Write sources.yaml into the configuration folder (FIRELINE_CONFIG).")
    else:
        from bot.cli.sources_table import print_sources

        print_sources(found)


def _finish(done: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json or not done:
        _print(done, as_json=as_json)
    else:
        said: dict[str, None] = {}
        for each in done:
            _print_one(each)
            said |= dict.fromkeys(each.get("warnings", ()))
        for warning in said:
            say_folded(f"warning: {shown(warning)}", error=True)
    if any("error" in each for each in done):
        raise SystemExit(1)


def _print_one(each: dict[str, Any]) -> None:
    name = shown(each["source"])
    if "error" in each:
        say_folded(f"{name}: {shown(each['error'])}", error=True)
    elif "found" in each:
        say_folded(f"{name}: {shown(each['found'])}")
    else:
        counts = f"{each['added']:,} new, {each['corrected']:,} corrected, {each['rejected']:,} rejected"
        say_folded(f"{name}: {plural(each['rows'], 'row')} read in {each['seconds']:.1f} s: {counts}")
        for reason in each.get("reasons", ())[:MOST_REASONS]:
            say_folded(f"rejected: {shown(reason)}", error=True)
