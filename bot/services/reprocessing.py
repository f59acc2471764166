"""Repairs: planned and shown, approved by a second person where one is needed, started once; nothing starts unasked."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.access import Actor, Identity, Role, Way, without_slack
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import Change, Plan, Request, difference
from bot.domain.reprocessing.repair import (
    BEFORE_START,
    Person,
    Repair,
    approval_asked,
    number_in,
    record_of,
    started,
    steps_of,
    withdrawn,
)
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.repair_plans import RepairPlans
from bot.services.required_state import required
from bot.services.service_in_use import refuse_repair

log = logging.getLogger("fireline.reprocessing")
MOST_LISTED = 20
MOST_NAME = 40
"""Of what was typed instead of one."""


class PlanChanged(BadInput):
    """The plan is not what would be done now. `changes` are its differences, row by row; `fresh` is what it is now, to
    be started in its place.
    """

    def __init__(self, before: Repair, fresh: Repair, changes: Sequence[Change]) -> None:
        self.before, self.fresh, self.changes = before, fresh, tuple(changes)
        rows = "\n".join(map(str, changes[:MOST_LISTED]))
        more = f"\nand {len(changes) - MOST_LISTED:,} more" if len(changes) > MOST_LISTED else ""
        super().__init__(f"{before.label} is not what would be done now: nothing was started.\n{rows}{more}")


class RepairService:
    """`state` None: this process keeps none. `email` of who acts, "" where it is not known; `approves`: the role of who
    can be the second person.
    """

    def __init__(
        self,
        state: State | None,
        plans: RepairPlans,
        identify: Callable[[Actor], Identity] = without_slack,
        email: Callable[[Actor], str] = lambda _: "",
        approves: Role = Role.RESPONDER,
    ) -> None:
        self._state, self.plans = state, plans
        self._identify, self._email, self._approves = identify, email, approves

    def propose(self, request: Request, who: Actor, now: datetime, incident: str = "") -> Repair:
        """What would be done, stored: nothing starts. Raises NotAllowed, and BadInput for what cannot be planned."""
        check_role(self._identify, who, "plan a repair")
        return self._stored(self.plans.of(request, now), self._person(who), now, incident)

    def get(self, name: str) -> Repair:
        """By its number, R-12, or by the id that a button carries. Raises BadInput."""
        repairs, number = self._required().repairs, number_in(name)
        found = repairs.of(name) if number is None else repairs.numbered(number)
        if found is None:
            what = f"No plan {name[:MOST_NAME]!r} is known" if number is None else f"There is no repair R-{number}"
            raise BadInput(f"{what}. `/reprocess list` or `fireline reprocess status` shows the latest.")
        return found

    def latest(self, most: int = MOST_LISTED) -> Sequence[Repair]:
        return self._required().repairs.latest(most)

    def ask_approval(self, name: str, who: Actor, now: datetime) -> Repair:
        """A second person is to start it. Raises NotAllowed, BadInput, PlanChanged."""
        check_role(self._identify, who, "ask for the approval of a repair")
        known = self.get(name)
        after = approval_asked(known, now)
        self._check_fresh(known, who, now)
        return self._kept(after, "approval_asked", who, now)

    def start(self, name: str, who: Actor, now: datetime) -> Repair:
        """By whoever asked; where it needs a second person, by that one: the start is the approval. What the plan rests
        on is looked at again. Raises NotAllowed, BadInput, PlanChanged.
        """
        check_role(self._identify, who, "start a repair")
        known, by = self.get(name), self._person(who)
        if known.plan.needs_second and known.state in BEFORE_START:
            self._check_second(known, who, by)
        if not known.plan.running:
            raise BadInput("Nothing of this plan runs: there is nothing to start.")
        after = started(known, by, now)
        self._check_fresh(known, who, now)
        return self._begun(after, who, now)

    def withdraw(self, name: str, who: Actor, now: datetime) -> Repair:
        """Before it has started. Raises NotAllowed and BadInput."""
        check_role(self._identify, who, "withdraw a repair")
        return self._kept(withdrawn(self.get(name), self._person(who), now), "withdrawn", who, now)

    def shown_at(self, repair_id: str, message: MessageRef) -> None:
        """Where its progress is shown: what has asked for its approval goes on, wherever else that was given."""
        if self.get(repair_id).message is None:
            with self._required().transaction() as tx:
                tx.repairs.set_message(repair_id, message)

    def _check_second(self, known: Repair, who: Actor, by: Person) -> None:
        """At a terminal anybody can call themselves anything: two people meet in Slack."""
        if who.way is not Way.SLACK:
            why = "; ".join(known.plan.needs_second)
            there = f" There `/reprocess {known.label}` shows it." if known.number else " Ask for approval first."
            raise BadInput(f"A second person has to approve it, in Slack: {why}.{there}")
        if not by.is_same_human(known.asked_by):
            check_role(self._identify, who, "approve a repair", self._approves)

    def _check_fresh(self, known: Repair, who: Actor, now: datetime) -> None:
        """Raises PlanChanged if another plan would be made now, or the same one needs a second person by now."""
        fresh = self.plans.of(known.plan.request, now)
        if fresh.hash != known.plan.hash or (fresh.needs_second and not known.plan.needs_second):
            self._refuse(known, fresh, who, now)

    def _refuse(self, known: Repair, fresh: Plan, who: Actor, now: datetime) -> None:
        changes = difference(known.plan.steps, fresh.steps)
        log.info("%s was refused: %d rows of its plan have changed", known.label, len(changes))
        raise PlanChanged(known, self._stored(fresh, self._person(who), now, known.incident), changes)

    def _begun(self, after: Repair, who: Actor, now: datetime) -> Repair:
        """Approval and start are one transaction; two that would run the same at once meet in it."""
        with self._required().transaction() as tx:
            stored = tx.repairs.put(after)
            if stored is not None:
                refuse_repair(tx, after.plan.running)
                tx.repairs.add_steps(steps_of(stored.plan, stored.id))
                tx.audit.add(record_of(stored, "started", who.key, now))
        if stored is None:
            raise BadInput("Somebody else was faster: look at it again.")
        log.info("%s starts %s: %d steps", who.name, stored.label, len(stored.plan.running))
        return stored

    def _stored(self, made: Plan, by: Person, now: datetime, incident: str) -> Repair:
        repair = Repair(plan=made, asked_by=by, asked_at=now, incident=incident)
        with self._required().transaction() as tx:
            tx.repairs.add(repair)
        return replace(repair, version=1)

    def _kept(self, after: Repair, act: str, who: Actor, now: datetime) -> Repair:
        with self._required().transaction() as tx:
            stored = tx.repairs.put(after)
            if stored is not None:
                tx.audit.add(record_of(stored, act, who.key, now))
        if stored is None:
            raise BadInput("Somebody else was faster: look at it again.")
        return stored

    def _person(self, who: Actor) -> Person:
        return Person(who.key, who.name, self._email(who))

    def _required(self) -> State:
        return required(self._state)
