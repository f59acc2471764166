"""What is done to the pipeline from outside: faults injected and healed, runs asked for. All of it can be replayed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sandbox.pipeline.engine import Engine
from sandbox.pipeline.faults import Fault, FaultError, targets
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.moments import slot
from sandbox.pipeline.runs import Run


class UnknownProcessor(LookupError):
    """No processor of that name is registered."""


class InFlight(RuntimeError):
    """A live run of the same processor and date is in progress."""


@dataclass(frozen=True, slots=True)
class Command:
    """`verb`: inject (name: fault), heal (name: fault id), process, reload (the processor and its dependents),
    start_over (the same after their tables were emptied; name: the fault that does it), clear (the done-marker) or end
    (a run under way).
    """

    verb: str
    at: int
    name: str | None = None
    processor: str | None = None
    day: date | None = None
    end: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "day": self.day.isoformat() if self.day else None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Command":
        return cls(**{**stored, "day": date.fromisoformat(stored["day"]) if stored["day"] else None})


def fault_id(engine: Engine) -> str:
    return f"F{len(engine.faults.by_id) + 1:03d}"


def carry_out(engine: Engine, command: Command) -> Run | Fault | None:
    """Let time pass up to the command and do it.

    Raises FaultError, UnknownProcessor or InFlight; then nothing but the passing of time has happened.
    """
    engine.run_until(command.at)
    if command.verb == "inject":
        return _inject(engine, command)
    if command.verb == "heal":
        return _heal(engine, command)
    if command.verb == "reload":
        _reload(engine, str(command.processor), _date(command), command.at)
        return None
    if command.verb == "start_over":
        twice = command.name == "idempotency_block"
        engine.start_over(str(command.processor), _date(command), command.at, twice=twice)
        return None
    if command.verb == "clear":
        engine.state.marked_done.discard((_known(engine, command).name, _date(command)))
        return None
    if command.verb == "end":
        engine.end(_known(engine, command).name, _date(command), command.at)
        return None
    return _process(engine, command)


def _known(engine: Engine, command: Command) -> Processor:
    processor = engine.world.fleet.by_name.get(str(command.processor))
    if processor is None:
        raise UnknownProcessor(f"There is no processor {command.processor!r}.")
    return processor


def _reload(engine: Engine, name: str, day: date, at: int) -> None:
    """The scraper first, if the raw file is missing; then the processor and all that depends on it."""
    fleet = engine.world.fleet
    source = fleet.by_name[name].source
    missing = source is not None and not engine.state.has_raw(source, day)
    scrapers = [p.name for p in fleet.by_source[str(source)] if p.is_scraper] if missing else []
    engine.reload([*scrapers, name, *fleet.downstream(name)], day, at, asked=True)


def _date(command: Command) -> date:
    if command.day is None:
        raise ValueError(f"{command.verb} {command.processor}: a data date is needed")
    return command.day


def _inject(engine: Engine, command: Command) -> Fault:
    name, fleet = str(command.name), engine.world.fleet
    struck = targets(fleet, name, command.processor)
    if command.end is not None and command.end <= command.at:
        raise FaultError(f"{name}: it would end before it starts; give a later end.")
    if name in {"scraper_down", "missing_run"} and command.day is not None and command.processor is not None:
        last = slot(command.day, fleet.by_name[command.processor].slots[-1])
        if last < command.at:
            raise FaultError(f"{name}: the slots of {command.day} are over; name a later date, or none.")
    fault = Fault(fault_id(engine), name, command.processor, command.day, command.at, command.end, struck)
    engine.inject(fault, command.at)
    return fault


def _heal(engine: Engine, command: Command) -> Fault:
    fault = engine.faults.by_id.get(str(command.name))
    if fault is None:
        raise FaultError(f"There is no fault {command.name!r}; known: {', '.join(engine.faults.by_id) or 'none'}.")
    if fault.end is not None and fault.end <= command.at:
        raise FaultError(f"{fault.id} ({fault.name}) is over already.")
    healed = replace(fault, end=command.at)
    engine.heal(healed, command.at)
    return healed


def _process(engine: Engine, command: Command) -> Run:
    processor, day = _known(engine, command), _date(command)
    run = engine.running.get((processor.name, day))
    if run is not None and not run.outcome.hung:
        raise InFlight(f"{processor.name} is already running for {day} (run {run.run_id}).")
    return engine.ask(processor, day, command.at)
