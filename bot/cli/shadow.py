"""`fireline shadow`: what would have paged and been posted, had it not been in shadow."""

import json
from typing import Annotated

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson, Home


def shadow(
    days: Annotated[int, typer.Option(help="How far back.")] = 7, as_json: AsJson = False, home: Home = None
) -> None:
    """List what was found in shadow (`shadow:` of policy.yaml): nothing of it was sent to anybody."""
    from bot.cli.terminal import say_folded, shown
    from bot.state_adapters import incidents_to_read
    from bot.views import shadow as view

    with errors_for_people(), incidents_to_read(settings_of(home)) as (_, past, moment):
        found = past.shadow(days, moment)
    if as_json:
        print(json.dumps(view.document(found), indent=2, ensure_ascii=False))
    else:
        say_folded("\n".join(shown(line) for line in view.text(found)))
