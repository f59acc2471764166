"""Rows that need no reading: in SQL, those whose values mean what they say, and these values in our columns.

What is plain is a small part of what reading a file understands, and it says the same of it. All other rows are for
`reading.py`: words that nobody knows, odd values, blanks at the ends of texts, what may be a secret.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import NamedTuple

from bot.adapters.warehouse.headers import Header, header_of
from bot.adapters.warehouse.raw_rows import LONGEST_TEXT
from bot.adapters.warehouse.values import CONTROLS, EARLIEST_START, INVISIBLE, LONGEST_NAME, NO_VALUE, Meaning
from bot.domain.evidence.columns import Column, FileKind, Type
from bot.domain.redaction import MAY_HOLD_A_SECRET, redacted
from bot.domain.sources import ZONE_UNSAID

PLAIN = "fireline_plain"
"""The column of a staged table that says whether a row is one of these."""
_BIGQUERY = {
    Type.TEXT: "STRING",
    Type.INTEGER: "INT64",
    Type.NUMBER: "FLOAT64",
    Type.TIME: "TIMESTAMP",
    Type.DATE: "DATE",
}
_WHOLE = "9007199254740992"
"""Up to here every whole number is a FLOAT64, too."""
_BYTES = 4
"""Of a character, at most."""
_EDGES = r"^[\s\p{Z}\p{C}]|[\s\p{Z}\p{C}]$|\x00"
_COMPOSED = rf"\p{{M}}|[\x{{1100}}-\x{{11FF}}\x{{2126}}\x{{212A}}\x{{212B}}]|{INVISIBLE}"
"""A name with any of these may have another form: https://www.unicode.org/reports/tr15/#Detecting_Normalization_Forms"""
_DAY = r"^\d{4}-\d\d-\d\d$"
_WALL, _UTC = r"^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?", r"(Z|\+00:00)"
_MOMENT, _INSTANT = rf"{_WALL}{_UTC}?$", rf"{_WALL}{_UTC}$"
"""A moment, and one that says by whose clock it is."""
_NUMBER = r"^\d{1,15}$"
_ASCII = r"^[ -~]+$"


class _Read(NamedTuple):
    """SQL of a value of our type, and SQL that is true where the given one is plain."""

    value: str
    plain: str


@dataclass(frozen=True)
class PlainRows:
    """Of a table whose columns have these types (as BigQuery names them). `clean`: names that hold no secret, though
    they look like it. Raises BadInput for a mapped column that is not there.
    """

    kind: FileKind
    types: Mapping[str, str]
    meaning: Meaning
    name: str
    clean: Collection[str] = field(default=())

    @cached_property
    def header(self) -> Header:
        return header_of(self.kind, list(self.types), self.meaning.aliases, self.name)

    def test(self) -> str:
        """SQL: is the row plain?"""
        tests = [test for column in self.kind.columns for test in self._tests(column)]
        return f"COALESCE({' AND '.join(f'({test})' for test in tests)}, FALSE)"

    def values(self) -> dict[str, str]:
        """SQL of each of our columns; NULL where no column of the table tells it."""
        return {column.name: self._value(column) for column in self.kind.columns}

    def zoneless(self) -> tuple[str, ...]:
        """Our columns of moments whose type has no zone."""
        moments = (column for column in self.kind.columns if column.type is Type.TIME)
        return tuple(
            column.name for column in moments if any(self.types[name] == "DATETIME" for name in self._places(column))
        )

    def _value(self, column: Column) -> str:
        parts = [self._read(column, name).value for name in self._places(column)]
        nothing = f"CAST(NULL AS {_BIGQUERY[column.type]})"
        value = f"COALESCE({', '.join(parts)})" if len(parts) > 1 else (parts or [nothing])[0]
        if column.name == "failure_category" and (said := self._places(self.kind.column("status"))):
            causes = {word: cause.value for word, cause in self.meaning.vocabulary.causes.items()}
            status = f"LOWER(COALESCE({', '.join(map(_quoted, said))}))"
            return f"COALESCE({value}, {cases(status, causes, 'NULL')})"
        return value

    def _tests(self, column: Column) -> list[str]:
        names = self._places(column)
        reads = [(_quoted(name), self._read(column, name)) for name in names]
        tests = [f"{name} IS NULL OR ({read.plain})" for name, read in reads]
        if len(names) > 1:
            told = " + ".join(f"IF({name} IS NULL, 0, 1)" for name, _ in reads)
            tests.append(f"{told} <= 1")
        if column.required:
            tests.append(f"{self._value(column)} IS NOT NULL")
        if column.name == "completed_at" and names:
            started = self._value(self.kind.column("started_at"))
            tests.append(f"{self._value(column)} IS NULL OR {self._value(column)} >= {started}")
        if column.name == "started_at":
            day = self._value(self.kind.column("data_date"))
            tests.append(f"DATE_DIFF({day}, DATE({self._value(column)}), DAY) < {EARLIEST_START.days}")
        return tests

    def _places(self, column: Column) -> Sequence[str]:
        names = list(self.types)
        return [names[place] for place in self.header.places.get(column.name, ())]

    def _read(self, column: Column, name: str) -> _Read:
        given, kind = _quoted(name), self.types[name]
        if column.type is Type.TEXT:
            return self._text(column, given, kind)
        value = _CASTS.get((column.type, kind))
        if column.type is Type.TIME and kind in ("DATETIME", "STRING") and self.meaning.read_by != ZONE_UNSAID:
            value = _of_clock(self.meaning.read_by, kind)
        if value is None:
            return _Read(f"CAST(NULL AS {_BIGQUERY[column.type]})", "FALSE")
        made = value.value.format(given)
        tests = [value.plain.format(given), f"{made} IS NOT NULL", self._plausible(column, made)]
        return _Read(made, " AND ".join(test for test in tests if test))

    def _plausible(self, column: Column, made: str) -> str:
        if column.type is Type.TIME:
            latest = (
                f"{self.meaning.now.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00" if column.past else "2099-12-31 00:00:00+00"
            )
            return f"{made} BETWEEN TIMESTAMP '1970-01-01 00:00:00+00' AND TIMESTAMP '{latest}'"
        if column.type is Type.DATE:
            return f"{made} BETWEEN DATE '1970-01-01' AND DATE '2099-12-31'"
        return f"{made} BETWEEN 0 AND {_WHOLE}"

    def _text(self, column: Column, given: str, kind: str) -> _Read:
        if kind == "INT64" and not column.allowed and column.name not in ("trigger", "failure_category"):
            return _Read(f"CAST({given} AS STRING)", "TRUE")
        if kind != "STRING":
            return _Read("CAST(NULL AS STRING)", "FALSE")
        plain = self._is_plain(column, given)
        words = self.meaning.vocabulary
        if column.allowed:
            ours = {word: status.value for word, status in words.statuses.items() if word.isascii()}
            known = _listed({*ours, *column.allowed})
            value = f"CASE WHEN {given} IN ({_listed(column.allowed)}) THEN {given}"
            return _Read(
                f"{value} ELSE {cases(f'LOWER({given})', ours, f'LOWER({given})')} END",
                f"{plain} AND LOWER({given}) IN ({known})",
            )
        if column.name == "trigger":
            value = cases(f"LOWER({given})", words.triggers, f"LOWER({given})")
            return _Read(value, f"{plain} AND REGEXP_CONTAINS({given}, r'{_ASCII}')")
        if column.name == "failure_category":
            known = _listed(word for word in words.categories if word.isascii())
            return _Read(given, f"{plain} AND LOWER({given}) IN ({known})")
        return _Read(given, plain)

    def _is_plain(self, column: Column, given: str) -> str:
        most = LONGEST_NAME // _BYTES if column.is_name else LONGEST_TEXT
        odd = f"{_EDGES}|^[{{\\[]|{CONTROLS}|{_COMPOSED}" if column.is_name else _EDGES
        no_secret = f"NOT REGEXP_CONTAINS({given}, r'{MAY_HOLD_A_SECRET}')"
        known = self._known(column)
        if known:
            no_secret = f"({no_secret} OR {given} IN ({_listed(known)}))"
        return (
            f"LENGTH({given}) <= {most} AND LOWER({given}) NOT IN {NO_VALUE}"
            f" AND NOT REGEXP_CONTAINS({given}, r'{odd}') AND {no_secret}"
        )

    def _known(self, column: Column) -> list[str]:
        """Words that hold no secret; most columns have none."""
        words = {"processor_name": self.clean, "failure_category": self.meaning.vocabulary.categories}
        return sorted(word for word in words.get(column.name, ()) if redacted(word) == word)


def _matches(pattern: str) -> str:
    """A test with a place for the value."""
    return f"REGEXP_CONTAINS({{0}}, r'{pattern}')".replace(pattern, pattern.replace("{", "{{").replace("}", "}}"))


_CASTS = {
    (Type.INTEGER, "INT64"): _Read("{0}", ""),
    (Type.INTEGER, "FLOAT64"): _Read(
        f"CAST(IF({{0}} BETWEEN 0 AND {_WHOLE}, {{0}}, NULL) AS INT64)", "{0} = FLOOR({0})"
    ),
    (Type.INTEGER, "STRING"): _Read("SAFE_CAST({0} AS INT64)", _matches(_NUMBER)),
    (Type.NUMBER, "FLOAT64"): _Read("{0}", ""),
    (Type.NUMBER, "INT64"): _Read("CAST({0} AS FLOAT64)", ""),
    (Type.TIME, "TIMESTAMP"): _Read("{0}", ""),
    (Type.TIME, "DATETIME"): _Read("TIMESTAMP({0})", ""),
    (Type.TIME, "STRING"): _Read("SAFE_CAST({0} AS TIMESTAMP)", _matches(_MOMENT)),
    (Type.DATE, "DATE"): _Read("{0}", ""),
    (Type.DATE, "STRING"): _Read("SAFE_CAST({0} AS DATE)", _matches(_DAY)),
    (Type.DATE, "TIMESTAMP"): _Read("DATE({0})", "{0} = TIMESTAMP_TRUNC({0}, DAY)"),
    (Type.DATE, "DATETIME"): _Read("DATE({0})", "{0} = DATETIME_TRUNC({0}, DAY)"),
}


def _of_clock(clock: str, kind: str) -> _Read:
    """Of moments without a zone only those are plain that come once: not in an hour that a clock change repeats or
    skips."""
    if kind == "STRING":
        return _Read("SAFE_CAST({0} AS TIMESTAMP)", _matches(_INSTANT))
    zone, spans = _literal(clock), ("0 MINUTE", "30 MINUTE", "60 MINUTE", "-30 MINUTE", "-60 MINUTE")
    moment = f"TIMESTAMP({{0}}, {zone})"
    again = (f"DATETIME(TIMESTAMP_ADD({moment}, INTERVAL {span}), {zone}) = {{0}}" for span in spans)
    return _Read(moment, " AND ".join([next(again), *(f"NOT ({each})" for each in again)]))


def cases(given: str, words: Mapping[str, str], otherwise: str) -> str:
    if not words:
        return otherwise
    cases = " ".join(f"WHEN {_literal(word)} THEN {_literal(meaning)}" for word, meaning in words.items())
    return f"CASE {given} {cases} ELSE {otherwise} END"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(map(_literal, words))


def _literal(text: str) -> str:
    """Of BigQuery: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#string_and_bytes_literals"""
    return json.dumps(text)


def _quoted(name: str) -> str:
    return f"`{name}`"
