"""`fireline migrate`: bring the database of incidents and decisions to the tables of this release."""

from typing import Annotated

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson, Home

To = Annotated[
    str | None,
    typer.Option(
        help="Go back to this revision, for an older release: what came later is deleted.", show_default=False
    ),
]


def migrate(to: To = None, home: Home = None, as_json: AsJson = False) -> None:
    """Upgrade the state database; run it before a new release starts. An embedded one is also upgraded by itself."""
    import json

    from bot.state_adapters import migrated

    with errors_for_people():
        before, after = migrated(settings_of(home), to)
    if as_json:
        print(json.dumps({"before": before, "after": after}))
    elif before == after:
        print(f"The state database is up to date (revision {after}).")
    else:
        print(f"The state database is now at revision {after} (it was {before or 'empty'}).")
