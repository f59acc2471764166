"""Messages of runbooks: chosen, read, suggested, and gone through."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks import engine
from bot.domain.runbooks.engine import Moved
from bot.domain.runbooks.expectation import Fit, Measured, not_known
from bot.domain.runbooks.run import Run, Subject
from bot.domain.runbooks.shown import Shown
from bot.domain.runbooks.suggestions import Suggested
from bot.views import runbook as running
from bot.views import runbooks
from bot.views.blocks import Card
from tests.support import notices
from tests.support.builders import DAY, NOW
from tests.support.runbook_texts import FRONT, LOST, runbook

ANA, BEN = Person("slack:U01ALEX", "Ana"), Person("slack:U2", "Ben <!here>")
TWO = FRONT.replace("A lost date", "Go <back> & *forth*") + (
    "1. Move the traffic.\n\n   ```action rollback\n   ```\n2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
)
INCIDENT = notices.incident()


def moved(found: Moved | None) -> Run:
    assert found is not None
    return found.run


def begun(text: str = LOST) -> Run:
    about = Subject(processor="NbacGamebookProcessor", data_date=DAY)
    return replace(engine.begun("r", runbook(text), about, ANA, NOW, "I1").run, number=3)


def shown(run: Run, minutes: float = 1) -> Card:
    grants = {step: f"grant{step}" for step in range(9)}
    return running.card(Shown(run, "INC-42", grants, NOW + timedelta(minutes=minutes)))


def messages() -> dict[str, Card]:
    checked = moved(engine.measured(begun(), 1, Measured("partial", "partial", NOW, "12 of 14 <b>"), Fit.NOT_MET, NOW))
    acting = engine.skipped(checked, 2, BEN, NOW).run
    done = moved(engine.acted(engine.wanted(acting, 3, ANA, NOW).run, 3, "silenced until 14:00 UTC", NOW))
    waits = moved(engine.measured(done, 4, Measured(0, "0", NOW), Fit.NOT_MET, NOW))
    unknown = not_known("no table is looked at", NOW + timedelta(minutes=10))
    unmet = moved(engine.measured(waits, 4, unknown, Fit.NOT_KNOWN, NOW + timedelta(minutes=10)))
    late = moved(engine.time_is_up(unmet, NOW + timedelta(minutes=31)))
    asked = engine.wanted(begun(TWO), 1, ANA, NOW).run
    again = moved(engine.refused(engine.wanted(asked, 1, BEN, NOW).run, 1, "R-12 is at work <there>", NOW))
    at_once = "".join(f"{n}. {'Look <there> ' * 30}.\n\n   ```manual\n   after: []\n   ```\n" for n in range(1, 51))
    many = begun(FRONT + at_once)
    both = [Suggested(runbook(), "it is for zero records"), Suggested(runbook(TWO), "it is for <this>")]
    return {
        "runbook_begun": shown(begun()),
        "runbook_manual": shown(checked),
        "runbook_action": shown(acting),
        "runbook_waits": shown(waits),
        "runbook_unmet": shown(late, 31),
        "runbook_asked": shown(asked),
        "runbook_refused": shown(again),
        "runbook_many": shown(many),
        "runbook_stopped": shown(engine.stopped(unmet, BEN, NOW).run),
        "runbook_done": shown(moved(engine.measured(waits, 4, Measured(7, "7", NOW), Fit.MET, NOW))),
        "runbook_list": runbooks.listing([each.runbook for each in both], [begun()]),
        "runbook_list_empty": runbooks.listing([]),
        "runbook_read": runbooks.reading(runbook(), INCIDENT, "grant"),
        "runbook_suggested": runbooks.suggestions(INCIDENT, both, [begun()], "grant"),
        "runbook_suggested_none": runbooks.suggestions(INCIDENT, [], [], "grant"),
        "runbook_started": runbooks.started(begun()),
    }
