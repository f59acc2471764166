"""Names of buttons and selects, and what their values carry: ids only, read again at every click."""

import re
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from bot.domain.dates import at_seconds
from bot.domain.errors import BadInput
from bot.domain.findings.hands import Hand
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.incidents.feedback import Word
from bot.domain.verdicts.validation import ValidationRequest

Chosen = TypeVar("Chosen", bound=StrEnum)
DEPLOYS_REFRESH = "deploys.refresh"
DEPLOYS_SERVICE = "deploys.service"
HEALTH_REFRESH = "health.refresh"
HEALTH_OVERVIEW = "health.overview"
HEALTH_PHASE = "health.phase"
HEALTH_PROCESSOR = "health.processor"
HEALTH_TREND = "health.trend"
HEALTH_QUERY = "health.query"
CHOOSE_HEALTH = "choose.health"
CHOOSE_IMPACT = "choose.impact"
CHOOSE_VALIDATE = "choose.validate"
HOME_REFRESH = "home.refresh"
SLO_BURN_DOWN = "slo.burn_down"
IMPACT_REFRESH = "impact.refresh"
IMPACT_PICTURE = "impact.picture"
IMPACT_CSV = "impact.csv"
IMPACT_QUERY = "impact.query"
REPROCESS_PAUSE = "reprocess.pause"
REPROCESS_RESUME = "reprocess.resume"
REPROCESS_STOP = "reprocess.stop"
REPROCESS_RETRY = "reprocess.retry"
REPROCESS_RECEIPT = "reprocess.receipt"
INCIDENT_IMPACT = "incident.impact"
INCIDENT_EVIDENCE = "incident.evidence"
INCIDENT_STORM = "incident.storm"
INCIDENT_SQL = "incident.sql"
INCIDENT_ACKNOWLEDGE = "incident.acknowledge"
INCIDENT_TAKE_OVER = "incident.take_over"
INCIDENT_WATCH = "incident.watch"
INCIDENT_MITIGATE = "incident.mitigate"
INCIDENT_CHECK = "incident.check"
INCIDENT_HAND_OVER = "incident.hand_over"
INCIDENT_HAND_OVER_TO = "incident.hand_over_to"
INCIDENT_RESOLVE = "incident.resolve"
INCIDENT_REOPEN = "incident.reopen"
INCIDENT_REOPEN_FOR = "incident.reopen_for"
INCIDENT_POSTMORTEM = "incident.postmortem"
INCIDENT_ADD = "incident.add"
INCIDENT_ADD_TO = "incident.add_to"
INCIDENT_DECLARE = "incident.declare"
INCIDENT_DECLARE_AS = "incident.declare_as"
INCIDENT_PROCESSORS = "incident.processors"
INCIDENT_SEVERITY_AS = "incident.severity_as"
INCIDENT_PAGES = "incident.pages"
INCIDENT_PAGE_NOW = "incident.page_now"
INCIDENT_MORE = "incident.more"
INCIDENT_HAND = "incident.hand"
INCIDENT_FEEDBACK = "incident.feedback"
INCIDENT_USEFUL = "incident.useful"
INCIDENT_NOISE = "incident.noise"
ONCALL_ASK = "oncall.ask"
ONCALL_ACCEPT = "oncall.accept"
ONCALL_DECLINE = "oncall.decline"
ONCALL_WITHDRAW = "oncall.withdraw"
ONCALL_REQUEST = "oncall.request"
ONCALL_TEST = "oncall.test"
ONCALL_TESTED = "oncall.tested"
REPROCESS_FORM = "reprocess.form"
REPROCESS_PROCESSORS = "reprocess.processors"
REPROCESS_PLAN = "reprocess.plan"
REPROCESS_INCIDENT = "reprocess.incident"
REPROCESS_START = "reprocess.start"
REPROCESS_ASK = "reprocess.ask"
REPROCESS_UPSTREAM = "reprocess.upstream"
REPROCESS_DOWNSTREAM = "reprocess.downstream"
REPROCESS_WITHDRAW = "reprocess.withdraw"
REPROCESS_TICKET = "reprocess.ticket"
REPROCESS_CIRCUITS = "reprocess.circuits"
REPORT_INCIDENT = "report.incident"
REPORT_HEALTH = "report.health"
REPORT_IMPACT = "report.impact"
REPORT_ONCALL = "report.oncall"
RUNBOOK_ACT = "runbook.act"
RUNBOOK_AGAIN = "runbook.again"
RUNBOOK_CHOOSE = "runbook.choose"
RUNBOOK_DONE = "runbook.done"
RUNBOOK_READ = "runbook.read"
RUNBOOK_SKIP = "runbook.skip"
RUNBOOK_START = "runbook.start"
RUNBOOK_STOP = "runbook.stop"
RUNBOOK_SUGGEST = "runbook.suggest"
CIRCUIT_CLOSE = "circuit.close"
OPERATION_APPROVE = "operation.approve"
OPERATION_ASK = "operation.ask"
OPERATION_CANCEL = "operation.cancel"
OPERATION_MAINTENANCE = "operation.maintenance"
OPERATION_RELEASE = "operation.release"
OPERATION_RESTART = "operation.restart"
OPERATION_ROLLBACK = "operation.rollback"
OPERATION_TIMEOUT = "operation.timeout"
OPERATION_WITHDRAW = "operation.withdraw"
SILENCE_CONFIRM = "silence.confirm"
VALIDATE_OPEN = "validate.open"
VALIDATE_REFRESH = "validate.refresh"
VALIDATE_QUERY = "validate.query"

_BLOCK = re.compile(r"([0-9]{1,4})d@(?:[0-9]{1,12}|([0-9]{1,10})p)")
_DAYS = re.compile(r"([0-9]{1,4})(?:@([0-9]{1,10}))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"([0-9]{1,4})d")
_OLD_IMPACT = "This button is from an older message. Type `/impact NAME` for a fresh one."
_OLD_VALIDATE = "This button is from an older message. Type `/validate` for a fresh answer."
_WHOLE, _PHASE, _PROCESSOR = "all", "phase", "processor"


def encode(request: HealthRequest) -> str:
    """`days:all`, `days:phase:N` or `days:processor:NAME`; `days@SECONDS` where they end at a moment of the past."""
    days = f"{request.days}" if request.as_of is None else f"{request.days}@{int(request.as_of.timestamp())}"
    if request.processor is not None:
        return f"{days}:{_PROCESSOR}:{request.processor}"
    if request.phase is not None:
        return f"{days}:{_PHASE}:{request.phase}"
    return f"{days}:{_WHOLE}"


def decode(value: str) -> HealthRequest:
    """The request of a value. Raises BadInput for one we never made: an old message, or a forged click."""
    window, _, rest = value.partition(":")
    kind, _, name = rest.partition(":")
    found = _DAYS.fullmatch(window)
    if found is not None:
        until = None if found[2] is None else at_seconds(int(found[2]))
        whole = HealthRequest(days=int(found[1]), as_of=until)
        if kind == _WHOLE and not name:
            return whole
        if kind == _PHASE and name.isascii() and name.isdigit() and len(name) <= 4:
            return replace(whole, phase=int(name))
        if kind == _PROCESSOR and name:
            return replace(whole, processor=name)
    raise BadInput("This button is from an older message. Type `/health` for a fresh one.")


def block_of(request: HealthRequest, as_of: datetime) -> str:
    """The id of the buttons' block: `DAYSd@SECONDS`, a `p` behind it where that moment of the past was asked for. All
    that is known of a message while someone types into a select; with the moment, because Slack keeps what was chosen
    in a block whose id stays.
    """
    return f"{request.days}d@{int(as_of.timestamp())}{'' if request.as_of is None else 'p'}"


def window_of(block_id: str) -> HealthRequest:
    """The window of the message that a block is in; for a block of an older release the usual one."""
    match = _BLOCK.fullmatch(block_id)
    if match is None:
        return HealthRequest()
    return HealthRequest(days=int(match[1]), as_of=at_seconds(int(match[2])) if match[2] else None)


def encode_impact(processor: str, data_date: date | None) -> str:
    """`YYYY-MM-DD:NAME`, `:NAME` for the newest date."""
    return f"{data_date or ''}:{processor}"


def decode_impact(value: str) -> ImpactRequest:
    """The request of a value. Raises BadInput for one we never made."""
    day, colon, name = value.partition(":")
    if not name or not colon or (day and not _DAY.fullmatch(day)):
        raise BadInput(_OLD_IMPACT)
    try:
        return ImpactRequest(name, date.fromisoformat(day) if day else None)
    except ValueError:
        raise BadInput(_OLD_IMPACT) from None


def encode_validation(request: ValidationRequest) -> str:
    """`FROM..TO:NAME`, `7d..:NAME` for the newest seven dates, `..:` for the newest of all processors."""
    begin = request.first or "" if request.newest is None else f"{request.newest}d"
    return f"{begin}..{request.last or ''}:{request.processor or ''}"


def decode_validation(value: str) -> ValidationRequest:
    """The request of a value. Raises BadInput for one we never made."""
    dates, colon, name = value.partition(":")
    first, dots, last = dates.partition("..")
    if colon and last == "" and (count := _COUNT.fullmatch(first)):
        return ValidationRequest(processor=name or None, newest=int(count[1]))
    if not (colon and dots) or any(day and not _DAY.fullmatch(day) for day in (first, last)):
        raise BadInput(_OLD_VALIDATE)
    try:
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
    except ValueError:
        raise BadInput(_OLD_VALIDATE) from None
    return ValidationRequest(processor=name or None, first=days[0], last=days[1])


class More(StrEnum):
    """What is behind the dots of an incident's message."""

    IMPACT = "impact"
    EVIDENCE = "evidence"
    SQL = "sql"
    TIMELINE = "timeline"
    SEVERITY = "severity"
    RUNBOOK = "runbook"
    REPROCESS = "reprocess"


def encode_more(what: More, incident: str) -> str:
    """`WHAT:INCIDENT`; of the severity, which changes something, the id of its grant."""
    return f"{what}:{incident}"


def decode_more(value: str) -> tuple[More, str]:
    """What is asked for, and of which incident. Raises BadInput for one we never made."""
    return _of_incident(value, More, "menu")


def encode_hand(hand: Hand, incident: str) -> str:
    """`HAND:INCIDENT`."""
    return f"{hand}:{incident}"


def decode_hand(value: str) -> tuple[Hand, str]:
    """What is to be done about which incident. Raises BadInput for one we never made."""
    return _of_incident(value, Hand, "menu")


def encode_take_over(incident: str, about: str) -> str:
    """`ABOUT:INCIDENT`."""
    return f"{about}:{incident}"


def decode_take_over(value: str) -> tuple[str, str]:
    """The incident, and what was asked; "" in a question of an older release."""
    about, _, incident = value.partition(":")
    return (incident, about) if incident and about.isalnum() else (value, "")  # an incident's id has @ before its time


def encode_feedback(word: Word, incident: str) -> str:
    """`WORD:INCIDENT`."""
    return f"{word}:{incident}"


def decode_feedback(value: str) -> tuple[Word, str]:
    """The word and the incident of a value. Raises BadInput for one we never made."""
    return _of_incident(value, Word, "button")


def _of_incident(value: str, words: type[Chosen], pressed: str) -> tuple[Chosen, str]:
    word, _, incident = value.partition(":")
    if word not in set(words) or not incident:
        raise BadInput(f"This {pressed} is from an older message. Use one on a newer message.")
    return words(word), incident
