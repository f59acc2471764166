"""Two configurations beside each other over one history: figures, what is lost, what is new, as lines and Markdown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.counts import plural
from bot.domain.platform.names import some_of
from bot.domain.reports.what_if import Burnt, InPart, Later, Lost, Page, Subject, Trouble, WhatIf, Would
from bot.views import numbers
from bot.views.replay import table

MOST_LISTED = 30
NOT_KNOWN = "what people confirmed is not known, as there is no state here: look at what is lost"
MOST_MISSING = 5


def headline(found: WhatIf) -> str:
    changes = {name: f"{before:,} → {after:,}" for name, before, after in _figures(found)}
    lost = plural(len(found.lost), "message")
    return f"{changes['pages']} pages, {changes['messages']} messages; {lost} lost, {len(found.added):,} new"


def _figures(found: WhatIf) -> list[tuple[str, int, int]]:
    """(what, by the old configuration, by the new one)."""
    new = _counted(found.new)
    return [(name, before, new[name]) for name, before in _counted(found.old).items()]


def _pages_by_person(found: WhatIf) -> list[tuple[str, int, int]]:
    old, new = found.old.woken, found.new.woken
    return [(person, old.get(person, 0), new.get(person, 0)) for person in dict.fromkeys([*old, *new])]


def _changes(found: WhatIf) -> list[tuple[str, int, int]]:
    """The figures that are not nothing, then the pages of each person."""
    people = [(f"pages of {person}", before, after) for person, before, after in _pages_by_person(found)]
    return [*(each for each in _figures(found) if any(each[1:])), *people]


def _counted(would: Would) -> Mapping[str, int]:
    said = would.messages
    return {
        "pages": len(said.pages),
        "pages at night": said.pages_at_night,
        "pages that reach nobody": would.nobody,
        "messages": len(said.messages),
        "of these notes for the digest": said.notes,
        "updates": said.updates,
        "people woken": len(would.woken),
        "days with an alert on a budget": len({at for days in would.burnt.values() for at in days}),
    }


def lines(found: WhatIf, refused: Iterable[str]) -> Iterator[str]:
    """For a terminal; nothing where nothing changes but the figures."""
    said = found.new.messages
    yield f"{said.first:%Y-%m-%d %H:%M} to {said.last:%Y-%m-%d %H:%M} UTC: {headline(found)}"
    yield from (f"  {name}: {before:,} → {after:,}" for name, before, after in _changes(found))
    for title, listed in _sections(found):
        if listed:
            yield f"{title}: {len(listed):,}"
            yield from (f"  {line}" for line in listed[:MOST_LISTED])
            if len(listed) > MOST_LISTED:
                yield f"  and {len(listed) - MOST_LISTED:,} more; --markdown lists all"
    if found.confirmed is None and (found.lost or found.unpaged):
        yield f"{NOT_KNOWN[:1].upper()}{NOT_KNOWN[1:]}."
    yield from (f"Refused: {reason}." for reason in refused)


def _accepted(found: WhatIf) -> str:
    return NOT_KNOWN if found.confirmed is None else "no confirmed incident is lost"


def _sections(found: WhatIf) -> list[tuple[str, list[str]]]:
    return [
        ("Lost", [_lost(each) for each in found.lost]),
        ("Would page no more", [_page(each) for each in found.unpaged if each.by is None]),
        ("Would page later", [_page(each) for each in found.unpaged if each.by is not None]),
        ("Said later", [_later(each) for each in found.later]),
        ("Would say less", [_in_part(each) for each in found.in_part]),
        ("Budgets without an alert", [_burnt(each) for each in found.unburnt]),
        ("Budgets of which nobody can tell", list(found.unjudged)),
        ("New", [_named(each) for each in found.added]),
        ("Would page now", [_page(each) for each in found.paged_now if each.by is None]),
        ("Would page earlier", [_page(each) for each in found.paged_now if each.by is not None]),
        ("Alerts on budgets", [_burnt(each) for each in found.burnt_now]),
    ]


def _named(trouble: Trouble) -> str:
    message = trouble.message
    finding = message.first.finding
    day = f" for {finding.data_date}" if finding.data_date is not None else ""
    roots = some_of(finding.processors or (finding.root,), 3)
    return f"{trouble.at:%Y-%m-%d %H:%M} {message.severity} {roots}: {finding.kind}{day}"


def _lost(each: Lost) -> str:
    confirmed = f" (people confirmed it: {', '.join(each.confirmed)})" if each.confirmed else ""
    return f"{_named(each.trouble)}{confirmed}"


def _later(each: Later) -> str:
    return f"{_named(each.trouble)}, {numbers.span(each.by)} later"


def _burnt(each: Burnt) -> str:
    return f"{each.at:%Y-%m-%d} {each.objective}: slo_burn"


def _page(each: Page) -> str:
    again = f", its page of {each.at:%Y-%m-%d %H:%M}" if each.at != each.trouble.at else ""
    by = f", by {numbers.span(each.by)}" if each.by is not None else ""
    return f"{_named(each.trouble)}{again}{by}"


def _in_part(each: InPart) -> str:
    missing = [name if day is None else f"{name} for {day}" for name, day in each.missing]
    return f"{_named(each.trouble)}: no word of {some_of(missing, MOST_MISSING)}"


def markdown(found: WhatIf, refused: Iterable[str]) -> str:
    """As a comment on a proposed change: the verdict first."""
    said = found.new.messages
    verdict = [f"- **Refused**: {reason}." for reason in refused] or [f"- Accepted: {_accepted(found)}."]
    rows = [[name, f"{before:,}", f"{after:,}"] for name, before, after in _changes(found)]
    parts = [
        ["# What the change would have said", "", headline(found), "", *verdict],
        [
            f"{said.first:%Y-%m-%d %H:%M} to {said.last:%Y-%m-%d %H:%M} UTC",
            "",
            *table(["", "old", "new"], rows),
        ],
        *(
            [f"## {title}", "", *table([title.lower()], [[line] for line in listed])]
            for title, listed in _sections(found)
        ),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def document(found: WhatIf, refused: Iterable[str]) -> dict[str, Any]:
    """For programs."""
    return {
        "from": found.new.messages.first.isoformat(),
        "to": found.new.messages.last.isoformat(),
        "figures": {name: [before, after] for name, before, after in _figures(found)},
        "pages_by_person": {person: [before, after] for person, before, after in _pages_by_person(found)},
        "lost": [{**_facts(each.trouble), "confirmed": list(each.confirmed)} for each in found.lost],
        "unpaged": [_page_facts(each) for each in found.unpaged],
        "later": [{**_facts(each.trouble), "seconds": each.by.total_seconds()} for each in found.later],
        "in_part": [
            {**_facts(each.trouble), "missing": [_subject(one) for one in each.missing]} for each in found.in_part
        ],
        "added": [_facts(each) for each in found.added],
        "paged_now": [_page_facts(each) for each in found.paged_now],
        "unburnt": [{"objective": each.objective, "at": each.at.isoformat()} for each in found.unburnt],
        "burnt_now": [{"objective": each.objective, "at": each.at.isoformat()} for each in found.burnt_now],
        "unjudged": list(found.unjudged),
        "lost_confirmed": None if found.confirmed is None else list(found.lost_confirmed),
        "refused": list(refused),
    }


def _page_facts(each: Page) -> dict[str, Any]:
    """`later_s` None: never."""
    later = None if each.by is None else each.by.total_seconds()
    return {**_facts(each.trouble), "page_at": each.at.isoformat(), "later_s": later}


def _subject(subject: Subject) -> dict[str, Any]:
    name, day = subject
    return {"processor": name, "data_date": None if day is None else day.isoformat()}


def _facts(trouble: Trouble) -> dict[str, Any]:
    finding = trouble.message.first.finding
    return {
        "at": trouble.at.isoformat(),
        "severity": trouble.message.severity,
        "kind": finding.kind,
        "processors": list(finding.processors),
        "data_date": None if finding.data_date is None else finding.data_date.isoformat(),
    }
