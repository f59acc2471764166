"""`fireline health` without the parser: a running process is asked before anything slow is imported.

What is not plain (help, a fault) is left to the parser.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

from bot.cli.local_client import ask
from bot.config.local_socket import DEFAULT_HOME, HOME, SOCKET

TEXTS = {"--days": "days", "--processor": "processor", "--as-of": "as_of", "--home": "home"}
NUMBERS = {"--phase": "phase"}
FLAGS = {"--all": "everything", "--json": "as_json"}
LONGEST_NUMBER = 9
WIDTH = 80
"""Where nothing tells how wide the terminal is."""


def answered(arguments: Sequence[str]) -> bool:
    """Answer a plain question; False for any other. Raises SystemExit after an error on stderr."""
    given = parsed(arguments)
    if given is None:
        return False
    home = given.pop("home")
    asked = {**given, "width": _columns(), "colour": sys.stdout.isatty()}
    answer = ask(os.path.join(_home() if home is None else home, SOCKET), "health", asked)
    print(answer["text"] if answer is not None and "text" in answer else _otherwise(answer, asked, home), end="")
    return True


def parsed(arguments: Sequence[str]) -> dict[str, Any] | None:
    """What was typed, by the names of HealthQuestion and `home`; None for what is not plain."""
    given: dict[str, Any] = {"about": "", "days": None, "phase": None, "processor": None, "as_of": None, "home": None}
    given |= dict.fromkeys(FLAGS.values(), False)
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in FLAGS and not equals:
            given[FLAGS[name]] = True
            continue
        value = value if equals else next(rest, "-")
        if name in TEXTS and (equals or not value.startswith("-")):
            given[TEXTS[name]] = value
        elif name in NUMBERS and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
            given[NUMBERS[name]] = int(value)
        else:
            return None
    return given


def _columns() -> int:
    """As shutil.get_terminal_size, which would import what unpacks archives."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(1).columns or WIDTH
    except OSError:
        return WIDTH


def _home() -> str:
    """The environment's, as the settings read it: in any case of letters."""
    return next((value for name, value in os.environ.items() if name.upper() == HOME), DEFAULT_HOME)


def _otherwise(answer: dict[str, Any] | None, asked: dict[str, Any], home: str | None) -> str:
    """Without a running process from the warehouse itself; what that process refused is an error."""
    from pathlib import Path

    from bot.cli.context import errors_for_people

    with errors_for_people():
        if answer is not None:
            from bot.domain.errors import BadInput

            raise BadInput(str(answer["error"]))
        from bot.cli.health_answer import answer_here, question_of

        return answer_here(question_of(asked), None if home is None else Path(home))
