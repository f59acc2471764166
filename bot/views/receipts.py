"""A receipt in words: what was repaired and what was not, by which evidence, and where it stands in the chain."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.reprocessing.receipts import REPAIRED, Receipt, Shown, Verified
from bot.views.blocks import Card, context, section
from bot.views.text import cut, escape

MOST_STEPS, MOST_DEPENDENTS, MOST_LINE = 12, 8, 240
SHORT_HASH = 12


def card(found: Shown) -> Card:
    head, *lines = list(told(found, MOST_STEPS))
    *middle, chain = lines
    text = "\n".join([head, *lines])
    body = [section(escape("\n".join(middle)))] if middle else []
    return Card(escape(text), (section(f"*{escape(head)}*"), *body, context(escape(chain))))


def told(found: Shown, most: int | None = None) -> Iterator[str]:
    """`most` steps, those first that were not repaired."""
    repair, steps, whole = found.repair, found.steps, found.whole
    if not found.receipts and repair.is_over and repair.started_at is None:
        yield f"{repair.label} has no receipt: {repair.reason}."
        yield "Nothing of it has run."
        return
    if not found.receipts:
        yield f"{repair.label} has no receipt yet: no step of it has ended."
        yield "It leaves one for each step that ends."
        return
    yield f"Receipt of {repair.label}: {_result(found)}"
    yield _whose(found)
    ordered = sorted(steps, key=lambda each: (each.said["result"] == REPAIRED, each.link.seq))
    shown = ordered if most is None else ordered[:most]
    yield from (f"• {cut(_step(each), MOST_LINE)}" for each in shown)
    if len(ordered) > len(shown):
        rest = plural(len(ordered) - len(shown), "more step")
        yield f"and {rest}: `fireline receipt show {repair.label}` has all"
    if whole is not None:
        yield from _dependents(whole)
    last = found.receipts[-1].link
    check = f"`fireline receipt verify {repair.label} --rerun`"
    yield f"Record {last.seq:,} of the audit chain, {last.hash[:SHORT_HASH]}. {check}"


def _result(found: Shown) -> str:
    whole = found.whole
    if whole is None:
        return f"it has not ended; {plural(len(found.steps), 'step')} so far."
    said = whole.said
    counts = {
        "proved right": said["proved"],
        "nothing was due": said["nothing_due"],
        "not repaired": said["not_repaired"],
        "not run": said["not_run"],
    }
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return f"{said['result']}. {plural(said['steps'], 'step')}: {parts or 'none was begun'}."


def _whose(found: Shown) -> str:
    said = found.receipts[-1].said
    people = [each for each in (found.repair.asked_by, found.repair.approved_by) if each is not None]
    names = {each.key: each.name for each in people}
    approved = f", approved by {_name(said['approved_by'], names)}" if said["approved_by"] else ""
    return f"Plan {str(said['plan'])[:SHORT_HASH]}, asked for by {_name(said['asked_by'], names)}{approved}."


def _name(key: str, names: Mapping[str, str]) -> str:
    """As people know each other, with what the chain has."""
    kept = key.partition(":")[2] or key
    name = names.get(key, kept)
    return name if name == kept else f"{name} ({kept})"


def _step(receipt: Receipt) -> str:
    said = receipt.said
    day = short_day(date.fromisoformat(said["date"]))
    verdicts = f"{said['verdict_before'] or 'not judged'} → {said['verdict_after'] or 'not judged'}"
    rows = f"{_rows(said['rows_before'])} → {_rows(said['rows_after'])} rows"
    run = f", run {said['run']}" if said["run"] else ""
    code = f", revision {said['revision']}" if said["revision"] else ""
    why = "" if said["result"] == REPAIRED else f": {said['reason']}"
    return f"{said['processor']} {day}: {said['result']}{why} ({verdicts}, {rows}{run}{code})"


def _rows(count: object) -> str:
    return "?" if count is None else f"{count:,}"


def _dependents(whole: Receipt) -> Iterator[str]:
    again = whole.again
    if not again:
        return
    right = sum(each["verdict"] == "ok" for each in again)
    yield f"Dependents judged again: {right:,} of {len(again):,} ok."
    wrong = [each for each in again if each["verdict"] != "ok"]
    for each in wrong[:MOST_DEPENDENTS]:
        day = short_day(date.fromisoformat(each["date"]))
        yield f"• {each['processor']} {day}: {cut(each['verdict'] + ', ' + each['because'], MOST_LINE)}"


def verified(found: Verified) -> list[str]:
    """A fault a line, what was judged again, then the sum."""
    lines = [*found.faults]
    for each in found.rerun:
        now = f"{each.verdict}, {'no table is known' if each.rows is None else plural(each.rows, 'row')}"
        held = "still right" if each.holds else "NOT RIGHT ANY MORE"
        lines.append(f"{each.processor} {each.data_date}: {held} (receipt: {each.said}; now: {now})")
    if not found.receipts and not found.faults:
        return [
            *lines,
            f"No receipt yet: there is nothing to verify. The chain of {plural(found.records, 'record')} is whole.",
        ]
    count = f"{plural(found.receipts, 'receipt')} in a chain of {plural(found.records, 'record')}"
    if found.faults:
        return [*lines, f"NOT WHOLE: {plural(len(found.faults), 'fault')}, {count}."]
    broken = sum(not each.holds for each in found.rerun)
    also = f"; {len(found.rerun) - broken:,} of {len(found.rerun):,} still right" if found.rerun else ""
    return [*lines, f"Whole: {count}{also}."]
