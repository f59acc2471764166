"""The state, for what cannot be answered or done without it."""

from bot.domain.errors import BadInput
from bot.ports.state import State


def required(state: State | None) -> State:
    """Raises BadInput where this process keeps none."""
    if state is None:
        raise BadInput("This process has no state: ask the process that runs detection.")
    return state
