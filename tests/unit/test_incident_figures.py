"""How soon incidents are seen, taken and ended: counted by hand from small timelines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.findings.severity import Severity
from bot.domain.incidents.figures import Episode, Spread, episodes, figures
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.views import figures as view
from tests.support.gate_story import START
from tests.support.notices import CASCADE, incident

MINUTE = timedelta(minutes=1)
BEGAN = START - 10 * MINUTE


def known(
    name: str, *entries: tuple[float, EntryKind], severity: Severity = Severity.P0
) -> tuple[Incident, list[Entry]]:
    """Entries in minutes after START; the trouble began ten minutes before."""
    made = replace(incident(headline=replace(CASCADE, since=BEGAN)), id=name, severity=severity)
    return made, [Entry(name, START + minutes * MINUTE, kind, kind.value) for minutes, kind in entries]


OPENED, TAKEN, OVER, AGAIN = EntryKind.OPENED, EntryKind.ACKNOWLEDGED, EntryKind.RESOLVED, EntryKind.REOPENED


def test_an_episode_begins_with_its_announcement_and_the_first_acknowledgement_counts() -> None:
    made, timeline = known("A", (0, OPENED), (3, EntryKind.PAGED), (4, TAKEN), (9, TAKEN), (60, OVER))
    assert episodes(made, timeline) == [Episode(START, BEGAN, START + 4 * MINUTE, START + 60 * MINUTE)]


def test_what_begins_again_is_another_episode_whose_trouble_is_not_timed() -> None:
    made, timeline = known("A", (0, OPENED), (60, OVER), (90, AGAIN), (95, TAKEN))
    assert episodes(made, timeline)[1] == Episode(START + 90 * MINUTE, None, START + 95 * MINUTE)
    before, old = known("B", (0, TAKEN), (5, OVER))
    assert episodes(before, old) == []


def test_median_and_ninetieth_by_nearest_rank() -> None:
    told = [known(f"{n}", (0, OPENED), (n, TAKEN), (10 * n, OVER)) for n in range(1, 11)]
    told.append(known("open", (0, OPENED)))
    [found] = figures(told, START, START + MINUTE)
    assert (found.severity, found.episodes) == (Severity.P0, 11)
    assert found.to_detect == Spread(11, 10 * MINUTE, 10 * MINUTE)
    assert found.to_acknowledge == Spread(10, 5 * MINUTE, 9 * MINUTE)
    assert found.to_resolve == Spread(10, 50 * MINUTE, 90 * MINUTE)


def test_only_what_began_within_the_window_counts_per_severity() -> None:
    told: Sequence[tuple[Incident, list[Entry]]] = [
        known("early", (-1, OPENED), (5, AGAIN)),
        known("late", (10, OPENED)),
        known("P2", (0, OPENED), severity=Severity.P2),
    ]
    found = figures(told, START, START + 10 * MINUTE)
    assert [(each.severity, each.episodes) for each in found] == [(Severity.P0, 1), (Severity.P2, 1)]
    assert found[0].to_detect == found[0].to_resolve == Spread(0, None, None)
    assert view.text(found)[1].split() == ["P0", "1", "-", "-", "-"]


def test_nothing_is_said_of_a_window_without_incidents() -> None:
    assert view.card(figures([], START, START), 1).text == "Incidents of the last 1 day: none."
