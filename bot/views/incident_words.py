"""What is said of an incident, in words: shared by its message, its thread and the evidence behind it."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.counts import plural
from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.findings.words import failed_runs, short_day, what, wrong
from bot.domain.incidents.incident import Gathered, Incident
from bot.domain.incidents.notice import Notice, Proof, Reach, Restored
from bot.views.text import cut_words, visible

NEXT_STEPS = {
    "fix_and_rerun_processor": "Fix the cause, then rerun it",
    "restart_coordinator": "Restart the coordinator",
    "kill_and_rerun": "Stop the run and start it again",
    "raise_timeout_or_fix": "Raise its limit or speed it up",
    "open_circuit_and_fix": "Stop retries and fix the cause",
    "investigate": "Find the cause",
    "inspect_data": "Inspect the refused data",
    "processor_rerun": "Rerun the processor",
    "scraper_rerun": "Rerun the scraper",
    "clear_marker_and_rerun": "Clear the done marker and rerun",
    "trigger_run": "Start the missing run",
    "chase": "Ask its owner for the data",
    "rerun_after_source_check": "Check the source, then rerun",
    "investigate_performance": "Find what made it slow",
    "watch": "Watch it",
    "wait_or_rollback": "Roll back the deploy, or wait",
    "add_backoff": "Make the retries wait longer",
    "review_budget": "Review the budget",
    "check_source": "Check the source",
    "none": "Nothing to do",
}
"""Each fits a bold line of a phone."""
MOST_ERROR, MOST_DATES = 54, 2
"""Two lines of a phone, with what comes before them."""
SHORTEST = 16
"""Of a name or an error that is cut, what still tells it from another."""
SHORT_NAME = 14
"""Of another's deadline: with its time it fits a line."""
LATE_NAME = 24
"""Of another's that has passed: how long ago is said without its date, so more of the name fits."""
MOST_SENTENCE, SHORT_SENTENCE, ONE_LINE = 110, 64, 40
"""Its end says what is wrong: it is cut only where nothing else can be left out."""
STORMS = frozenset({FindingKind.ALERT_STORM, FindingKind.RETRY_STORM})
"""They are called by what all say."""
_CLOCK = re.compile(r"\b(\d\d):(\d\d) UTC\b")
MINUTE = timedelta(minutes=1)
_TRACEBACK = re.compile(r"^\s*Traceback ", re.MULTILINE)


@dataclass(frozen=True)
class Voice:
    """How data and moments are written: Slack escapes the one, and shows each reader the other in local time.

    `clock` and `ago` take a moment and now; `time` gives the time of day alone; `person` a name, or a Slack member id.
    """

    data: Callable[[str], str]
    code: Callable[[str], str]
    clock: Callable[[datetime, datetime], str]
    date: Callable[[datetime], str]
    ago: Callable[[datetime, datetime], str]
    age: Callable[[datetime], str]
    time: Callable[[datetime], str]
    person: Callable[[str], str]


def title(notice: Notice, most: int | None = None) -> str:
    """Processor, what is wrong, data date; where that is longer than `most` characters, a storm by its count and less
    of its error, and less of a name.
    """
    if notice.incident.headline.declared:
        return _cut(_declared(notice), most or MOST_SENTENCE)
    who, fault, dates = _who(notice), _what(notice.incident), _dates(notice.incident)
    over = len(f"{who}: {fault}{dates}") - (most or math.inf)
    if over <= 0:
        return f"{who}: {fault}{dates}"
    if notice.incident.kind in STORMS:
        who = plural(len(notice.incident.processors), "processor")
        room = max(SHORTEST, (most or 0) - len(f"{who}: all fail with "))
        return f"{who}: {_what(notice.incident, room)}{dates}"
    return f"{_cut(who, max(SHORTEST, round(len(who) - over)))}: {fault}{dates}"


def _declared(notice: Notice) -> str:
    """In the words of whoever declared it, behind the processors that they named."""
    said = " ".join(notice.incident.headline.explanation.split())
    return f"{_who(notice)}: {said}" if notice.incident.processors else said


def _who(notice: Notice) -> str:
    headline, others = notice.incident.headline, len(notice.incident.processors) - 1
    if headline.kind is FindingKind.PHASE_DOWN:
        return headline.subject.capitalize()
    return notice.lead if others <= 0 else f"{notice.lead} and {others:,} more"


def _what(incident: Incident, error: int = MOST_ERROR) -> str:
    """`error`: characters of it."""
    headline = incident.headline
    if incident.gathered is Gathered.OVER_CAP:
        return "too many alerts this hour"
    if incident.kind in STORMS and headline.error:
        return f"all fail with {short_error(headline.error, error)}"
    if incident.gathered is Gathered.SAME_CLASS and headline.error_class == FindingKind.MISSING_RUN:
        return wrong(FindingKind.MISSING_RUN)
    return what(headline)


def _dates(incident: Incident) -> str:
    """The date that it is called by, then the others."""
    first = incident.headline.data_date
    days = [*([first] if first is not None else []), *(day for day in incident.data_dates if day != first)]
    if not days or (first is None and incident.family is Family.STORM):
        return ""
    if len(days) <= MOST_DATES:
        return f" for {', '.join(map(short_day, days))}"
    return f" for {short_day(days[0])} and {plural(len(days) - 1, 'more date')}"


def trouble(finding: Finding, now: datetime, voice: Voice, most: int = MOST_SENTENCE) -> str:
    """The error itself; without one what was found, in `most` characters. A storm is called by its error already."""
    since = voice.clock(finding.since, now)
    if finding.declared:
        return f"Declared by {voice.person(finding.by)} at {since}"
    if finding.failures and finding.error:
        runs, since = failed_runs(finding), voice.clock(finding.seen_since, now)
        if finding.family is Family.STORM:
            return f"{runs} since {since}"
        return f"{runs} since {since}: {voice.code(short_error(finding.error, min(most, MOST_ERROR)))}"
    if finding.kind is FindingKind.STUCK_RUN:
        return f"Running since {since} without a sign that it will end"
    return f"Since {since}: {sentence(finding, cut_words(_explanation(finding), most), voice)}".rstrip(".")


def sentence(finding: Finding, said: str, voice: Voice) -> str:
    """What was found, as `said`: its times are shown to each reader like any other."""
    return _CLOCK.sub(lambda found: voice.time(_at(finding.since, *map(int, found.groups()))), voice.data(said))


def _at(day: datetime, hour: int, minute: int) -> datetime:
    """A time that a sentence names without its date: each reader sees it in local time like any other."""
    return day.replace(hour=hour % 24, minute=minute % 60, second=0, microsecond=0)


def _explanation(finding: Finding) -> str:
    """Without what the title, or the moment before it, says already."""
    text = finding.explanation.replace(f"the run of {finding.since:%H:%M} UTC ", "its run ")
    for prefix in (f"{finding.root} for {finding.data_date}: ", f"{finding.root}: "):
        text = text.removeprefix(prefix)
    return text


def short_error(text: str, most: int = MOST_ERROR) -> str:
    """The line that says what went wrong: of a traceback the last, else the first."""
    lines = [line.strip() for line in visible(text).splitlines() if line.strip()]
    if not lines:
        return ""
    return _cut(" ".join(lines[-1 if _TRACEBACK.search(text) else 0].split()), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def reach(notice: Notice, voice: Voice, *, short: bool = False) -> str:
    """Whom it blocks and by when that matters; of a source, what waits for it. `short`: less of another's deadline."""
    if notice.incident.headline.source:
        return _held(notice.incident.headline.held)
    if not notice.incident.has_data:
        return "Whom it blocks is unknown: no processor is named"
    found = notice.reach
    due = _due(found, notice.now, voice, short)
    if found.blocked:
        own = found.due is not None and found.due.processor == found.blocked
        said = f"{voice.data(found.blocked)} blocked{', ' if own and due else '; ' if due else ''}{due}"
        return f"{said}; {found.more:,} more" if found.more else said
    if found.dependents is None:
        return f"Whom it blocks is unknown; {due}" if due else "Whom it blocks is unknown: no dependencies registered"
    if due:
        return f"Blocks nobody yet; {due}"
    depends = "depends" if found.dependents == 1 else "depend"
    return f"{plural(found.dependents, 'processor')} {depends} on it" if found.dependents else "Blocks nobody"


def _held(count: int) -> str:
    """What would be said if nothing came of it."""
    if not count:
        return "What it brings is unknown, not missing"
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'finding')} {verb} held until it is read again"


def _due(found: Reach, now: datetime, voice: Voice, short: bool) -> str:
    if found.due is None:
        return ""
    at, away = found.due.at, found.due.at - now
    own = found.due.processor == found.blocked
    passed = away < timedelta(0)
    most = LATE_NAME if passed else SHORT_NAME
    whose = _cut(found.due.processor, most) if short else found.due.processor
    named = "" if own else f"{voice.data(whose)} "
    if not passed:
        left = "" if short and not own else f", in {lasting(away)}"
        return f"{named}due {voice.clock(at, now)}{left}"
    if short:
        return f"{named}was due {voice.ago(at, now)}"
    return f"{named}due {voice.date(at)}, passed {voice.ago(at, now)}"


def step(finding: Finding) -> str:
    return NEXT_STEPS.get(finding.action, finding.action.replace("_", " "))


def lasting(span: timedelta) -> str:
    """5 h 40 min; 12 min; 2 d 3 h."""
    minutes = max(0, round(span / MINUTE))
    hours, days = minutes // 60, minutes // 1440
    if not hours:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def ending(notice: Notice, voice: Voice) -> str:
    """When it ended, after how long, and by what proof."""
    incident, at = notice.incident, notice.decision.at
    when = f"{voice.date(at)}, after {lasting(at - incident.announced_at)}"
    if notice.into:
        return f"Since {when}: read on there."
    if incident.expired:
        return f"Given up {when}: its dates are too old to be watched. What was missing is still missing."
    if incident.headline.declared:
        return f"Ended {when}."
    if notice.restored is not None:
        return f"Ended {when}. Proof: {_restored(notice.restored, notice.now, voice)}."
    if not notice.proof:
        return f"Ended {when}. Nothing of it has been seen since."
    heading = "Proof" if proved(notice) else "Not proved"
    return f"Ended {when}. {heading}: {'; '.join(_proof(each, voice) for each in notice.proof)}."


def back(notice: Notice, until: datetime, voice: Voice) -> str:
    """What shows that it is back, and until when it is watched before it counts as resolved."""
    proof = "; ".join(_proof(each, voice) for each in notice.proof) or "what it is called by is seen no more"
    return f"{proof}. It is {watched(until, notice.now, voice)}; then it counts as resolved."


def watched(until: datetime, now: datetime, voice: Voice) -> str:
    return f"watched until {voice.clock(until, now)}"


def _restored(found: Restored, now: datetime, voice: Voice) -> str:
    at = voice.clock(found.at, now)
    return f"its newest row is of {at}" if found.rows is None else f"read again at {at}, {plural(found.rows, 'row')}"


def proved(notice: Notice) -> bool:
    return all(each.sound for each in notice.proof)


def _proof(proof: Proof, voice: Voice) -> str:
    day = short_day(proof.data_date)
    if not proof.sound or proof.rows is None:
        return voice.data(f"{day}, {proof.because}")
    were = f", was {proof.were:,}" if proof.were is not None and proof.were != proof.rows else ""
    return f"{plural(proof.rows, 'row')} for {day}{were}"


def part(kind: FindingKind, day: date | None) -> str:
    return wrong(kind) + (f" for {short_day(day)}" if day is not None else "")
