"""What the checks of runbooks ask: the same services as every other surface. What cannot be asked is not known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.errors import FirelineError
from bot.domain.evidence.observation import DateSpan
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.unseen import DATA, RUNS
from bot.domain.findings.severity import Severity
from bot.domain.health.model import HealthReport, HealthRequest
from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.repair import Circuit
from bot.domain.runbooks.arguments import phase, service_of, subject_of
from bot.domain.runbooks.expectation import Measured, age, not_known, number
from bot.domain.runbooks.run import Subject
from bot.domain.runbooks.runbook import Step
from bot.domain.sources import Feed
from bot.domain.verdicts.judge import SOUND, Verdict
from bot.domain.verdicts.validation import Validated
from bot.ports.logs import LogLine
from bot.services.health import HealthService
from bot.services.incidents import IncidentService
from bot.services.sources import SourcesService
from bot.services.validation import Picture, ValidationService

LOOK_BACK = timedelta(hours=6)
"""So far back the log is looked at, at most."""
MOST_LINES = 100
FLEET_DAYS = 2
NO_PROCESSOR = "the runbook was started for no processor"
NO_DATE = "the runbook was started for no data date"
NO_DEPLOYS = "deployments are not read here"
NO_LOGS = "logs are not read here: set FIRELINE_CLOUD_LOGGING"
Deployments = Callable[[str, datetime], int | None]
"""How often a service was deployed in the 24 h up to a moment; None: it is not known."""
ErrorLines = Callable[[str, datetime, datetime], Sequence[LogLine]]
"""Of a service in a span."""


class Unasked(FirelineError):
    """A check that lacks what it is about."""


class NeverKnown(Unasked):
    """However often it is asked: the run would have to be started anew, or Fireline be set up otherwise."""


@dataclass(frozen=True)
class Asked:
    """`deployments` and `errors` None: nobody can be asked here."""

    registry: Registry
    validation: ValidationService
    health: HealthService
    sources: SourcesService
    incidents: IncidentService
    deployments: Deployments | None = None
    errors: ErrorLines | None = None
    circuits: Callable[[], Sequence[Circuit]] = tuple


@dataclass(frozen=True)
class _Question:
    step: Step
    subject: Subject
    since: datetime
    now: datetime

    @property
    def processor(self) -> str:
        if not self.subject.processor:
            raise NeverKnown(NO_PROCESSOR)
        return self.subject.processor

    @property
    def date(self) -> date:
        if self.subject.data_date is None:
            raise NeverKnown(NO_DATE)
        return self.subject.data_date


class RunbookChecks:
    def __init__(self, asked: Asked) -> None:
        self._of = asked
        self._answers: Mapping[str, Callable[[_Question], Measured]] = {
            "verdict": self._verdict,
            "health": self._health,
            "rows": self._rows,
            "coverage": self._coverage,
            "dependencies_not_ready": self._dependencies,
            "runs_in_flight": self._in_flight,
            "heartbeat_age": self._heartbeat,
            "real_failures": lambda each: number(self._counted(each).noise.real, each.now),
            "expected_failures": lambda each: number(self._counted(each).noise.kept_quiet, each.now),
            "open_incidents": self._open,
            "source_age": self._source_age,
            "deployments": self._deployments,
            "circuit": self._circuit,
            "error_lines": self._error_lines,
        }

    def measure(self, step: Step, subject: Subject, since: datetime, now: datetime) -> Measured:
        """`since`: from when on the log is looked at."""
        answer = self._answers.get(step.call)
        if answer is None:
            return not_known(f"this release has no check {step.call}", now, final=True)
        try:
            return answer(_Question(step, subject_of(step, subject), since, now))
        except FirelineError as error:
            return not_known(str(error).rstrip("."), now, final=isinstance(error, NeverKnown))

    def _known(self, names: Iterable[str], feeds: Iterable[Feed] = RUNS) -> None:
        """Raises Unasked where nobody knows what is not there of these."""
        unread = self._of.validation.unread(names, feeds)
        if unread:
            raise Unasked(f"what has come is not known: {unread}")

    def _judged(self, asked: _Question) -> Validated:
        return self._of.validation.judge(asked.processor, asked.date, asked.now)

    def _verdict(self, asked: _Question) -> Measured:
        found = self._judged(asked)
        because = "" if found.verdict is Verdict.OK else found.judged.because
        if found.verdict is Verdict.UNKNOWN:
            return not_known(because, asked.now)
        return Measured(str(found.verdict), str(found.verdict), asked.now, because)

    def _rows(self, asked: _Question) -> Measured:
        self._known([asked.processor], DATA)
        rows = self._judged(asked).proof.rows
        return not_known("no table is looked at", asked.now) if rows is None else number(rows, asked.now)

    def _coverage(self, asked: _Question) -> Measured:
        self._known([asked.processor], DATA)
        share = self._judged(asked).proof.coverage
        if share is None:
            return not_known("nobody knows how many rows are usual", asked.now)
        return number(100 * share, asked.now, " %")

    def _dependencies(self, asked: _Question) -> Measured:
        known = self._of.registry.by_name
        of_it = known[asked.processor].dependencies if asked.processor in known else ()
        names = [name for name in of_it if name in known]
        judged = list(self._pictured(names, asked).rows.values()) if names else []
        unknown = [each.processor.name for each in judged if each.verdict is Verdict.UNKNOWN]
        if unknown:
            return not_known(f"nothing is known of {', '.join(unknown)}", asked.now)
        wrong = [each for each in judged if each.verdict not in SOUND]
        because = "; ".join(f"{each.processor.name}: {each.judged.because}" for each in wrong)
        shown = f"{len(wrong)} of {len(judged)}" if judged else "the registry names nothing that it depends on"
        return Measured(len(wrong), shown, asked.now, because)

    def _pictured(self, names: Sequence[str], asked: _Question) -> Picture:
        return self._of.validation.picture(names, DateSpan(asked.date, asked.date), asked.now)

    def _days(self, asked: _Question) -> tuple[list[ProcessorDate], datetime]:
        """Of the processor and its date, else of all and the newest dates; and the moment they are known as of."""
        registry, subject = self._of.registry, asked.subject
        self._registered(subject.processor)
        today = self._of.validation.dates(asked.now).today
        first = subject.data_date or today - timedelta(days=FLEET_DAYS - 1)
        names = [subject.processor] if subject.processor else list(registry.by_name)
        self._known(names)
        picture = self._of.validation.picture(names, DateSpan(first, subject.data_date or today), asked.now)
        return [picture.history.day(name, day) for name, day in picture.rows], picture.as_of

    def _in_flight(self, asked: _Question) -> Measured:
        """Alive, whoever started them: as a repair counts them."""
        days, as_of = self._days(asked)
        return number(sum(len(day.alive(as_of)) for day in days), asked.now)

    def _heartbeat(self, asked: _Question) -> Measured:
        """Of dead runs, too. A run without a heartbeat counts from its start."""
        days, as_of = self._days(asked)
        runs = [run for day in days for run in day.under_way.values()]
        if not runs:
            return Measured(0.0, "no run is in flight", asked.now)
        return age(as_of - min(min(run.heartbeat_at or run.started_at, as_of) for run in runs), asked.now)

    def _scope(self, asked: _Question) -> HealthRequest:
        said, name = asked.step.arguments, asked.subject.processor
        if "phase" in said:
            return HealthRequest(days=1, phase=phase(said["phase"]))
        self._registered(name)
        return HealthRequest(days=1, processor=name or None)

    def _registered(self, name: str) -> None:
        """The answer for all is none for one that is not known. Raises Unasked."""
        if name and name not in self._of.registry.by_name:
            raise Unasked(f"{name} is not registered: nobody can tell what runs of it")

    def _report(self, asked: _Question) -> HealthReport:
        return self._of.health.of(self._scope(asked), asked.now)

    def _counted(self, asked: _Question) -> HealthReport:
        """Runs that nobody has seen are not counted as none."""
        scope, known = self._scope(asked), self._of.registry.processors
        one, name = scope.phase, scope.processor
        self._known(each.name for each in known if one in (None, each.phase) and name in (None, each.name))
        return self._report(asked)

    def _health(self, asked: _Question) -> Measured:
        report = self._report(asked)
        because = "" if not report.reasons else report.reasons[0].text.rstrip(".")
        return Measured(str(report.overall), str(report.overall), asked.now, because)

    def _open(self, asked: _Question) -> Measured:
        return number(sum(each.severity is not Severity.P3 for each in self._of.incidents.open()), asked.now)

    def _source_age(self, asked: _Question) -> Measured:
        wanted = asked.step.arguments.get("source")
        found = [each for each in self._of.sources.statuses() if wanted in (None, each.plan.name)]
        if not found:
            return not_known("there is no such source" if wanted else "no source is configured", asked.now)
        lacking = [each.plan.name for each in found if each.newest is None]
        if lacking:
            return not_known(f"nothing has come from {', '.join(lacking)} yet", asked.now)
        oldest = min(found, key=lambda each: each.newest or asked.now)
        measured = age(asked.now - (oldest.newest or asked.now), asked.now)
        return Measured(measured.value, f"{measured.text} ({oldest.plan.name})", asked.now)

    def _service(self, asked: _Question) -> str:
        found = service_of(asked.step, asked.subject, self._of.registry)
        if not found:
            raise Unasked(f"{asked.subject.processor or 'it'} has no service in the registry")
        return found

    def _deployments(self, asked: _Question) -> Measured:
        if self._of.deployments is None:
            raise NeverKnown(NO_DEPLOYS)
        service = self._service(asked)
        found = self._of.deployments(service, asked.now)
        return not_known(f"{service} was not read", asked.now) if found is None else number(found, asked.now)

    def _circuit(self, asked: _Question) -> Measured:
        self._registered(asked.processor)
        because = next((each.because for each in self._of.circuits() if each.processor == asked.processor), None)
        said = "closed" if because is None else "open"
        return Measured(said, said, asked.now, because or "")

    def _error_lines(self, asked: _Question) -> Measured:
        if self._of.errors is None:
            raise NeverKnown(NO_LOGS)
        since = max(asked.since, asked.now - LOOK_BACK)
        lines = self._of.errors(self._service(asked), since, asked.now)
        more = "+" if len(lines) >= MOST_LINES else ""
        newest = f"{lines[0].at:%H:%M} UTC: {lines[0].text}" if lines else ""
        return Measured(len(lines), f"{len(lines)}{more}", asked.now, newest)
