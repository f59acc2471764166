"""The one row of buttons of an incident's message: what a person can do about it now, and the rest behind the dots."""

from bot.domain.access import Act
from bot.domain.findings.words import short_day
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.domain.incidents.response import PAGING, ResponseState
from bot.views import action_ids
from bot.views.action_ids import More
from bot.views.blocks import Block, Element, actions, button, option, overflow
from bot.views.reprocessing_words import label

LABELS = {More.IMPACT: "Impact", More.EVIDENCE: "Evidence", More.SQL: "SQL", More.TIMELINE: "Timeline"}
_BEFORE, _OWNED = (More.IMPACT, More.EVIDENCE, More.TIMELINE), (More.EVIDENCE, More.SQL, More.TIMELINE)
LABELS_OF_OPEN = {More.RUNBOOK: "Runbook", **{each: LABELS[each] for each in _BEFORE}}
LABELS_OF_OWNED = {More.RUNBOOK: "Runbook", **{each: LABELS[each] for each in _OWNED}}
"""Five stand behind the dots at most. Whom it harms is asked before somebody has it: then its SQL is found by
`/validate`, and later its impact by `/impact`.
"""
CHECK = {"accessibility_label": "Check the data now"}
"""Three buttons and the dots stand in one row of 320 pixels: the longer word would begin a second."""
INSTEAD = frozenset({action_ids.INCIDENT_HAND_OVER, action_ids.REPROCESS_INCIDENT})
"""Where these are, a runbook stands behind the dots."""
OF_DATA = frozenset({More.IMPACT, More.SQL})
"""A source of facts has no impact of its own, and no query; nor has what somebody declared of no processor."""


def row(notice: Notice) -> Block:
    """Three buttons at most, so that they stand in one row of a phone."""
    incident, state = notice.incident, _state(notice)
    if state is None:
        return actions(_of_nobody(incident))
    shown = _visible(notice, state)
    visible = {each["action_id"] for each in shown}
    owned = notice.has_runbook and not visible.isdisjoint(INSTEAD)
    of_owned = LABELS_OF_OPEN if state in PAGING else LABELS_OF_OWNED
    labels = of_owned if owned else LABELS
    behind = [each for each in labels if _has_data(incident) or each not in OF_DATA]
    if action_ids.INCIDENT_IMPACT in visible:
        behind.remove(More.IMPACT)
    labels = {**labels, More.REPROCESS: label(incident.data_dates)} if _reruns(incident) else labels
    if More.REPROCESS in labels and action_ids.INCIDENT_HAND_OVER in visible:
        behind[behind.index(More.SQL)] = More.REPROCESS
    more = [option(labels[each], action_ids.encode_more(each, incident.id)) for each in behind]
    if state is not ResponseState.RESOLVED:
        more.append(option("Set severity", action_ids.encode_more(More.SEVERITY, _grant(notice, Act.SEVERITY))))
    return actions([*shown, overflow(action_ids.INCIDENT_MORE, more)])


def _state(notice: Notice) -> ResponseState | None:
    """None: nobody can do anything about it; what became part of another incident is done there."""
    return None if notice.standing is None or notice.into else notice.standing.response.state


def _visible(notice: Notice, state: ResponseState) -> list[Element]:
    incident = notice.incident
    has_data = _has_data(incident)
    check = [{**button("Check", action_ids.INCIDENT_CHECK, incident.id), **CHECK}] if has_data else []
    runbook = [button("Runbook", action_ids.RUNBOOK_SUGGEST, incident.id)] if notice.has_runbook else []
    hand_over = button("Hand over", action_ids.INCIDENT_HAND_OVER, _grant(notice, Act.HAND_OVER))
    if state in PAGING:
        take = _grant(notice, Act.ACKNOWLEDGE)
        acknowledge = button("Acknowledge", action_ids.INCIDENT_ACKNOWLEDGE, take, style="primary")
        impact = [_impact(incident)] if has_data else []
        repair = [_repair(incident)] if _reruns(incident) else []
        return [acknowledge, *(repair or runbook or impact)]
    if state is ResponseState.ACKNOWLEDGED:
        return [*check, button("Mitigated", action_ids.INCIDENT_MITIGATE, _grant(notice, Act.MITIGATE)), hand_over]
    if state is ResponseState.MITIGATED:
        return [*check, button("Resolve", action_ids.INCIDENT_RESOLVE, _grant(notice, Act.RESOLVE)), hand_over]
    reopen = button("Reopen", action_ids.INCIDENT_REOPEN, _grant(notice, Act.REOPEN))
    return [reopen, button("Postmortem", action_ids.INCIDENT_POSTMORTEM, incident.id)]


def _reruns(incident: Incident) -> bool:
    return incident.headline.wants_rerun and bool(incident.data_dates)


def _repair(incident: Incident) -> Element:
    """A plan of what is to run again: it starts nothing. A whole date would begin a second row."""
    short = label(incident.data_dates, short_day)
    full = {"accessibility_label": label(incident.data_dates)}
    return {**button(short, action_ids.REPROCESS_INCIDENT, incident.id), **full}


def _grant(notice: Notice, act: Act) -> str:
    """What the button says. A response that began in an older release has no grants."""
    assert notice.standing is not None
    return notice.standing.grants.get(act, notice.incident.id)


def _has_data(incident: Incident) -> bool:
    return incident.headline.of_processor


def _of_nobody(incident: Incident) -> list[Element]:
    evidence = button("Evidence", action_ids.INCIDENT_EVIDENCE, incident.id)
    if not _has_data(incident):
        return [evidence]
    return [_impact(incident), evidence, button("SQL", action_ids.INCIDENT_SQL, incident.id)]


def _impact(incident: Incident) -> Element:
    return button("Impact", action_ids.INCIDENT_IMPACT, incident.id)
