"""`fireline migrate`: bring the database of incidents and decisions to the tables of this release."""

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson, Home


def migrate(home: Home = None, as_json: AsJson = False) -> None:
    """Upgrade the state database; run it before a new release starts. An embedded one is also upgraded by itself."""
    import json

    from bot.state_adapters import migrated

    with errors_for_people():
        before, after = migrated(settings_of(home))
    if as_json:
        print(json.dumps({"before": before, "after": after}))
    elif before == after:
        print(f"The state database is up to date (revision {after}).")
    else:
        print(f"The state database is now at revision {after} (it was {before or 'empty'}).")
