"""Modals that take a while: Slack takes a trigger for three seconds, a warehouse may take longer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

from bot.domain.errors import FirelineError
from bot.ports.warehouse import AskedQuery
from bot.views import query
from handlers.payloads import mapping
from handlers.replies import Reply
from handlers.slack_calls import asked

P = ParamSpec("P")


async def show_queries(
    reply: Reply,
    body: Mapping[str, Any],
    queries: Callable[P, Sequence[AskedQuery]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """The modal opens at once and is filled when the answer is there."""
    opening = reply.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=query.loading())
    opened = await asked("views.open", opening)
    try:
        view = query.shown(await reply.work(queries, *args, **kwargs))
    except FirelineError as error:
        view = query.failed(str(error))
    await asked("views.update", reply.client.views_update(view_id=opened["view"]["id"], view=view))


async def open_view(reply: Reply, body: Mapping[str, Any], view: dict[str, Any]) -> None:
    """A modal that is ready at once."""
    await asked("views.open", reply.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=view))


def chosen(view: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The values that were chosen in a field of a modal which takes several."""
    field = mapping(mapping(mapping(mapping(view.get("state")).get("values")).get(name)).get(name))
    options = field.get("selected_options")
    values = [mapping(each).get("value") for each in options] if isinstance(options, list) else []
    return tuple(each for each in values if isinstance(each, str))


def entered_date(view: Mapping[str, Any], name: str) -> str:
    """The date that was chosen in a field of a modal; "" for none."""
    field = mapping(mapping(mapping(mapping(view.get("state")).get("values")).get(name)).get(name))
    return str(field.get("selected_date") or "")


def entered(view: Mapping[str, Any], name: str) -> str:
    """What was chosen or written in a field of a modal; "" for nothing."""
    field = mapping(mapping(mapping(mapping(view.get("state")).get("values")).get(name)).get(name))
    chosen = mapping(field.get("selected_option")).get("value", field.get("value"))
    return chosen.strip() if isinstance(chosen, str) else ""
