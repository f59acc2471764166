"""`access.yaml` becomes an AccessPolicy, or one ConfigError that names every problem with file and line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from bot.config.documents import Document, read_document, sorted_by_line
from bot.config.wording import shown
from bot.domain.access import AccessPolicy, Role
from bot.domain.errors import ConfigError, Problem

ID = re.compile(r"[UWS][A-Z0-9]{2,20}")
"""Of a user or a user group: https://docs.slack.dev/reference/objects/user-object"""


class Roles(BaseModel):
    viewer: tuple[str, ...] = ()
    responder: tuple[str, ...] = ()
    approver: tuple[str, ...] = ()
    admin: tuple[str, ...] = ()


class AccessFile(BaseModel):
    default: Literal["viewer", "responder"] = "responder"
    roles: Roles = Roles()


def load_access(path: Path) -> AccessPolicy:
    """Without a file every member is a responder, and nobody more. Raises ConfigError with every problem."""
    if not path.exists():
        return AccessPolicy()
    document = read_document(path, AccessFile)
    problems = [*document.problems, *document.unknown_keys]
    if document.value is not None:
        problems += _unfit(document, document.value)
    if problems or document.value is None:
        raise ConfigError(sorted_by_line(problems))
    roles = {each: Role[name.upper()] for name, people in document.value.roles for each in people}
    return AccessPolicy(Role[document.value.default.upper()], roles)


def _unfit(document: Document[AccessFile], file: AccessFile) -> Iterator[Problem]:
    """What is no id of Slack's, or stands in two places."""
    given: dict[str, str] = {}
    for role, people in file.roles:
        for position, each in enumerate(people):
            where = document.where(("roles", role, position))
            if not ID.fullmatch(each):
                hint = "give the id of a member (U...) or of a user group (S...), which Slack shows in its profile"
                yield Problem(where, f"{shown(each)} is no id of Slack's: {hint}")
            elif each in given:
                yield Problem(where, f"{each} is in {given[each]} already; keep one of the two")
            given.setdefault(each, role)
