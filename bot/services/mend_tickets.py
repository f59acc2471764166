"""What is repaired again and again gets a ticket for a lasting mend: once a week, through the outbox of pages."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.access import Actor, Identity, without_slack
from bot.domain.audit import record
from bot.domain.delivery import Act
from bot.domain.errors import BadInput
from bot.domain.escalation.pages import Targets, about_no_incident
from bot.domain.oncall.schedule import Person
from bot.domain.reprocessing.repair import Repair
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.required_state import required

BY = "jira"
NOBODY = Person(name="", zone=ZoneInfo("UTC"))
NOT_THERE = "No ticket was opened: write `jira:` in channels.yaml (url, user, token, project), and set its token."
log = logging.getLogger("fireline.repairs")


class MendTickets:
    """`targets` says whether the channel is there; `wall` is the time by which pages are sent. `state` None: this
    process keeps none.
    """

    def __init__(
        self,
        state: State | None,
        targets: Targets,
        wall: Clock,
        identify: Callable[[Actor], Identity] = without_slack,
    ) -> None:
        self._state, self._targets, self._wall, self._identify = state, targets, wall, identify

    @property
    def offered(self) -> bool:
        """Can one be written? There is no button for what cannot."""
        return self._targets(BY, NOBODY) is not None

    def open(self, repair: Repair, who: Actor, now: datetime) -> str:
        """One for each processor; what was done, in a sentence: none is written twice within a week. Raises
        NotAllowed, and BadInput where none can be written.
        """
        check_role(self._identify, who, "open a ticket for a lasting mend")
        names = sorted({key.processor for key in repair.plan.again})
        if not names:
            raise BadInput("Nothing of this plan was repaired twice before: it needs no ticket.")
        target = self._targets(BY, NOBODY)
        if target is None:
            raise BadInput(NOT_THERE)
        week, new = now.isocalendar(), list[str]()
        with required(self._state).transaction() as tx:
            for name in names:
                key = f"mend:{name}:{week.year}-W{week.week:02}"
                text = _text(repair, name, who)
                made = about_no_incident(key, Act.TRIGGER, BY, "", target, text, now, self._wall())
                if tx.pages.add([made]) == 1:
                    new.append(name)
            if new:
                said = {"processors": ", ".join(new), "plan": repair.plan.hash}
                tx.audit.add(record(now, who.key, "mend_ticket", repair.subject, said))
        log.info("%s asks for a ticket for a lasting mend of %s", who.name, ", ".join(names))
        return _said(new, [name for name in names if name not in new])


def _said(new: Sequence[str], before: Sequence[str]) -> str:
    parts = (
        [f"{', '.join(new)} is written"] if len(new) == 1 else [f"each of {', '.join(new)} is written"] if new else []
    )
    parts += [f"{', '.join(before)} was written this week already"] if before else []
    return f"A ticket for a lasting mend of {'; of '.join(parts)}."


def _text(repair: Repair, name: str, who: Actor) -> str:
    again = (key for key in repair.plan.again if key.processor == name)
    dates = [f"{name} {key.data_date}: repaired twice or more in the 7 days before" for key in again]
    asked = f"Asked for by {who.name}. A repair puts a date right, and not what makes it wrong."
    return "\n".join([f"Lasting mend of {name}", *dates, asked])
