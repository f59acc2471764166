"""blocks.validate: check blocks, a message or a view without sending it.

https://docs.slack.dev/reference/methods/blocks.validate
"""

from typing import Any

from ..core import Core
from ..errors import SlackError, invalid_arguments
from ..schema import Json, Problem, Problems
from ..surfaces import check_blocks
from ..views import check_view
from .call import Args, Method


def validate(core: Core, args: Args) -> dict[str, Any]:
    given = [name for name in ("blocks", "message", "view") if args.given.get(name) not in (None, "")]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, message, view")
    name = given[0]
    problems = _PARTS[name](core, args.json(name))
    if problems:
        raise SlackError(f"invalid_{name}", errors=[_shown(problem) for problem in problems])
    return {}


def _blocks(core: Core, value: Json) -> Problems:
    return check_blocks(value, "message", "", core.files.usable_in_blocks)


def _message(core: Core, value: Json) -> Problems:
    if not isinstance(value, dict):
        return [Problem("", "must provide an object")]
    return check_blocks(value.get("blocks", []), "message", "/blocks", core.files.usable_in_blocks)


def _view(core: Core, value: Json) -> Problems:
    kind = value.get("type") if isinstance(value, dict) else None
    return check_view(value, "", kind if kind in ("modal", "home") else "modal", core.files.usable_in_blocks)


_PARTS = {"blocks": _blocks, "message": _message, "view": _view}


def _shown(problem: Problem) -> dict[str, str]:
    return {"pointer": problem.pointer, "code": problem.code, "message": problem.message}


METHODS = {"blocks.validate": Method(validate, (), None)}
