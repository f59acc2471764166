"""What the platform is made of: processors, the services that run them, and what each is expected to do."""

import re
from collections.abc import Iterable
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.errors import BadInput, suggest
from bot.domain.platform.judgement import STANDARD, Judgement
from bot.domain.platform.names import folded, matching, some_of
from bot.domain.platform.schedule import Active, Days, Schedule, cron_expressions
from bot.domain.platform.service_address import plain_path, request_body, request_method, request_path, service_address

MOST_NAMED = 5
NAME_LENGTH = 255
"""Tests of dbt have names of well over 100 characters."""
MOST_PHASE = 99
MOST_LAG = 2
"""Days: a slot lies within three days of its data date, however it is written."""


class Kind(StrEnum):
    SCRAPER = "scraper"
    PROCESSOR = "processor"
    REFERENCE = "reference"
    EXPORTER = "exporter"


class Criticality(StrEnum):
    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


DEADLINE = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?:\s*(AM|PM))?(?:\s*([A-Z][A-Z_+\-0-9/]*))?", re.IGNORECASE)


def parse_deadline(value: object) -> object:
    """Read "03:00", "03:00 AM" or "03:00 ET" as a wall-clock time. The loader checks that the zone is the registry's.

    Numbers are refused: pydantic would take them as seconds.
    """
    if isinstance(value, time):
        return value
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is not a time of day; write "HH:MM" in quotes')
    match = DEADLINE.fullmatch(value.strip())
    if match is None:
        raise ValueError(f'{value!r} is not a time of day; write "HH:MM"')
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").upper()
    if half and not 1 <= hour <= 12:
        raise ValueError(f'{value!r} is not a time of day; write "HH:MM"')
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f'{value!r} is not a time of day; write "HH:MM"')
    return time(hour, minute)


GRACE = re.compile(r"(?:(\d{1,2})\s*h)?\s*(?:(\d{1,4})\s*m(?:in)?)?", re.IGNORECASE)
MOST_GRACE = timedelta(hours=24)


def parse_grace(value: object) -> object:
    """Read `45m`, `2h`, `1h30m`, or a number of minutes."""
    if value is None or isinstance(value, timedelta):
        return value
    match = GRACE.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if match is not None:
        found = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = timedelta(minutes=value)
    elif isinstance(value, str) and value.startswith("P"):
        return value  # as pydantic writes it
    else:
        raise ValueError(f"{value!r} is no grace; write 45m, 2h or 1h30m")
    if not timedelta() <= found <= MOST_GRACE:
        raise ValueError(f"{value!r} is no grace; it lies between 0m and 24h")
    return found


def _ascending(hours: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted(set(hours)))


def _no_truth_value(value: object) -> object:
    """pydantic would read true as 1."""
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is not a number")
    return value


def _slot_hour(value: object) -> object:
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", value.strip()) if isinstance(value, str) else None
    if match is not None:
        raise ValueError(f"{value!r} is a clock time; write hours as a number: {int(match[1]) + int(match[2]) / 60:g}")
    return _no_truth_value(value)


COMMIT_LABELLED, COMMIT_SAME = "labelled", "same"
"""What is expected of the commit of a service: that it is known, or that it is the one of all others that say so."""


def _commit_policy(value: object) -> object:
    """Or one commit, by the beginning of its hash."""
    text = value.strip().lower() if isinstance(value, str) else value
    if text is None or text in (COMMIT_LABELLED, COMMIT_SAME):
        return text
    if not isinstance(text, str) or re.fullmatch(r"[0-9a-f]{7,64}", text) is None:
        raise ValueError(f"{value!r} is no policy; write labelled, same or the hash of a commit")
    return text


Number = Annotated[float, BeforeValidator(_no_truth_value)]
Whole = Annotated[int, BeforeValidator(_no_truth_value)]
SlotHour = Annotated[float, BeforeValidator(_slot_hour), Field(ge=0, lt=72)]
WallClock = Annotated[time, BeforeValidator(parse_deadline)]


class Frozen(BaseModel):
    """Unknown keys are ignored here; the loader names each as a warning."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ExpectedRecords(Frozen):
    """How many records a date brings: per scheduled game, or per date. `per_game` None: not known."""

    per_game: bool | None = None
    typical: Annotated[Number | None, Field(ge=0)] = None
    minimum: Annotated[Number | None, Field(ge=0, alias="min")] = None
    maximum: Annotated[Number | None, Field(ge=0, alias="max")] = None

    @model_validator(mode="before")
    @classmethod
    def _from_range(cls, value: Any) -> Any:
        """`expected_record_range: [100, 500]` is understood too."""
        if isinstance(value, (list, tuple)):
            if len(value) != 2:
                raise ValueError(f"a range has two numbers, not {len(value)}")
            return {"min": value[0], "max": value[1]}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> "ExpectedRecords":
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"min {self.minimum:g} is above max {self.maximum:g}")
        return self


class Processor(Frozen):
    """One job of the pipeline. Only `name` is required; each absence costs what it would have shown.

    `phase` None: it has no phase.
    """

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    phase: Annotated[Whole | None, Field(ge=0, le=MOST_PHASE)] = None
    kind: Kind = Kind.PROCESSOR
    criticality: Criticality | None = None
    description: str = ""
    owner: str | None = None
    dependencies: tuple[str, ...] = ()
    dependents: tuple[str, ...] | None = None
    fallback_for: str | None = None
    source: str | None = None
    raw_path: str | None = None
    bigquery_table: str | None = None
    date_column: str = "game_date"
    expected_frequency: str | None = None
    schedule_hours_et: Annotated[tuple[SlotHour, ...], AfterValidator(_ascending)] = ()
    schedule: Annotated[tuple[str, ...], BeforeValidator(cron_expressions)] = ()
    """Cron expressions: MINUTE HOUR DAY MONTH WEEKDAY."""
    data_lag_days: Annotated[Whole, Field(ge=0, le=MOST_LAG)] = 0
    """So many days before the local date of a slot of `schedule` lies its data date."""
    timezone: str | None = None
    """Of its own clock times; None: the registry's."""
    calendar: str | None = None
    active: Active | None = None
    grace: Annotated[timedelta | None, BeforeValidator(parse_grace)] = None
    """So long after its slot a run may start; None: 45 minutes."""
    polling: bool = False
    runs_on_no_game_days: bool = True
    sporadic: bool = False
    sla_completion_time: WallClock | None = None
    timeout_seconds: Annotated[Number | None, Field(gt=0)] = None
    freshness_hours: Annotated[Number | None, Field(gt=0)] = None
    expected_records: ExpectedRecords = ExpectedRecords()
    service: str | None = None
    proposal: bool = False
    """True: a value set by us for the team to confirm, not a known fact."""

    @model_validator(mode="after")
    def _lag_has_a_schedule(self) -> "Processor":
        if self.data_lag_days and not self.schedule:
            remedy = "schedule_hours_et counts from the data date: 26 is 02:00 of the next day"
            raise ValueError(f"has data_lag_days {self.data_lag_days} and no schedule that it could be about; {remedy}")
        return self


class UnregisteredProcessor(Processor):
    """A name that ran and is not in the registry: nothing is expected of it, and its failures are real all the same."""


class ServiceRequest(Frozen):
    """The HTTP call that starts one processor for one date; `{processor}` and `{date}` are filled in."""

    method: Annotated[str, BeforeValidator(request_method)] = "POST"
    path: Annotated[str, BeforeValidator(request_path)] = "/process"
    body: Annotated[dict[str, str], BeforeValidator(request_body)] = {}


class Control(StrEnum):
    """How a service is asked to run."""

    CLOUD_RUN = "cloud_run"
    """A Cloud Run service: its request, with an identity token for its address."""
    CLOUD_RUN_JOB = "cloud_run_job"
    HTTP = "http"
    """Its request, without a token."""


class Service(Frozen):
    """A deployed service: where it is, how it is asked to run, what a deployment of it should look like."""

    name: Annotated[str, Field(min_length=1)]
    control: Control | None = None
    """None: one with a project is a Cloud Run service, any other is asked over HTTP."""
    address: Annotated[str | None, BeforeValidator(service_address)] = None
    project: str | None = None
    region: str | None = None
    request: ServiceRequest | None = None
    health_path: Annotated[str | None, BeforeValidator(plain_path)] = None
    clear_request: ServiceRequest | None = None
    """The call that takes away a marker that a date is done, so that it runs again."""
    expected_timeout_seconds: Annotated[Number | None, Field(gt=0)] = None
    vcpu: Annotated[Number | None, Field(gt=0)] = None
    gib: Annotated[Number | None, Field(gt=0)] = None
    """What each of its instances is given: for what runs cost."""
    commit_policy: Annotated[str | None, BeforeValidator(_commit_policy)] = None
    generation: Annotated[Whole | None, Field(ge=1, le=2)] = None
    """1: a Cloud Function of the first generation, which is still to be migrated."""
    priority: str | None = None
    """How soon, as the team calls it: P0."""
    maintenance: bool = False
    """A Cloud Run job that puts something right, such as runs that are recorded as running and are not."""

    @property
    def asked_by(self) -> Control:
        return self.control or (Control.CLOUD_RUN if self.project else Control.HTTP)

    @property
    def cannot_start(self) -> str:
        """What the registry lacks for asking it to run; "": nothing."""
        if self.asked_by is Control.CLOUD_RUN_JOB:
            lacking = [name for name in ("project", "region") if not getattr(self, name)]
        else:
            lacking = [name for name in ("address", "request") if not getattr(self, name)]
        return f"service {self.name} has no {' and no '.join(lacking)} in registry.yaml" if lacking else ""


class RegistryFile(Frozen):
    """What a registry says of the platform."""

    version: Annotated[str, Field(coerce_numbers_to_str=True)] = "1.0"
    timezone: str = "America/New_York"
    calendars: dict[str, Days] = {}
    processors: tuple[Processor, ...] = ()
    services: tuple[Service, ...] = ()


class Registry(RegistryFile):
    """Everything known of the platform, and the figures of the policy by which what is stored of it is judged. The
    loader sees to it that names are unique, resolve, and form no cycle.
    """

    judgement: Judgement = STANDARD

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def by_name(self) -> dict[str, Processor]:
        return {processor.name: processor for processor in self.processors}

    @cached_property
    def writers(self) -> dict[str, tuple[str, ...]]:
        """Those that write each table, but for stand-ins: its rows tell of one processor only where it is alone."""
        found: dict[str, list[str]] = {}
        for each in self.processors:
            if each.bigquery_table is not None and each.fallback_for is None:
                found.setdefault(each.bigquery_table, []).append(each.name)
        return {table: tuple(names) for table, names in found.items()}

    @cached_property
    def schedules(self) -> dict[str, Schedule]:
        """When each processor is due, by name."""
        return {processor.name: self._schedule(processor) for processor in self.processors}

    def _schedule(self, processor: Processor) -> Schedule:
        zone = self.zone if processor.timezone is None else ZoneInfo(processor.timezone)
        days = None if processor.calendar is None else self.calendars[processor.calendar]
        lag = processor.data_lag_days
        return Schedule(
            zone, processor.schedule_hours_et, processor.schedule, days, processor.active, lag, processor.grace
        )

    @cached_property
    def dependents(self) -> dict[str, tuple[str, ...]]:
        """Direct dependents of each processor, derived from `dependencies`."""
        found: dict[str, list[str]] = {processor.name: [] for processor in self.processors}
        for processor in self.processors:
            for upstream in processor.dependencies:
                found[upstream].append(processor.name)
        return {name: tuple(names) for name, names in found.items()}

    @property
    def phases(self) -> tuple[int, ...]:
        return tuple(sorted({processor.phase for processor in self.processors if processor.phase is not None}))

    def including(self, names: Iterable[str]) -> "Registry":
        """This registry, with those of the names that it lacks as unregistered processors."""
        lacking = sorted(set(names) - self.by_name.keys())
        if not lacking:
            return self
        added = (UnregisteredProcessor.model_construct(name=name) for name in lacking)  # of any length: it ran
        return self.with_processors((*self.processors, *added))

    def judged_by(self, judgement: Judgement) -> "Registry":
        """This registry, judged by the figures of a policy."""
        return self if judgement == self.judgement else self._with(self.processors, judgement)

    def with_processors(self, processors: Iterable[Processor]) -> "Registry":
        """Everything else as it is."""
        return self._with(tuple(processors), self.judgement)

    def _with(self, processors: tuple[Processor, ...], judgement: Judgement) -> "Registry":
        return Registry(
            version=self.version,
            timezone=self.timezone,
            calendars=self.calendars,
            processors=processors,
            services=self.services,
            judgement=judgement,
        )

    @cached_property
    def example(self) -> str:
        """The processor with the most dependents: it has an answer to every question."""
        dependents = self.dependents
        return min(dependents, key=lambda name: (-len(dependents[name]), name), default="NAME")

    @cached_property
    def _forms(self) -> dict[str, str]:
        return {name: folded(name) for name in self.by_name}

    def matching(self, typed: str) -> list[Processor]:
        """Processors of that name, else those whose name contains what was typed; those that begin with it first."""
        return [self.by_name[name] for name in matching(typed, self._forms)]

    @cached_property
    def service_by_name(self) -> dict[str, Service]:
        return {service.name: service for service in self.services}

    def get(self, name: str) -> Processor:
        """The processor that is meant: a part of its name is enough. Raises BadInput with the names that it may be."""
        found = self.matching(name) if name.strip() else []
        if len(found) == 1:
            return found[0]
        if found:
            listed = some_of([processor.name for processor in found], MOST_NAMED)
            raise BadInput(f"{name!r} is a part of {len(found):,} names: {listed}. Write more of it.")
        raise BadInput(f"There is no processor {name!r}. {suggest(name, self.by_name)}".rstrip())
