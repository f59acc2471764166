"""Which column of a file is which of ours, whatever the case, the blanks and the tool that wrote the header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.errors import BadInput, LacksColumn
from bot.domain.evidence.columns import Column, FileKind
from bot.domain.redaction import visible

MOST_COLUMNS = 10_000
SHOWN = 30
"""Column names that a message lists."""
OTHER_NAMES = 3
"""Names that would do as well, in the message about a column that is missing."""
_BETWEEN = re.compile(r"[\s\-.]+")


@dataclass(frozen=True)
class Aliases:
    """`others`: our column -> the names by which it is understood, too. `mapped`: our column -> the one that it is."""

    others: Mapping[str, Sequence[str]]
    mapped: Mapping[str, str] = field(default_factory=dict)


NO_ALIASES = Aliases({})


@dataclass(frozen=True)
class Header:
    """`places`: our column -> the places of the file's columns that tell it, the best first."""

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Those that are none of ours; without those that have no name."""
        read = {place for places in self.places.values() for place in places}
        return tuple(name for place, name in enumerate(self.names) if place not in read and name.strip())

    @property
    def listed(self) -> str:
        shown = ", ".join(name for name in sorted(self.names)[:SHOWN] if name)
        more = len(self.names) - SHOWN
        return (f"{shown} and {more} more" if more > 0 else shown) or "none"


def header_of(kind: FileKind, names: Sequence[str], aliases: Aliases, file: str, *, one_each: bool = True) -> Header:
    """A name that is ours exactly counts before one that differs in case or blanks, and ours before an alias.

    Columns that are not ours, without a name among them, are left out. `one_each`: raises BadInput where two columns
    have one name, in any case; the keys of JSON objects may differ from row to row.
    """
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"{file}: names {len(names):,} columns; at most {MOST_COLUMNS:,} are read")
    ours = {column.name for column in kind.columns}
    mapped = {name: theirs for name, theirs in aliases.mapped.items() if name in ours}
    refuse_unmapped(names, Aliases({}, mapped), file)
    exact: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        exact.setdefault(name, []).append(place)
        loose.setdefault(_plain(name), []).append(place)
    places = {column.name: _places(column, aliases, exact, loose) for column in kind.columns}
    if one_each:
        _refuse_twice(names, places, file)
    found = {name: tuple(place for spelling in each for place in spelling) for name, each in places.items()}
    return Header(tuple(names), {name: each for name, each in found.items() if each})


def refuse_lacking(kind: FileKind, header: Header, aliases: Aliases, file: str) -> None:
    """Raises BadInput where a column is not there without which no row can be used."""
    for column in kind.columns:
        if column.required and not header.places.get(column.name):
            names = dict.fromkeys((*column.aliases, *aliases.others.get(column.name, ())))
            others = [name for name in names if name != column.name][:OTHER_NAMES]
            also = f" (or {', '.join(others)})" if others else ""
            raise LacksColumn(f"{file}: has no column {column.name}{also}; it has {visible(header.listed)}")


def refuse_unmapped(names: Sequence[str], aliases: Aliases, file: str) -> None:
    """Raises BadInput where a column is mapped to one that is not there."""
    there = {_plain(name) for name in names}
    for ours, theirs in aliases.mapped.items():
        if _plain(theirs) not in there:
            listed = Header(tuple(names), {}).listed
            raise LacksColumn(f"{file}: columns maps {ours} to {theirs}, which is not there; it has {listed}")


def _places(
    column: Column, aliases: Aliases, exact: Mapping[str, list[int]], loose: Mapping[str, list[int]]
) -> list[list[int]]:
    """The places of each name of the column, those that are spelled exactly so first."""
    spellings: dict[str, list[str]] = {}
    mapped = aliases.mapped.get(column.name)
    understood = (column.name, *column.aliases, *aliases.others.get(column.name, ()))
    for spelling in understood if mapped is None else (mapped,):
        spellings.setdefault(_plain(spelling), []).append(spelling)
    found = []
    for plain, spelled in spellings.items():
        own = [place for spelling in spelled for place in exact.get(spelling, [])]
        found.append(list(dict.fromkeys((*own, *loose.get(plain, [])))))
    return found


def _refuse_twice(names: Sequence[str], places: Mapping[str, list[list[int]]], file: str) -> None:
    for each in places.values():
        for spelling in each:
            if len(spelling) > 1:
                first, second = sorted(spelling)[:2]
                one, other = names[first], names[second]
                where = f"columns {first + 1} and {second + 1}"
                called = repr(one) if one == other else f"{one!r} and {other!r}"
                raise BadInput(f"{file}: {where} have one name ({called}); keep one of them, or rename one")


def _plain(name: str) -> str:
    return _BETWEEN.sub("_", name.strip()).casefold()
