"""Calls of Slack that did not go well: a definite no, after which another way may be taken, or nobody knows."""

from collections.abc import Awaitable
from typing import TypeVar

from bot.domain.delivery import Kind
from bot.slack import outcomes

T = TypeVar("T")


class SlackFailure(Exception):
    """`method` is Slack's name of what was asked, `reason` Slack's own word, or ours where it gave none."""

    said = "did not do"

    def __init__(self, method: str, reason: str) -> None:
        self.method, self.reason = method, reason
        super().__init__(f"Slack {self.said} {method} ({reason})")


class Refused(SlackFailure):
    """Nothing was done."""

    said = "refused"


class Unconfirmed(SlackFailure):
    """It may have been done: it must not simply be asked for again."""

    said = "did not confirm"


async def asked(method: str, call: Awaitable[T]) -> T:
    """What a call of the SDK gives. Raises Refused or Unconfirmed for everything that goes wrong on the way."""
    try:
        return await call
    except outcomes.FAILURES as error:
        outcome = outcomes.of_failure(error)
        failure = Refused if outcome.kind is Kind.NO else Unconfirmed
        raise failure(outcomes.method_of(error) or method, outcome.code) from error
