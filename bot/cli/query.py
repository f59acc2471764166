"""`fireline query`: the SQL behind a number, ready to paste into the console."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.local_client import ask_running
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services.queries import QueryService


@dataclass(frozen=True)
class QueryQuestion:
    name: str
    processor: str | None


def query(
    name: Annotated[str | None, typer.Argument(help="Name of the query; without one, list them.")] = None,
    processor: Annotated[
        str | None, typer.Option(help="About this processor, where it is about one.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print the SQL of a query about the last 7 days as it runs in a console of the warehouse."""
    from bot.adapters.warehouse.sql_text import query_named, query_names

    with errors_for_people():
        if name is None:
            print(json.dumps(list(query_names()), indent=2) if as_json else "\n".join(query_names()))
            return
        question, settings = QueryQuestion(query_named(name), processor), settings_of(home)
        answer = ask_running(settings.socket, "query", asdict(question))
        if answer is None:
            from bot.reading import reading

            with reading(settings) as services:
                answer = answer_query(services.queries, question, now_of(services))
        print(json.dumps({"name": question.name, "sql": answer}, indent=2) + "\n" if as_json else answer, end="")


def answer_query(service: "QueryService", question: QueryQuestion, moment: "datetime") -> str:
    return service.named(question.name, moment, question.processor).sql + "\n"


def question_of(given: dict[str, Any]) -> QueryQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return QueryQuestion(**given)
