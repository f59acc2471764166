"""`fireline query`: the SQL behind a number, ready to paste into the console."""

from typing import Annotated

import typer

from bot.cli.context import errors_for_people


def query(
    name: Annotated[str | None, typer.Argument(help="Name of the query; without one, list them.")] = None,
) -> None:
    """Print the SQL of a query (BigQuery dialect; the embedded warehouse runs the same text, translated)."""
    from bot.adapters.warehouse.sql_text import query_names, query_text

    with errors_for_people():
        print("\n".join(query_names()) if name is None else query_text(name))
