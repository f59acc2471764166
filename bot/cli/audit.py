"""`fireline audit`: who changed what, and whether the record of it is whole."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, parse_begin, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say_folded, shown
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.domain.audit import Link, Verified

audit = typer.Typer(help="Who changed what, and whether the record of it is whole.", no_args_is_help=True)
SUBJECT = "INC-42, R-3, RB-2, a kind (silence, window, oncall), a name, or kind:name (circuit:NAME)."
NOTE = "note: FIRELINE_AUDIT_KEY is not set: whoever can write to the database could make another chain."


@audit.command()
def verify(
    anchors: Annotated[
        Path | None, typer.Option(help="A file of anchors, or a log; FIRELINE_AUDIT_ANCHORS.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Check every record against the one before it, and against the anchors. Exit code 1: something was changed."""
    from bot.state_adapters import anchors_in, audit_to_read

    with errors_for_people():
        settings = settings_of(home)
        known = anchors or settings.audit_anchors
        with audit_to_read(settings) as service:
            found, secret = service.verify(anchors_in(known) if known is not None else []), service.is_secret
    print(_json(found, secret=secret), end="") if as_json else say_folded(_text(found, secret=secret))
    if found.faults:
        raise SystemExit(1)


@audit.command("list")
def listing(
    subject: Annotated[str, typer.Argument(help=SUBJECT, show_default=False)] = "",
    since: Annotated[str, typer.Option(help="From then on: a date, yesterday, 7d or a moment.", show_default="")] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """What was done to something, by whom, in order."""
    from bot.state_adapters import audit_to_read

    with errors_for_people(), audit_to_read(settings_of(home)) as service:
        began = parse_begin(since) if since else None
        links = service.of(subject, began)
    if as_json:
        print(json.dumps([_entry(link) for link in links], indent=2, ensure_ascii=False))
        return
    if began is not None and not links:
        print(f"Nothing is recorded since {began:%Y-%m-%d %H:%M} UTC.")
    for link in links:
        made = link.record
        said = ", ".join(str(value) for value in json.loads(made.body).values() if value not in (None, ""))
        of = "" if made.subject.startswith("incident:") and subject else f"  {made.subject}"
        print(shown(f"{link.seq:>6}  {made.at:%Y-%m-%d %H:%M:%S} UTC  {made.actor}{of}  {made.act}  {said}"))


def _entry(link: "Link") -> dict[str, object]:
    made = link.record
    said = {"seq": link.seq, "at": made.at.isoformat(), "actor": made.actor, "act": made.act}
    return {**said, "subject": made.subject, "body": json.loads(made.body), "hash": link.hash}


def _text(found: "Verified", *, secret: bool) -> str:
    lines = [shown(fault) for fault in found.faults]
    count = f"{plural(found.records, 'record')}, {plural(found.anchors, 'anchor')}"
    lines.append(f"NOT WHOLE: {plural(len(found.faults), 'fault')} in {count}." if found.faults else f"Whole: {count}.")
    if secret and found.unsealed:
        lines.append(f"note: {found.unsealed} of them were written before FIRELINE_AUDIT_KEY was set.")
    return "\n".join(lines if secret else [*lines, NOTE])


def _json(found: "Verified", *, secret: bool) -> str:
    said = {"whole": not found.faults, "records": found.records, "anchors": found.anchors}
    return json.dumps({**said, "unsealed": found.unsealed, "key": secret, "faults": found.faults}, indent=2) + "\n"
