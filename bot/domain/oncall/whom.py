"""Whom somebody means who writes a name: a person of oncall.yaml, or whoever has a rota's turn."""

import re
from dataclasses import dataclass

from bot.domain.errors import BadInput, suggest
from bot.domain.oncall.schedule import Schedule

# https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Whom:
    """One of the two; neither: nobody was named."""

    rota: str = ""
    person: str = ""

    @property
    def name(self) -> str:
        return self.rota or self.person


def whom(schedule: Schedule, said: str) -> Whom:
    """`said`: a rota, a person's name or a word of it that nobody else has, in any case of letters, with or without @;
    or a mention of Slack's. Raises BadInput for somebody who is not there; "" names nobody.
    """
    mentioned = MENTION.fullmatch(said.strip())
    if mentioned is not None:
        person = schedule.person_of(mentioned[1])
        if person is None:
            raise BadInput(f"<@{mentioned[1]}> is not among the people of oncall.yaml: add the Slack member id there.")
        return Whom(person=person.name)
    name = said.strip().removeprefix("@").casefold()
    for rota in schedule.rotas:
        if rota.name.casefold() == name:
            return Whom(rota=rota.name)
    people = [each.name for each in schedule.people]
    called = [each for each in people if each.casefold() == name] or [
        each for each in people if name in each.casefold().split()
    ]
    if len(called) == 1:
        return Whom(person=called[0])
    if called:
        raise BadInput(f"{said.strip()!r} may be {' or '.join(called)}. Write the whole name.")
    if name:
        known = [*(each.name for each in schedule.rotas), *people]
        raise BadInput(f"{said.strip()!r} is no person and no rota of oncall.yaml. {suggest(name, known)}".rstrip())
    return Whom()
