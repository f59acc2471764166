"""What is deployed, as a card: a service a section, what is odd about it, and the functions still to migrate."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.deploys.overview import DeployEvidence, Deployments, ServiceRow
from bot.domain.operations.operation import Operation
from bot.views import action_ids, deploy_words, operations
from bot.views.blocks import Block, Card, actions, button, context, header, section
from bot.views.health import date_token
from bot.views.incident import PLAIN, SLACK
from bot.views.text import escape

TITLE = "Deployments"
ALL = "all"
"""What *Refresh* says of a card that is not of one service."""
MOST_SHOWN = 20


def card(found: Deployments, *, single: bool = False, waiting: Sequence[Operation] = ()) -> Card:
    """`single`: of the one service that was asked for; `waiting`: what a second person can approve of it."""
    texts, blocks = [TITLE], [header(TITLE)]
    if found.off or not (found.rows or found.jobs):
        said = deploy_words.nothing(found)
        texts.append(said)
        blocks.append(section(escape(said)))
    for row in found.rows[:MOST_SHOWN]:
        texts.append(f"{row.service.name}: {'; '.join(deploy_words.service(row, found.as_of, PLAIN))}.")
        blocks.append(_service(row, found.as_of, single=single))
        if single:
            texts.append(deploy_words.rollback(row))
            blocks.append(context(escape(deploy_words.rollback(row))))
    if len(found.rows) > MOST_SHOWN:
        more = f"and {len(found.rows) - MOST_SHOWN} more: `/deploys SERVICE`"
        texts.append(more)
        blocks.append(context(more))
    for job in found.jobs:
        texts.append(deploy_words.job(job))
        blocks.append(section(escape(deploy_words.job(job))))
        blocks.append(operations.of_job(job))
    texts += deploy_words.first_generation(found.first_generation, PLAIN)
    blocks += [section(line) for line in deploy_words.first_generation(found.first_generation, SLACK)]
    blocks.append(context(f"As of {date_token(found.as_of)}"))
    asked = [operations.waiting(each) for each in waiting]
    approvals = [block for each in asked for block in each.blocks]
    plain = [*map(escape, texts), *(each.text for each in asked)]
    return Card("\n".join(plain), (*blocks, *_buttons(found, single=single), *approvals))


def _service(row: ServiceRow, now: datetime, *, single: bool) -> Block:
    first, *rest = deploy_words.service(row, now, SLACK)
    odd = row.drifts or row.seen.failing_since is not None
    sign = ":warning: " if odd else ""
    made = section("\n".join([f"{sign}*{escape(row.service.name)}*", first, *(f"• {line}" for line in rest)]))
    return made if single else {**made, "accessory": button("Look", action_ids.DEPLOYS_SERVICE, row.service.name)}


def _buttons(found: Deployments, *, single: bool) -> list[Block]:
    if found.off or not found.rows:
        return []
    does = operations.of_service(found.rows[0]) if single else None
    refresh = button("Refresh", action_ids.DEPLOYS_REFRESH, found.rows[0].service.name if single else ALL)
    return [*([] if does is None else [does]), actions([refresh])]


def evidence(found: DeployEvidence, trouble: datetime) -> list[str]:
    """Of an incident: what was deployed within a day before it, and what speaks for one of them."""
    if not found.changes:
        return []
    lines = list(deploy_words.changes(found.changes, trouble, SLACK))
    facts = [escape(f"{each.change.service}: {deploy_words.correlation(each)}") for each in found.correlations]
    return ["*Deployed within 24 h before*", *(f"• {line}" for line in lines), *(f":mag: {fact}" for fact in facts)]
