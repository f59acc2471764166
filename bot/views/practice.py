"""Who can be reached, and what became of a page for practice."""

from collections.abc import Sequence

from bot.domain.escalation.practice import Practice
from bot.domain.escalation.readiness import Reach, Readiness
from bot.views import action_ids, page_words
from bot.views.blocks import Block, Card, Element, actions, button, option, plain, section, select
from bot.views.text import cut, escape

MARKS = {Reach.READY: "✅", Reach.PARTLY: "⚠️", Reach.UNREACHABLE: "⛔"}
MOST_LINES = 40


def readiness(found: Sequence[Readiness]) -> Card:
    """Per person and severity: can they be reached, and by what not. Below it, a page for practice to one of them."""
    if not found:
        text = "The policy pages nobody who has a turn in the next 60 days."
        return Card(text, (section(text),))
    lines = [f"{MARKS[each.reach]} {each.person}, {each.severity}: {how(each)}" for each in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append(f"and {len(found) - MOST_LINES} more: `fireline oncall readiness` has all")
    blocks: list[Block] = [section("*Who can be paged*"), section(cut(escape("\n".join(lines)), 3_000))]
    people = list(dict.fromkeys(each.person for each in found))
    return Card(escape("\n".join(["Who can be paged", *lines])), (*blocks, actions([_test(people)])))


def how(each: Readiness) -> str:
    return f"{each.reach}, not by {' or '.join(not_by(each))}" if each.missing else f"{each.reach}"


def not_by(each: Readiness) -> list[str]:
    """The channels, each with why, where that is known."""
    return [f"{name} ({each.because[name]})" if name in each.because else name for name in each.missing]


def _test(people: Sequence[str]) -> Element:
    return {
        **select("Page for practice …", action_ids.ONCALL_TEST, [option(name, name) for name in people]),
        "confirm": {
            "title": plain("Page for practice?", 100),
            "text": plain("It goes out by every channel that wakes them, now, marked TEST.", 300),
            "confirm": plain("Page", 30),
            "deny": plain("Cancel", 30),
        },
    }


def report(found: Practice) -> Card:
    """What each channel has made of it so far."""
    lines = report_lines(found)
    blocks: list[Block] = [section(escape("\n".join(lines)))]
    if not found.over:
        blocks.append(actions([button("Refresh", action_ids.ONCALL_TESTED, found.pages[0].page.dedup_key)]))
    return Card(escape("\n".join(lines)), tuple(blocks))


def report_lines(found: Practice) -> list[str]:
    return [
        f"TEST page to {found.person}, for practice:",
        *(f"• {each.page.channel}: {page_words.shown(each)}" for each in found.pages),
        *(f"• {channel}: does not reach {found.person}" for channel in found.unreached),
    ]
