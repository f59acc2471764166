"""What is wrong with a runbook, all of it at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from bot.domain.errors import BadInput, suggest
from bot.domain.runbooks.arguments import READ
from bot.domain.runbooks.expectation import reading
from bot.domain.runbooks.registry import ACTIONS, CHECKS
from bot.domain.runbooks.runbook import STRICTEST_LAST, OnFail, Runbook, Step, StepKind


@dataclass(frozen=True)
class Fault:
    """`step` is the position of the step that it is about; None: the runbook itself."""

    step: int | None
    message: str


def faults(runbook: Runbook) -> list[Fault]:
    """Of one runbook, in the order of its steps."""
    found = [] if runbook.steps else [Fault(None, "has no steps; write a numbered list")]
    names: dict[str, int] = {}
    for place, step in enumerate(runbook.steps):
        if step.id in names:
            found.append(Fault(place, f"step {step.id!r} is there twice; give each its own id"))
        names.setdefault(step.id, place)
    for place, step in enumerate(runbook.steps):
        found += [Fault(place, message) for message in (*_of_call(step), *_of_after(step, names))]
    found += [Fault(place, message) for place, message in _cycles(runbook.steps, names)]
    found += [Fault(place, message) for place, message in _unchecked(runbook.steps, names)]
    return sorted(found, key=lambda fault: -1 if fault.step is None else fault.step)


def repeated(runbooks: Iterable[Runbook]) -> list[str]:
    """The ids that several have."""
    seen, twice = set[str](), dict[str, None]()
    for each in runbooks:
        if each.id in seen:
            twice[each.id] = None
        seen.add(each.id)
    return list(twice)


def _of_call(step: Step) -> Iterator[str]:
    if step.kind is StepKind.CHECK:
        yield from _of_check(step)
    elif step.kind is StepKind.ACTION:
        yield from _of_action(step)


def _of_check(step: Step) -> Iterator[str]:
    check = CHECKS.get(step.call)
    if check is None:
        yield f"there is no check {step.call!r}. {suggest(step.call, CHECKS)}".rstrip()
        return
    yield from _of_arguments(step, check.takes)
    try:
        if step.expect:  # without one the file says so
            reading(step.expect, check)
    except BadInput as error:
        yield str(error)


def _of_action(step: Step) -> Iterator[str]:
    action = ACTIONS.get(step.call)
    if action is None:
        yield f"there is no action {step.call!r}. {suggest(step.call, ACTIONS)}".rstrip()
        return
    yield from _of_arguments(step, action.takes)
    for name in sorted(action.needs - step.arguments.keys()):
        yield f"the action {step.call} needs `{name}:`"
    if STRICTEST_LAST.index(step.approval) < STRICTEST_LAST.index(action.least):
        yield f"the action {step.call} needs the approval {action.least}, and the runbook says {step.approval}"


def _of_arguments(step: Step, takes: frozenset[str]) -> Iterator[str]:
    for name, said in step.arguments.items():
        if name not in takes:
            hint = suggest(name, takes) if takes else "It takes none."
            yield f"the {step.kind} {step.call} does not take {name!r}. {hint}".rstrip()
        elif name in READ:
            yield from _unreadable(name, said)


def _unreadable(name: str, said: str) -> Iterator[str]:
    try:
        READ[name](said)
    except BadInput as error:
        yield f"{name}: {error}"


def _of_after(step: Step, names: Mapping[str, int]) -> Iterator[str]:
    for name in step.after:
        if name not in names:
            yield f"is to come after {name!r}, which no step is called. {suggest(name, names)}".rstrip()


def _graph(steps: Sequence[Step], names: Mapping[str, int]) -> dict[int, set[int]]:
    return {place: {names[name] for name in step.after if name in names} for place, step in enumerate(steps)}


def _cycles(steps: Sequence[Step], names: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    try:
        TopologicalSorter(_graph(steps, names)).prepare()
    except CycleError as error:
        circle = [steps[place].id for place in reversed(error.args[1])]
        yield error.args[1][0], f"the steps wait for each other: {' after '.join(circle)}"


def _unchecked(steps: Sequence[Step], names: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Actions after which no check comes: nobody would know whether they worked."""
    later: dict[int, set[int]] = {}
    for place, before in _graph(steps, names).items():
        for each in before:
            later.setdefault(each, set()).add(place)
    for place, step in enumerate(steps):
        if step.kind is StepKind.ACTION and not _is_checked(place, steps, later):
            yield place, f"the action {step.call} has no check after it; say how it is seen that it worked"


def _is_checked(place: int, steps: Sequence[Step], later: Mapping[int, set[int]]) -> bool:
    """Before the next action; a check that goes on whatever it finds is none."""
    reached, seen = list(later.get(place, ())), set[int]()
    while reached:
        here = reached.pop()
        if here in seen:
            continue
        seen.add(here)
        if steps[here].kind is StepKind.CHECK and steps[here].on_fail is not OnFail.CONTINUE:
            return True
        if steps[here].kind is not StepKind.ACTION:
            reached += later.get(here, ())
    return False
