"""Names of buttons and selects, and what their values carry: ids only, read anew at every click."""

import re
from datetime import datetime

from bot.domain.errors import BadInput
from bot.domain.health import HealthRequest

HEALTH_REFRESH = "health.refresh"
HEALTH_OVERVIEW = "health.overview"
HEALTH_PHASE = "health.phase"
HEALTH_PROCESSOR = "health.processor"
HEALTH_TREND = "health.trend"
HEALTH_QUERY = "health.query"
HOME_REFRESH = "home.refresh"

_BLOCK = re.compile(r"([0-9]{1,4})d@[0-9]{1,12}")
_WHOLE, _PHASE, _PROCESSOR = "all", "phase", "processor"


def encode(request: HealthRequest) -> str:
    """`days:all`, `days:phase:N` or `days:processor:NAME`."""
    if request.processor is not None:
        return f"{request.days}:{_PROCESSOR}:{request.processor}"
    if request.phase is not None:
        return f"{request.days}:{_PHASE}:{request.phase}"
    return f"{request.days}:{_WHOLE}"


def decode(value: str) -> HealthRequest:
    """The request of a value. Raises BadInput for one we never made: an old message, or a forged click."""
    days, _, rest = value.partition(":")
    kind, _, name = rest.partition(":")
    if days.isascii() and days.isdigit() and len(days) <= 4:
        if kind == _WHOLE and not name:
            return HealthRequest(days=int(days))
        if kind == _PHASE and name.isascii() and name.isdigit() and len(name) <= 4:
            return HealthRequest(days=int(days), phase=int(name))
        if kind == _PROCESSOR and name:
            return HealthRequest(days=int(days), processor=name)
    raise BadInput("This button is from an older message. Type `/health` for a fresh one.")


def block_of(request: HealthRequest, as_of: datetime) -> str:
    """The id of the buttons' block: `DAYSd@SECONDS`. All that is known of a message while someone types into a select;
    with the moment, because Slack keeps what was chosen in a block whose id stays.
    """
    return f"{request.days}d@{int(as_of.timestamp())}"


def days_of(block_id: str) -> int:
    """The window of the message that a block stands in; for a block of an older release the usual one."""
    match = _BLOCK.fullmatch(block_id)
    return int(match[1]) if match else HealthRequest().days
