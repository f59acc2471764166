"""The app's answer to block_suggestion: options or groups, within Slack's limits.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from typing import Any

from . import limits
from .acting import ActFailed
from .composition import OPTION_GROUP, SELECT_OPTION
from .schema import Arr, Obj, Problems, one_of

_ANSWER = Obj(
    {"options": Arr(SELECT_OPTION, limits.OPTIONS), "option_groups": Arr(OPTION_GROUP, limits.OPTION_GROUPS)},
    also=(one_of("options", "option_groups"),),
)


def checked_options(answer: Any) -> dict[str, Any]:
    """The answer itself; ActFailed `invalid_options` with the reasons if Slack would not show it."""
    problems: Problems = []
    _ANSWER.check(answer, "", problems)
    if problems:
        reasons = "; ".join(problem.line() for problem in problems[:10])
        raise ActFailed("invalid_options", f"Result not loaded: {reasons}", reasons=reasons)
    checked: dict[str, Any] = answer
    return checked
