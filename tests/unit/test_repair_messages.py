"""The message of a repair that runs: when it is edited, and that what it says stays true as time passes."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import Limits, StepKey
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair, RepairState, approval_asked
from bot.ports.fakes.state import FakeState
from bot.services.reprocessing_messages import RepairMessages
from bot.views.reprocessing_progress import shown
from tests.support.repair_world import ANA, World, execution, started_repair
from tests.support.repairs import LAST, NOW, asked, planned


class Board:
    """Says each text that the message has had."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def find(self, _repair: Repair, _thread: MessageRef | None) -> MessageRef | None:
        return None

    def post(self, repair: Repair, found: Progress, now: datetime, _thread: MessageRef | None) -> MessageRef:
        self.edit(MessageRef("C1", "1.0"), repair, found, now)
        return MessageRef("C1", "1.0")

    def edit(self, _message: MessageRef, repair: Repair, found: Progress, now: datetime) -> None:
        self.said.append(shown(repair, found, now).text)


def test_a_message_says_when_it_may_be_over_and_is_edited_when_that_has_moved() -> None:
    state, board, seconds = FakeState(), Board(), [0.0]
    world = World(takes=lambda _: timedelta(hours=2))
    started_repair(state, planned(asked("Gamebook"), seconds={"Gamebook": 1_800.0}))
    messages = RepairMessages(state, board, Limits, lambda: world.now, lambda: seconds[0])

    def after(minutes: int) -> int:
        """How often it has been said what it is by then."""
        for _ in range(minutes):
            world.now += timedelta(minutes=1)
            seconds[0] += 60.0
            messages.look()
        return len(board.said)

    begun = world.now
    messages.look()
    execution(state, world).tick()
    said = after(1)
    assert f"Over at about {begun + timedelta(minutes=30):%H:%M} UTC." in board.said[-1]
    assert after(25) == said, "time that passes is no news"
    assert after(90) == said + 1, "that it is late is said once"
    assert "What runs takes longer than it usually does." in board.said[-1]
    assert "Over at about" not in board.said[-1]


def test_the_time_moves_with_what_holds_it_up_and_not_while_it_is_paused() -> None:
    state, board, seconds = FakeState(), Board(), [0.0]
    world = World(takes=lambda _: timedelta(hours=2))
    plan = planned(asked("Gamebook", "Summary"), seconds={"Gamebook": 600.0, "Summary": 600.0})
    repair = started_repair(state, plan)
    messages = RepairMessages(state, board, Limits, lambda: world.now, lambda: seconds[0])
    execution(state, world).tick()
    for minute in range(42):
        if minute == 21:
            known = state.repairs.of(repair.id)
            assert known is not None
            with state.transaction() as tx:
                tx.repairs.put(replace(known, state=RepairState.PAUSED))
        messages.look()
        world.now += timedelta(minutes=1)
        seconds[0] += 60.0
    over = [text.partition("Over at about ")[2][:5] for text in board.said]
    assert over == ["12:20", "12:25", "12:30", ""]
    assert "About 10 min left when it goes on." in board.said[-1]


def test_what_nobody_has_approved_in_time_asks_no_more() -> None:
    state, board, seconds, now = FakeState(), Board(), [0.0], [NOW]
    made = Repair(plan=planned(asked("Gamebook"), repaired={StepKey("Gamebook", LAST): 2}), asked_by=ANA, asked_at=NOW)
    with state.transaction() as tx:
        tx.repairs.add(made)
        tx.repairs.put(approval_asked(replace(made, version=1), NOW))
        tx.repairs.set_message(made.id, MessageRef("C1", "1.0"))
    messages = RepairMessages(state, board, Limits, lambda: now[0], lambda: seconds[0])
    for minutes in (0, 15, 16, 17):
        now[0], seconds[0] = NOW + timedelta(minutes=minutes), minutes * 60.0
        messages.look()
    [given_up] = state.repairs.latest(9)
    assert (given_up.state, given_up.ended_at) == (RepairState.CANCELLED, NOW + timedelta(minutes=16))
    assert [link.record.act for link in state.audit_of(made.subject)] == ["repair_given_up"]
    asking, over = board.said
    assert "asks for approval" in asking
    assert over.endswith("Cancelled: nobody approved it within 15 minutes.")
