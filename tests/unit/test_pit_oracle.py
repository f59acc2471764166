"""What the oracle of the pit takes for a copy, and what for a loss."""

from dataclasses import replace
from datetime import timedelta

from tests.pit.oracle import Judged, judged
from tests.pit.story import HOLDS, STEP, Planned, Story
from tests.pit.vendors import Accepted
from tests.support.builders import NOW

STORY = Story(incidents=40, over_s=0.0, seed=1)
PLANNED = next(each for each in STORY.planned if each.taken_at and each.ways == ("slack",))
WIRE = timedelta(seconds=5)
TAKEN = NOW + STEP / 2
ASKED, EXPIRED = TAKEN + HOLDS - STEP, TAKEN + HOLDS


class Alone(Story):
    """Of one incident that somebody takes."""

    @property
    def planned(self) -> tuple[Planned, ...]:
        return (PLANNED,)


def found(*after: timedelta) -> Judged:
    """The first person is told by Slack so long after the beginning."""
    story, name = Alone(STORY.incidents, STORY.over_s, STORY.seed), PLANNED.name
    post = Accepted(NOW, "slack", f"U{PLANNED.first}", ("INC-1",))
    posts = [replace(post, at=NOW + each) for each in after]
    return judged(story, {name: "INC-1"}, {name: NOW}, {name: TAKEN}, posts, WIRE)


def test_the_question_and_the_page_after_an_acknowledgement_are_no_copies() -> None:
    said = found(timedelta(0), ASKED - NOW, EXPIRED - NOW)
    assert (said.copies, said.after_taken, said.told) == (0, 0, 3)


def test_a_copy_in_the_same_cycle_is_one() -> None:
    assert found(timedelta(0), timedelta(seconds=20)).copies == 1
    assert found(timedelta(0), EXPIRED - NOW, EXPIRED - NOW + WIRE).copies == 1
    late = found(timedelta(0), TAKEN - NOW + 2 * WIRE)
    assert (late.copies, late.after_taken) == (1, 1)


def test_a_page_of_a_later_cycle_does_not_count_for_the_step_before() -> None:
    assert found(timedelta(0)).steps == 1
    assert found(EXPIRED - NOW).steps == 0
