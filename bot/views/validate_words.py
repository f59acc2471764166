"""What verdicts say, in words: shared by the Slack card and the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.counts import plural
from bot.domain.evidence.runs import Status
from bot.domain.verdicts.judge import Action, Judged, Verdict
from bot.domain.verdicts.sampling import Sample
from bot.domain.verdicts.validation import Validated, Validation
from bot.domain.verdicts.votes import Proof, RunTally

ACTIONS = {
    Action.NONE: "nothing to do",
    Action.REPROCESS: "reprocess",
    Action.RESCRAPE: "rescrape, then reprocess",
    Action.WAIT: "wait",
    Action.USE_FALLBACK: "use the fallback",
    Action.INVESTIGATE: "investigate",
}


def verdict(value: Verdict) -> str:
    return value.replace("_", " ")


def action(judged: Judged) -> str:
    if judged.action is Action.WAIT:
        return f"wait until {judged.until:%Y-%m-%d %H:%M} UTC" if judged.until is not None else "wait for its upstream"
    return ACTIONS[judged.action]


@dataclass(frozen=True)
class VerdictRows:
    """Findings of one processor that are alike; the newest first."""

    rows: tuple[Validated, ...]

    @property
    def first(self) -> Validated:
        return self.rows[0]

    @property
    def dates(self) -> str:
        """One date, both ends of a run of dates, or how many there are."""
        return dates(row.data_date for row in self.rows)


def dates(listed: Iterable[date]) -> str:
    """One date, both ends of a run of dates, or how many there are."""
    days = sorted(listed)
    if len(days) == 1:
        return str(days[0])
    together = (days[-1] - days[0]).days == len(days) - 1
    return f"{days[0]} to {days[-1]}" + ("" if together else f" ({len(days)} dates)")


def groups(rows: Iterable[Validated], most: int) -> list[VerdictRows]:
    """A line a finding, while there are no more than `most`; then findings that are alike share one."""
    listed = list(rows)
    if len(listed) <= most:
        return [VerdictRows((row,)) for row in listed]
    found: dict[tuple[str, Verdict, Action], list[Validated]] = {}
    for row in listed:
        found.setdefault((row.processor.name, row.verdict, row.action), []).append(row)
    return [VerdictRows(tuple(members)) for members in found.values()]


def headline(validation: Validation) -> str:
    found, checked = len(validation.findings), plural(len(validation.rows), "date")
    early = validation.counts.get(Verdict.NOT_YET, 0)
    if not validation.rows:
        return "Nothing to check: no date lies in what was asked."
    if early == len(validation.rows):
        return _not_judged(validation.rows)
    if not found:
        waiting = f", {early:,} of them not judged yet" if early else ""
        elsewhere = "; other dates have open incidents" if validation.open_elsewhere else ""
        return f"No finding: {checked} checked{waiting}{elsewhere}."
    return f"{found:,} of {checked} checked {'needs' if found == 1 else 'need'} a look."


def _not_judged(rows: Sequence[Validated]) -> str:
    """How many dates cannot be judged, and from when the first can."""
    moments = [row.judged.until for row in rows if row.judged.until is not None]
    begins = f", {'the first ' if len(rows) > 1 else ''}from {min(moments):%Y-%m-%d %H:%M} UTC" if moments else ""
    return f"Not yet: {plural(len(rows), 'date')} to judge{begins}."


def span(validation: Validation) -> str:
    one = validation.first == validation.last
    dates = f"data date {validation.first}" if one else f"data dates {validation.first} to {validation.last}"
    return f"{validation.request.processor or 'All processors'}, {dates}"


def sound(validation: Validation) -> str:
    """Counts of what is no finding."""
    findings = {row.verdict for row in validation.findings}
    counts = [f"{count:,} {verdict(name)}" for name, count in validation.counts.items() if name not in findings]
    return f"Otherwise: {', '.join(counts)}." if counts else "Nothing else was checked."


def evidence(row: Validated) -> list[str]:
    """In a few words each: table, raw file, calendar, runs, and how many of these sources support the verdict."""
    proof = row.proof
    said = [*_table(proof), *_file(proof), *_games(proof), _runs(proof), *_upstream(proof)]
    return [*said, "the sources contradict each other" if row.verdict is Verdict.CONFLICT else support(proof)]


def support(proof: Proof) -> str:
    if not proof.telling:
        return "no source can tell"
    verb = "supports" if proof.agreeing == 1 else "support"
    silent = len(proof.words) - proof.telling
    aside = f", {silent} cannot tell" if silent else ""
    return f"{proof.agreeing} of {plural(proof.telling, 'source')} {verb} this verdict{aside}"


def _table(proof: Proof) -> Iterator[str]:
    if proof.rows is not None:
        known = proof.expected_rows
        yield f"{proof.rows:,} of {known} rows" if known is not None else plural(proof.rows, "row")


def _file(proof: Proof) -> Iterator[str]:
    if proof.file_at is not None:
        yield f"raw file {proof.file_at:%m-%d %H:%M} UTC"
    elif proof.file_empty:
        yield f"raw file empty ({proof.file_bytes:,} bytes)"


def _games(proof: Proof) -> Iterator[str]:
    if proof.games is not None:
        ended = f", {proof.games_final} final" if proof.games else ""
        yield f"{plural(proof.games, 'game')}{ended}"


def _runs(proof: Proof) -> str:
    said = [_tally(item) for item in proof.runs]
    return f"runs: {', '.join(said)}" if said else "no run"


def _tally(tally: RunTally) -> str:
    """Cards count what failed of its own fault."""
    said = f"{tally.runs:,} {tally.status}"
    if tally.status is Status.FAILED:
        return (
            said
            if tally.own == tally.runs
            else f"{said} ({tally.runs - tally.own:,} for want of data, by their own word)"
        )
    if tally.status is not Status.SUCCESS:
        return said
    records = "records unknown" if tally.records is None else plural(tally.records, "record")
    return f"{said} ({records}{' at most' if tally.runs > 1 and tally.records else ''})"


def _upstream(proof: Proof) -> Iterator[str]:
    if proof.upstream_empty:
        yield f"empty upstream: {', '.join(proof.upstream_empty[:3])}"


def sample_lines(sample: Sample) -> list[str]:
    """What was drawn, what came of it, and how sure that is."""
    drawn, rate = sample.drawn, sample.rate
    if not sample.suspicious:
        return ["No run has succeeded with 0 records: there is nothing suspicious to check."]
    runs = plural(sample.suspicious, "run")
    older = f"{len(drawn.older)} of {plural(drawn.older_known, 'older date')} (seed {drawn.seed})"
    verdicts = ", ".join(f"{count:,} {verdict(name)}" for name, count in sorted(sample.counts.items(), key=_most))
    lines = [
        f"{runs} succeeded with 0 records; {plural(len(drawn.processors), 'processor')} made most of them.",
        f"Checked: {sample.checked:,} of their runs, {len(drawn.recent)} recent dates whole and {older}.",
        f"Verdicts: {verdicts}.",
    ]
    if rate is None:
        return [*lines, "False positives: none of the checked runs can be judged."]
    how = "every date was checked" if rate.exact else f"95% interval {rate.low:.1%} to {rate.high:.1%}"
    lines.append(f"False positives (the data is there): {rate.value:.1%}; {how}.")
    return [*lines, *(f"  {name}: {one.there:,} of {one.runs:,}" for name, one in sample.by_processor.items())]


def _most(item: tuple[Verdict, int]) -> int:
    return -item[1]
