"""Several names are meant: a button each, or a select where they are many. Values carry ids only."""

from collections.abc import Iterator, Sequence

from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.verdicts.validation import ValidationRequest
from bot.views import action_ids
from bot.views.blocks import MOST_OPTIONS, OPTION_VALUE, Block, Card, actions, button, option, section, select
from bot.views.text import escape

MOST_BUTTONS = 5
Request = HealthRequest | ImpactRequest | ValidationRequest


def card(message: str, requests: Sequence[Request]) -> Card:
    """The message, and what can be chosen."""
    alike = len({type(request) for request in requests}) == 1
    labels = [_name(request) if alike else _verb(request) for request in requests]
    text = "\n".join([message, *labels[:MOST_OPTIONS]])
    return Card(escape(text), (section(escape(message)), *_choices(requests, labels)))


def _choices(requests: Sequence[Request], labels: Sequence[str]) -> Iterator[Block]:
    """Buttons that ask alike stand in a block each: an action_id is unique within its block.

    https://docs.slack.dev/reference/block-kit/block-elements/button-element
    """
    chosen = [(label, *_encoded(request)) for label, request in zip(labels, requests, strict=True)]
    short = [option(label, value) for label, _, value in chosen if len(value) <= OPTION_VALUE]
    if len(chosen) > MOST_BUTTONS and short:
        yield actions([select("Choose", chosen[0][1], short)])
        return
    buttons = [button(*one) for one in chosen[:MOST_BUTTONS]]
    if len({action_id for _, action_id, _ in chosen}) == len(chosen):
        yield actions(buttons)
    else:
        yield from (actions([one]) for one in buttons)


def _name(request: Request) -> str:
    return request.processor or "All processors"


def _verb(request: Request) -> str:
    return {HealthRequest: "Health", ImpactRequest: "Impact", ValidationRequest: "Validate"}[type(request)]


def _encoded(request: Request) -> tuple[str, str]:
    match request:
        case HealthRequest():
            return action_ids.CHOOSE_HEALTH, action_ids.encode(request)
        case ImpactRequest():
            return action_ids.CHOOSE_IMPACT, action_ids.encode_impact(request.processor, request.data_date)
        case ValidationRequest():
            return action_ids.CHOOSE_VALIDATE, action_ids.encode_validation(request)
