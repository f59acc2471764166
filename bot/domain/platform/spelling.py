"""Names of a history that the registry does not have: another spelling of one of its own, or nothing known."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches

MOST_NAMED = 3
PROJECT_FIRST = 2
"""Dots in the name of a table with its project: project.dataset.table."""
_ALIKE = 0.8


def respelt(name: str, known: Collection[str]) -> str | None:
    """The known name that differs only in case, Unicode form, blanks, `_`, `-`, backticks or the project before it."""
    return next((each for each in known if _same(name, each)), None)


def written_as(names: Iterable[str], tables: Collection[str]) -> dict[str, str]:
    """The one table that is meant by each name in other case, with backticks, blanks or a project before it; without
    the tables' own names, and those that may mean several.
    """
    others = set(names) - set(tables)
    if not others:
        return {}
    by_place = defaultdict[str, set[str]](set)
    for table in tables:
        for place in _places(table):
            by_place[place].add(table)
    meant = {name: set().union(*(by_place.get(place, ()) for place in _places(name))) for name in others}
    return {name: found.pop() for name, found in meant.items() if len(found) == 1}


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name in another spelling, else one that looks alike."""
    by_fold = {each.casefold(): each for each in known}
    alike = (by_fold[hit] for hit in get_close_matches(name.casefold(), by_fold, n=1, cutoff=_ALIKE))
    return respelt(name, known) or next(alike, None)


def did_you_mean(name: str, near: str | None) -> str:
    """The name, with the known one that it may be."""
    if near is None:
        return name
    if _seen(name) == _seen(near):
        return f"{name} (looks like {near} of the registry, but holds other characters)"
    return f"{name} (did you mean {near}?)"


def strangers(feed: str, seen: Iterable[str], known: Collection[str]) -> str:
    """What to say of names in a file of evidence that no processor has; empty when there are none."""
    names = sorted(set(seen) - set(known))
    if not names or not known:
        return ""
    spelt = {part for each in known for part in _ends(each)}
    names.sort(key=lambda name: spelt.isdisjoint(_ends(name)))
    said = _listed(names, lambda name: did_you_mean(name, nearest(name, known)))
    their = "its rows count" if len(names) == 1 else "their rows count"
    return f"{feed} names {said}, which no processor of the registry has: {their} for nothing"


def never_loaded(seen: Collection[str], known: Collection[str]) -> str:
    """What to say of registered tables without a single load; empty when there are none, or no table is known."""
    names = sorted(set(known) - set(seen))
    if not names or not seen:
        return ""
    which = "this table of the registry has" if len(names) == 1 else "these tables of the registry have"
    return f"table_loads never names {_listed(names, str)}: whether {which} rows is unknown"


def unregistered(ran: Iterable[str], known: Collection[str]) -> str:
    """What to say of processors that ran and that the registry does not have; empty when there are none."""
    names = sorted(set(ran) - set(known))
    if not names:
        return ""
    said = _listed(names, lambda name: did_you_mean(name, nearest(name, known)))
    return f"{said} ran and {'is' if len(names) == 1 else 'are'} not in the registry: nothing is expected of a run"


def never_seen(registered: Iterable[str]) -> str:
    """What to say of registered processors of which the history knows nothing; empty when there are none."""
    names = sorted(registered)
    return f"the history has no run, row or file of {_listed(names, str)}" if names else ""


def _listed(names: list[str], say: Callable[[str], str]) -> str:
    said = [say(name) for name in names[:MOST_NAMED]]
    more = len(names) - len(said)
    if more:
        return f"{', '.join(said)} and {more:,} more"
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _places(table: str) -> set[str]:
    """The table's name in plain letters, whole and without its project; `bq` writes project:dataset.table."""
    return _with_and_without_project(table.replace(":", "."))


def _same(one: str, other: str) -> bool:
    return not _ends(one).isdisjoint(_ends(other))


def _ends(name: str) -> set[str]:
    """The same where underscores and hyphens make no difference, for names that are only asked about."""
    return _with_and_without_project(name.replace("_", "").replace("-", ""))


def _with_and_without_project(name: str) -> set[str]:
    plain = "".join(_seen(unicodedata.normalize("NFKC", name)).casefold().replace("`", "").split())
    return {plain, plain.partition(".")[2]} if plain.count(".") == PROJECT_FIRST else {plain}


def _seen(name: str) -> str:
    """What can be seen of it: letters in one form, nothing of no width."""
    return unicodedata.normalize("NFC", "".join(each for each in name if unicodedata.category(each) != "Cf"))
