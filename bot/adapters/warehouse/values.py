"""Raw values to typed ones in SQL, and what may be wrong with them. The same text means the same in every format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.adapters.warehouse.headers import Aliases
from bot.adapters.warehouse.raw_rows import Source, quoted
from bot.domain.evidence.columns import Column, Type
from bot.domain.evidence.known import AHEAD
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.names import UNSEEN
from bot.domain.sources import ZONE_UNSAID

DUCKDB = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.TIME: "TIMESTAMP",
    Type.DATE: "DATE",
}
_LARGEST = {
    Type.INTEGER: (r"^[+-]?\d+(\.0*)?([eE]\+?\d+)?$", "9,223,372,036,854,775,807"),
    Type.NUMBER: (r"^[+-]?\d+(\.\d*)?([eE]\+?\d+)?$", "1.8e308"),
}
"""How a number is written that is one and may still be too large, and the largest there is (of either sign)."""
WAITED_FOR = timedelta(days=1)
"""A source is read again from before a row of the future whose time comes within so long."""
DAYS_AHEAD = timedelta(days=400)
EARLIEST_START = timedelta(days=366)
"""Nothing runs for a date that lies further ahead; such a start is an error, and would begin the whole history."""
LONGEST_NAME = 1_000
"""Bytes of a name: https://www.postgresql.org/docs/current/btree.html#BTREE-LIMITS leaves room for two of them."""

_NOTHING = "('', 'null', 'none', 'nan', 'nat', '<na>')"
_BLANKS = "'', 'null', 'none', 'nat', '<na>', 'n/a', 'na', 'nil', '-', '\\n', 'undefined'"
_NO_NUMBER = f"({_BLANKS})"
"""NaN in a number is what a calculation gave: it is unknown, and said."""
NO_VALUE = f"({_BLANKS}, 'nan')"
"""What stands for no value where a number or a moment is asked for."""
CONTROLS = r"[\x{0}-\x{1F}\x{7F}-\x{9F}\x{200E}\x{200F}\x{61C}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}]"
"""Control characters, and those that turn the direction of writing: https://www.unicode.org/reports/tr9/"""
INVISIBLE = "[" + "".join(rf"\x{{{ord(each):X}}}" for each in UNSEEN) + "]"
"""As a regular expression of RE2."""
_EPOCHS = ((1e17, 1e3), (1e14, 1.0), (1e11, 1e-3), (1e8, 1e-6))
"""(at least, how many make a microsecond): nanoseconds, microseconds, milliseconds and seconds since 1970."""
_OFFSET = r"(?i)\d(z| ?utc| ?gmt| ?[+-]\d\d(:?\d\d)?| [a-z]+/[a-z_/]+)$"


@dataclass(frozen=True)
class Meaning:
    """What decides how values are read: the words, the zone of dates, and what is now."""

    vocabulary: Vocabulary
    zone: str
    now: datetime
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Our column -> the column of this file that it is."""
    clock: str | None = None
    """The zone of moments without an offset. None: UTC, as nobody has said another; which columns have none is looked
    for.
    """

    @property
    def read_by(self) -> str:
        """By which zone's clock moments without an offset are read."""
        return self.clock or ZONE_UNSAID

    @property
    def aliases(self) -> Aliases:
        return Aliases(self.vocabulary.columns, self.mapped)


@dataclass(frozen=True)
class Fault:
    """`test` and `reason` are SQL; the test is true where the typed value, or its absence, is at fault. `soon` is SQL,
    too: its time comes within a day.
    """

    test: str
    reason: str
    held_back: bool = False
    soon: str = "false"


Sources = Mapping[str, Sequence[Source]]


def cleaned(column: Column, sources: Sources) -> list[str]:
    """SQL of the texts that `typed` takes: without blanks at their ends, and NULL where they stand for nothing."""
    return [
        f"CASE WHEN strlen({name}) < 16 AND lower(trim({name})) IN {_nothing(column)} THEN NULL"
        f" ELSE {_as_named(f'trim({name})') if column.is_name else f'trim({name})'} END AS t{name}"
        for name, type_ in sources.get(column.name, ())
        if type_ == "VARCHAR"
    ]


def _as_named(text: str) -> str:
    """SQL of `in_one_form`."""
    formed = f"nfc_normalize(regexp_replace({text}, '{INVISIBLE}', '', 'g'))"
    return f"CASE WHEN strlen({text}) = length({text}) THEN {text} ELSE {formed} END"


def typed(column: Column, sources: Sources, meaning: Meaning) -> str:
    """SQL of the value as its type; NULL where nothing is given, or nothing that can be read."""
    found = sources.get(column.name, ())
    parts = [_cast(column, source, meaning) for source in found]
    value = (
        f"coalesce({', '.join(parts)})" if len(parts) > 1 else (parts or [f"CAST(NULL AS {DUCKDB[column.type]})"])[0]
    )
    if column.allowed:
        words = {word: status.value for word, status in meaning.vocabulary.statuses.items()}
        return _translated(value, column.allowed, words)
    if column.name == "trigger" and found:
        return _translated(value, (), meaning.vocabulary.triggers)
    if column.name == "failure_category" and sources.get("status"):
        return _with_cause(value, sources["status"], meaning)
    return value


def given(column: Column, sources: Sources) -> str:
    """The value as it is in the file, as text, for messages and for telling NULL from unreadable."""
    parts = [f"CAST({source.name} AS VARCHAR)" for source in sources.get(column.name, ())]
    if not parts:
        return "NULL"
    value = f"trim(coalesce({', '.join(parts)}))"
    return f"CASE WHEN lower({value}) IN {_nothing(column)} THEN NULL ELSE {value} END"


def faults(column: Column, meaning: Meaning) -> list[Fault]:
    """What makes a value unusable; the first that holds is the reason."""
    name, as_given = f'"{column.name}"', f'"given_{column.name}"'
    shown = f"'{column.name} ' || chr(39) || left({as_given}, 80) || chr(39)"
    found = []
    if column.type is not Type.TEXT:
        found.append(Fault(f"{as_given} IS NOT NULL AND {name} IS NULL", f"{shown} || {_unlike(column, as_given)}"))
    if column.required:
        found.append(Fault(f"{name} IS NULL", f"'{column.name} is missing'"))
    if column.allowed:
        choices = ", ".join(quoted(choice) for choice in column.allowed)
        words = f"' is none of {', '.join(column.allowed)}, nor in the vocabulary of policy.yaml'"
        found.append(Fault(f"{name} NOT IN ({choices})", f"{shown} || {words}"))
    if column.not_negative:
        found.append(Fault(f"{name} < 0", f"{shown} || ' is negative'"))
    if column.type in (Type.DATE, Type.TIME):
        found += _implausible(column, shown, meaning)
    if column.is_name:
        found.append(Fault(f"regexp_matches({name}, '{CONTROLS}')", f"{shown} || ' holds a control character'"))
        long = f"strlen({name}) > {LONGEST_NAME}"
        found.append(Fault(long, f"{shown} || ' … is longer than {LONGEST_NAME:,} bytes'"))
    if column.is_name and column.required and column.name != "processors":
        nested = f"CASE WHEN left({name}, 1) IN ('{{', '[') THEN json_valid({name}) END"
        found.append(Fault(nested, f"{shown} || ' is an object or a list of JSON, no name'"))
    if column.name == "processors":
        no_list = (
            f"CASE WHEN starts_with({name}, '[') THEN coalesce(json_type(TRY_CAST({name} AS JSON)), '') <> 'ARRAY' END"
        )
        found.append(Fault(no_list, f"{shown} || ' is no list of names'"))
    if column.name == "completed_at":
        found.append(Fault(f'{name} < "started_at"', f"{shown} || ' is before the start'"))
    return found


def _unlike(column: Column, as_given: str) -> str:
    """SQL: what is wrong with a value that is none of the column's type."""
    other = f"' is not {column.type.value}'"
    if column.type not in _LARGEST:
        return other
    written, largest = _LARGEST[column.type]
    return f"CASE WHEN regexp_matches({as_given}, '{written}') THEN ' is too large: at most {largest}' ELSE {other} END"


def believed(column: Column, meaning: Meaning) -> str:
    """SQL: the typed value, or NULL for one that is at fault."""
    odd, name = [f"({fault.test})" for fault in faults(column, meaning)], f'"{column.name}"'
    return f"CASE WHEN {' OR '.join(odd)} THEN NULL ELSE {name} END AS {name}" if odd else name


def _implausible(column: Column, shown: str, meaning: Meaning) -> list[Fault]:
    name, kind = f'"{column.name}"', column.type.removeprefix("a ")
    span = f"{name} NOT BETWEEN DATE '1970-01-01' AND DATE '2099-12-31'"
    found = [Fault(span, f"{shown} || ' is no plausible {kind}'")]
    now = meaning.now.astimezone(UTC)
    if column.past:
        latest = now + AHEAD
        test = f"{name} > TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'"
        reason = f"{shown} || ' is in the future: it is {now:%Y-%m-%d %H:%M} UTC'"
        soon = f"{name} <= TIMESTAMP '{latest + WAITED_FOR:%Y-%m-%d %H:%M:%S}'"
        found.append(Fault(test, reason, held_back=True, soon=soon))
    if column.name == "started_at":
        test = f"{name} < \"data_date\" - INTERVAL '{EARLIEST_START.days} days'"
        found.append(Fault(test, f"{shown} || ' lies more than a year before its data date'"))
    if column.type is Type.DATE and column.name == "data_date":
        test = f"{name} > DATE '{now + DAYS_AHEAD:%Y-%m-%d}'"
        reason = f"{shown} || ' is in the future: it is {now:%Y-%m-%d}'"
        soon = f"{name} <= DATE '{now + DAYS_AHEAD + WAITED_FOR:%Y-%m-%d}'"
        found.append(Fault(test, reason, held_back=True, soon=soon))
    return found


def _nothing(column: Column) -> str:
    if column.type in (Type.INTEGER, Type.NUMBER):
        return _NO_NUMBER
    return _NOTHING if column.type is Type.TEXT else NO_VALUE


def _cast(column: Column, source: Source, meaning: Meaning) -> str:
    wanted, is_text = column.type, source.type == "VARCHAR"
    value = f"t{source.name}" if is_text else source.name
    if wanted is Type.TEXT:
        if not is_text:
            return f"CAST({value} AS VARCHAR)"
        return value if column.is_name or column.allowed else f"replace({value}, chr(0), chr(65533))"
    if wanted is Type.TIME:
        return _time(value, source.type, meaning.read_by)
    if wanted is Type.DATE:
        return _date(value, source.type, meaning.zone)
    if source.type.endswith("INT") or source.type == "INTEGER":
        return f"TRY_CAST({value} AS {DUCKDB[wanted]})"
    number = f"TRY_CAST({value} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({number}) THEN {number} END"
    if wanted is Type.NUMBER:
        return finite
    return f"CASE WHEN {finite} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"


def _time(value: str, kind: str, clock: str) -> str:
    """A moment as naive UTC. `clock`: the zone of one without an offset."""
    if kind == "VARCHAR" and clock != ZONE_UNSAID:
        compact = f"try_strptime({value}, '%Y%m%dT%H%M%S')"
        local = f"coalesce(TRY_CAST(upper({value}) AS TIMESTAMP), {compact})"
        epoch = _epoch(f"TRY_CAST({value} AS DOUBLE)")
        other = f"coalesce({_of_clock(local, clock)}, {epoch})"
        return f"CASE WHEN {_has_offset(value)} THEN {_time(value, kind, ZONE_UNSAID)} ELSE {other} END"
    if kind == "VARCHAR":
        instant = f"TRY_CAST({value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        compact = f"try_strptime({value}, ['%Y%m%dT%H%M%S', '%Y%m%dT%H%M%SZ'])"
        lower = f"TRY_CAST(upper({value}) AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"  # 2026-01-06t03:00:00z: RFC 3339, 5.6
        return f"coalesce({instant}, {_epoch(f'TRY_CAST({value} AS DOUBLE)')}, {compact}, {lower})"
    if kind.endswith("TIME ZONE"):
        return f"({value} AT TIME ZONE 'UTC')"
    if kind.startswith(("TIMESTAMP", "DATE")):
        return _of_clock(f"TRY_CAST({value} AS TIMESTAMP)", clock)
    return _epoch(f"CAST({value} AS DOUBLE)")


def _of_clock(local: str, clock: str) -> str:
    """SQL of `local_instant`, as naive UTC: the first of a time that occurs twice; for one that does not exist the next
    that does. DuckDB takes the last, and the offset before. Clocks change at full hours, by 60 or 30 minutes.
    """
    if clock == ZONE_UNSAID:
        return local
    zone = quoted(clock)
    last = f"({local} AT TIME ZONE {zone})"
    utc = f"({last} AT TIME ZONE 'UTC')"
    twice = " ".join(
        f"WHEN ({last} - {back}) AT TIME ZONE {zone} = {local} THEN {utc} - {back}"
        for back in ("INTERVAL 60 MINUTE", "INTERVAL 30 MINUTE")
    )
    skipped = f"WHEN {last} AT TIME ZONE {zone} <> {local} THEN {utc} - ({local} - date_trunc('hour', {local}))"
    return f"CASE {skipped} {twice} ELSE {utc} END"


def _has_offset(value: str) -> str:
    """SQL: does a text say of which zone its moment is? A date alone ends as an offset does."""
    return f"(strlen({value}) > 10 AND regexp_matches({value}, '{_OFFSET}'))"


def without_zone(value: str, source: Source) -> str:
    """SQL: a moment as people write it, and nobody says of which zone."""
    if source.type != "VARCHAR":
        return str(source.type.startswith("TIMESTAMP") and not source.type.endswith("TIME ZONE"))
    text = f"trim({value})"
    return f"TRY_CAST({text} AS TIMESTAMP) IS NOT NULL AND strlen({text}) > 10 AND NOT {_has_offset(text)}"


def _epoch(number: str) -> str:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970: their sizes do not overlap in our years."""
    cases = " ".join(f"WHEN {number} >= {least:.0f} THEN {each!r}" for least, each in _EPOCHS)
    return f"make_timestamp(CAST({number} / CASE WHEN {number} >= 5e18 THEN NULL {cases} END AS BIGINT))"


def _date(value: str, kind: str, zone: str) -> str:
    """A date. A moment with an offset is its date in the registry's zone; midnight UTC is how tools write a date."""
    if kind.endswith("TIME ZONE"):
        return _date_of(value, zone)
    if kind == "VARCHAR":
        instant = f"TRY_CAST({value} AS TIMESTAMPTZ)"
        compact = f"CAST(try_strptime({value}, '%Y%m%d') AS DATE)"
        moment = f"CASE WHEN {_has_offset(value)} THEN {_date_of(instant, zone)} END"
        short = f"CASE WHEN strlen({value}) <= 10 THEN {compact} END"
        epoch = f"CAST({_epoch(f'TRY_CAST({value} AS DOUBLE)')} AS DATE)"
        return f"coalesce({moment}, TRY_CAST({value} AS DATE), {short}, {epoch})"
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"TRY_CAST({value} AS DATE)"
    return _date(f"CAST({value} AS VARCHAR)", "VARCHAR", zone)


def _date_of(instant: str, zone: str) -> str:
    utc = f"({instant} AT TIME ZONE 'UTC')"
    local = f"CAST({instant} AT TIME ZONE {quoted(zone)} AS DATE)"
    return f"CASE WHEN {utc} = date_trunc('day', {utc}) THEN CAST({utc} AS DATE) ELSE {local} END"


def _translated(value: str, ours: Sequence[str], words: Mapping[str, str]) -> str:
    """Words of ours and of others, in any case, as ours; any other word as it is, in lower case."""
    cases = " ".join(f"WHEN {quoted(word)} THEN {quoted(meaning)}" for word, meaning in words.items())
    others = f"CASE lower({value}) {cases} ELSE lower({value}) END"
    listed = ", ".join(quoted(word) for word in ours)
    return f"CASE WHEN {value} IN ({listed}) THEN {value} ELSE {others} END" if ours else others


def _with_cause(recorded: str, statuses: Sequence[Source], meaning: Meaning) -> str:
    """Where no cause is recorded, the one that the word for the status names."""
    cases = " ".join(
        f"WHEN {quoted(word)} THEN {quoted(cause.value)}" for word, cause in meaning.vocabulary.causes.items()
    )
    status = f"coalesce({', '.join(f'CAST({source.name} AS VARCHAR)' for source in statuses)})"
    return f"coalesce({recorded}, CASE lower(trim({status})) {cases} END)"
