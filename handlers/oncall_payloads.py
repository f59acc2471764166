"""The form that asks for a cover, read into what the service takes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.oncall.covers import Wanted
from bot.views import oncall
from handlers.payloads import mapping


def cover(view: Mapping[str, Any]) -> Wanted:
    """What was entered. Raises BadInput for a field that is empty or makes no sense."""
    values = mapping(mapping(view.get("state")).get("values"))
    return Wanted(
        rota=_text(mapping(_entered(values, oncall.ROTA).get("selected_option")).get("value"), "a rota"),
        person=_text(_entered(values, oncall.PERSON).get("selected_user"), "who covers"),
        since=_moment(_entered(values, oncall.SINCE).get("selected_date_time"), "a beginning"),
        until=_moment(_entered(values, oncall.UNTIL).get("selected_date_time"), "an end"),
        reason=str(_entered(values, oncall.REASON).get("value") or "")[: oncall.MOST_REASON],
    )


def _entered(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(mapping(values.get(name)).get(name))


def _text(value: object, wanted: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(f"Choose {wanted}.")
    return value


def _moment(value: object, wanted: str) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f"Choose {wanted}.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadInput(f"Choose {wanted} that is a time.") from None
