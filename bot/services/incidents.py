"""What the buttons of an incident's message ask for. The state is read when a button is pressed."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.gate.folded import Folded, folded
from bot.domain.impact.report import ImpactRequest
from bot.domain.incidents.evidence import Checked, IncidentEvidence
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.incidents.standing import graded
from bot.domain.platform.registry import Registry
from bot.domain.verdicts.judge import REPAIRED, SOUND
from bot.domain.verdicts.validation import ValidationRequest
from bot.ports.state import State
from bot.services.incident_facts import Judge
from bot.services.retrospect import RetrospectService

log = logging.getLogger("fireline.incidents")
DAY = timedelta(days=1)
MOST_DATES = 6
"""Verdicts shown at once."""


class IncidentService:
    """`state` None: this process keeps none, and knows no incident."""

    def __init__(self, state: State | None, registry: Registry, judge: Judge) -> None:
        self._state, self._registry, self._judge = state, registry, judge

    def get(self, incident_id: str) -> Incident:
        """Raises BadInput for an unknown one."""
        found = self._required_state().incident(incident_id)
        if found is None:
            raise BadInput("This incident is not known any more: the message is older than Fireline's state.")
        return found

    def open(self) -> list[Incident]:
        """What people are told of and is not over, in order of when it was announced."""
        return [each for each in self._required_state().open_incidents() if each.severity is not Severity.P3]

    def impact(self, incident_id: str) -> ImpactRequest:
        """Of its first root, for the data date that it is called by."""
        incident = self.get(incident_id)
        day = incident.headline.data_date or max(incident.data_dates, default=None)
        return ImpactRequest(incident.headline.root, day)

    def dates(self, incident_id: str) -> ValidationRequest:
        """Its first root, and the data dates that it concerns: what the verdicts on it rest on."""
        incident = self.get(incident_id)
        first, last = min(incident.data_dates, default=None), max(incident.data_dates, default=None)
        return ValidationRequest(processor=incident.headline.root, first=first, last=last)

    def evidence(self, incident_id: str, now: datetime) -> IncidentEvidence:
        incident = graded(self.get(incident_id), self._required_state().response(incident_id))
        members = self._required_state().members(incident_id)
        dates = list(self._dates(incident, members))
        verdicts = tuple(self._judge(name, day, now) for name, day in dates[:MOST_DATES])
        said, feedback = self._required_state().history(incident_id), self._required_state().feedback(incident_id)
        left_out = max(0, len(dates) - MOST_DATES)
        past = RetrospectService(self._state)
        return IncidentEvidence(
            incident,
            tuple(members),
            verdicts,
            left_out,
            tuple(said),
            tuple(feedback),
            now,
            past.similar(incident, now),
            past.memory(incident),
        )

    def storm(self, incident_id: str) -> Folded:
        """Raises BadInput for what is no storm."""
        incident = self.get(incident_id)
        found = folded(incident, self._required_state().history(incident_id))
        if found is None:
            raise BadInput(f"{incident.label} is no storm: nothing was folded into it.")
        return found

    def checked(self, incident_id: str, now: datetime) -> Checked:
        """The data is asked of its dates, and of those that wait for them: its own first."""
        incident, members = self.get(incident_id), self._required_state().members(incident_id)
        own = list(self._dates(incident, members))
        known = self._registry.by_name
        waiting = [(name, day) for day in incident.data_dates for name in incident.impact if name in known]
        judged = [self._judge(name, day, now) for name, day in dict.fromkeys([*own, *waiting])]
        wrong = [each for each in judged if each.verdict not in SOUND]
        said = (f"{each.processor.name} {each.data_date}: {each.judged.because}" for each in wrong)
        ours = (each for each in wrong if each.processor.name in incident.processors and each.processor.service)
        repaired = {each.data_date for each in ours if each.action in REPAIRED}
        return Checked(incident, len(judged), tuple(said), tuple(sorted(repaired)))

    def still_wrong(self, incident_id: str, now: datetime) -> Sequence[str]:
        """What is not right of them, a sentence each."""
        return self.checked(incident_id, now).wrong

    def say(self, incident_id: str, person: str, word: Word, at: datetime) -> Incident:
        """Store a person's feedback on it."""
        incident = self.get(incident_id)
        with self._required_state().transaction() as tx:
            tx.incidents.say(incident_id, Feedback(person, word, at))
        log.info("feedback on %s: %s", incident.label, word)
        return incident

    def _required_state(self) -> State:
        if self._state is None:
            raise BadInput("This process has no state: ask the process that runs detection for incidents.")
        return self._state

    def _days(self, finding: Finding) -> Sequence[date]:
        """What a person has declared concerns the day of it and the one before, by the registry's zone."""
        if finding.declared:
            day = finding.since.astimezone(self._registry.zone).date()
            return day, day - DAY
        return () if finding.data_date is None else (finding.data_date,)

    def _dates(self, incident: Incident, members: list[AlertState]) -> Iterator[tuple[str, date]]:
        """(processor, data date) of its roots; of one that is over, what it was called by."""
        roots = [member.finding for member in members if member.is_root] or [incident.headline]
        pairs = {(name, day) for each in roots for name in each.processors for day in self._days(each)}
        known = [pair for pair in pairs if pair[0] in self._registry.by_name]
        yield from sorted(known, key=lambda pair: (pair[0] != incident.headline.root, -pair[1].toordinal(), pair[0]))
