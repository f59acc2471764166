"""Which runbooks fit an incident, and why; and which fit the words of somebody who looks for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.deploys.correlation import Correlation
from bot.domain.deploys.deployed import short
from bot.domain.errors import BadInput, suggest
from bot.domain.findings.finding import FindingKind
from bot.domain.incidents.incident import Incident
from bot.domain.runbooks.runbook import Runbook, StepKind

MOST = 2


@dataclass(frozen=True)
class Suggested:
    runbook: Runbook
    because: str


def suggested(
    runbooks: Iterable[Runbook], incident: Incident, correlations: Sequence[Correlation] = ()
) -> list[Suggested]:
    """Two at most, the nearest first: one for just this processor before one for any, the kind that the incident is
    called by before others that it has. One that rolls back comes before both where facts speak for a deployment.
    """
    kinds = [incident.headline.kind, *(part.kind for part in incident.parts if part.kind is not incident.headline.kind)]
    known = list(runbooks)
    back = [each for each in known if correlations and _goes_back(each)]
    ranked = [(rank, each) for each in known if (rank := _rank(each, kinds, incident.processors)) is not None]
    ranked.sort(key=lambda pair: (pair[0], pair[1].id))
    found = [Suggested(each, _deployed(correlations[0])) for each in sorted(back, key=lambda each: each.id)]
    found += [Suggested(each, _because(each, kinds, incident)) for _, each in ranked if each not in back]
    return found[:MOST]


def _goes_back(runbook: Runbook) -> bool:
    """For any processor: what is for named ones is for other troubles of theirs, too."""
    return not runbook.processors and any(
        step.kind is StepKind.ACTION and step.call == "rollback" for step in runbook.steps
    )


def _deployed(found: Correlation) -> str:
    revision = short(found.change.revision.name)
    return f"it is for a deployment, and at least two facts speak for {revision} of {found.change.service}"


def _rank(runbook: Runbook, kinds: Sequence[FindingKind], processors: Sequence[str]) -> tuple[int, int] | None:
    """None: it is for something else."""
    fitting = [place for place, kind in enumerate(kinds) if kind in runbook.kinds]
    named = any(name in runbook.processors for name in processors)
    if not fitting or (runbook.processors and not named):
        return None
    return 0 if named else 1, fitting[0]


def _because(runbook: Runbook, kinds: Sequence[FindingKind], incident: Incident) -> str:
    kind = next(kind for kind in kinds if kind in runbook.kinds)
    named = next((name for name in incident.processors if name in runbook.processors), "")
    said = f"it is for {str(kind).replace('_', ' ')}"
    return f"{said} of {named}" if named else said


def looked_for(runbooks: Iterable[Runbook], words: str) -> list[Runbook]:
    """As `found`. Raises BadInput where none is."""
    known = list(runbooks)
    fitting = found(known, words)
    if not fitting:
        raise BadInput(f"No runbook fits {words!r}. {suggest(words, (each.id for each in known))}".rstrip())
    return fitting


def found(runbooks: Iterable[Runbook], words: str) -> list[Runbook]:
    """The one of that id; else those whose id, title, kinds, processors or texts have all the words, titles first."""
    listed = list(runbooks)
    exact = [each for each in listed if each.id == words.strip().casefold()]
    if exact:
        return exact
    wanted = words.casefold().split()
    hits = [(_place(each, wanted), each) for each in listed]
    return [each for place, each in sorted(hits, key=lambda hit: (hit[0], hit[1].id)) if place < _NOWHERE]


_NOWHERE = 2


def _place(runbook: Runbook, words: Sequence[str]) -> int:
    title = f"{runbook.id} {runbook.title}".casefold()
    if all(word in title for word in words):
        return 0
    parts = [title, *runbook.kinds, *runbook.processors, runbook.about, *(step.text for step in runbook.steps)]
    everything = " ".join(parts).casefold().replace("_", " ")
    return 1 if all(word.replace("_", " ") in everything for word in words) else _NOWHERE
