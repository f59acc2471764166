"""The evidence of an incident, in a modal: a verdict a date with its evidence, what belongs to it, what was said."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.counts import plural
from bot.domain.deploys.overview import DeployEvidence
from bot.domain.findings.finding import Finding
from bot.domain.findings.hands import Offer
from bot.domain.findings.words import called, failed_runs, what
from bot.domain.gate.folded import folded
from bot.domain.incidents.evidence import IncidentEvidence
from bot.domain.incidents.feedback import Word
from bot.domain.incidents.incident import AlertState
from bot.domain.incidents.notice import SAID
from bot.domain.incidents.retrospect import Past
from bot.domain.verdicts.validation import Validated
from bot.views import action_ids, deploys, hands, incident_memory, incident_words, numbers, storm_words, validate_words
from bot.views.blocks import Block, actions, button, context, divider, modal, preformatted, section
from bot.views.health import date_token
from bot.views.text import escape, mention, visible

NOTHING_DEPLOYED = DeployEvidence()
MOST_MEMBERS, MOST_SAID, MOST_ERROR = 15, 8, 600
TITLE = "Evidence"


def shown(
    evidence: IncidentEvidence, deployed: DeployEvidence = NOTHING_DEPLOYED, offers: Sequence[Offer] = ()
) -> dict[str, Any]:
    """`offers`: what can be done about it."""
    return modal(TITLE, list(_blocks(evidence, deployed, offers)))


def loading() -> dict[str, Any]:
    """Opened at once: the way to open one lasts 3 s. https://docs.slack.dev/surfaces/modals"""
    return modal(TITLE, [section("Collecting the evidence …")])


def failed(reason: str) -> dict[str, Any]:
    return modal(TITLE, [section(escape(reason))])


def _blocks(evidence: IncidentEvidence, deployed: DeployEvidence, offers: Sequence[Offer]) -> Iterator[Block]:
    incident, headline = evidence.incident, evidence.incident.headline
    yield section(f"*{incident.label}* {escape(called(headline))}")
    yield section(_since(headline))
    if incident.is_open:
        yield section(f"*Next:* {incident_words.step(headline)}.")
        yield from hands.row(incident, offers)
    if headline.error:
        yield preformatted(visible(headline.error)[:MOST_ERROR])
    for row in evidence.verdicts:
        yield section(_verdict(row))
    if evidence.left_out:
        yield context(f"{plural(evidence.left_out, 'more date')}: `/validate {escape(headline.root)}` has the rest.")
    if deployed.changes:
        yield section("\n".join(deploys.evidence(deployed, headline.seen_since)))
    yield divider()
    yield from _members(evidence.members)
    yield from _storm(evidence)
    if evidence.similar:
        known = [] if evidence.memory is None else [f"{escape(incident_memory.sentence(evidence.memory))}."]
        yield section("\n".join(["*Like it before*", *known, *(f"• {_past(each)}" for each in evidence.similar)]))
    yield section("*What was decided*\n" + "\n".join(_said(evidence)))
    yield from _ids(evidence)


def _since(headline: Finding) -> str:
    at = date_token(headline.seen_since)
    if headline.declared:
        return f"Declared by {mention(headline.by)} {at}."
    runs = failed_runs(headline)
    return f"{escape(headline.explanation)}\n{f'{runs} since' if runs else 'Since'} {at}."


def _verdict(row: Validated) -> str:
    head = f"*{escape(row.processor.name)}* {row.data_date}: {validate_words.verdict(row.verdict)}"
    lines = [f"{head} → *{escape(validate_words.action(row.judged))}*", escape(row.judged.because)]
    lines += [f"• {escape(each)}" for each in validate_words.evidence(row)]
    return "\n".join(lines)


def _members(members: tuple[AlertState, ...]) -> Iterator[Block]:
    """Everything that belongs to it, what it is about before what only joined."""
    if not members:
        return
    ordered = sorted(members, key=lambda member: (not member.is_root, member.finding.severity, member.fingerprint))
    lines = [_member(member) for member in ordered[:MOST_MEMBERS]]
    if len(ordered) > MOST_MEMBERS:
        lines.append(f"and {len(ordered) - MOST_MEMBERS:,} more")
    yield section(f"*{plural(len(members), 'finding')} in it*\n" + "\n".join(lines))


def _storm(evidence: IncidentEvidence) -> Iterator[Block]:
    """What the findings of a storm would have been one by one; nothing for what is none."""
    found = folded(evidence.incident, evidence.said)
    if found is not None:
        yield section(escape(storm_words.spared(found)))
        yield actions([button("Before and after", action_ids.INCIDENT_STORM, found.incident.id)])


def _member(member: AlertState) -> str:
    finding = member.finding
    wrong = incident_words.part(finding.kind, finding.data_date)
    how = "" if member.holding else ", over"
    joined = "" if member.is_root else f" ({escape(member.reason)})"
    return f"• {finding.severity} {escape(finding.root)}: {wrong}{how}{joined}"


def _past(each: Past) -> str:
    incident = each.incident
    head = (
        f"{incident.label}, {date_token(incident.announced_at)}, {incident.severity}: {escape(what(incident.headline))}"
    )
    if each.ended_at is None:
        return f"{head}; it is not over"
    return f"{head}; after {numbers.span(each.ended_at - incident.announced_at)}: {escape(each.ended)}"


def _said(evidence: IncidentEvidence) -> list[str]:
    said = [each for each in evidence.said if each.outcome in SAID]
    return [f"• {date_token(each.at)}: {escape(each.because)}" for each in said[-MOST_SAID:]] or ["• none stored"]


def _ids(evidence: IncidentEvidence) -> Iterator[Block]:
    incident = evidence.incident
    yield context(
        escape(f"{incident.severity} because {incident.severity_reason} · {incident.label} · {_feedback(evidence)}")
    )
    pairs = ((Word.USEFUL, action_ids.INCIDENT_USEFUL), (Word.NOISE, action_ids.INCIDENT_NOISE))
    made = [button(word.capitalize(), name, action_ids.encode_feedback(word, incident.id)) for word, name in pairs]
    yield actions(made)


def _feedback(evidence: IncidentEvidence) -> str:
    words = [each.word for each in evidence.feedback]
    return f"useful {words.count(Word.USEFUL)}, noise {words.count(Word.NOISE)}"
