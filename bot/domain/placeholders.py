"""`${NAME}` in a configured text stands for a variable of the environment: no file holds a secret."""

import re
from collections.abc import Mapping

PLACE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def unset(text: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The names in it that have no value, or an empty one."""
    return tuple(name for name in PLACE.findall(text) if not environment.get(name))


def filled(text: str, environment: Mapping[str, str]) -> str:
    """With the values in their places. Raises KeyError for a name without one: ask `unset` first."""
    return PLACE.sub(lambda place: environment[place[1]], text)
