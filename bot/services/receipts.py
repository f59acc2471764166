"""Receipts of repairs: read from the audit chain, checked against it and against what is stored, and judged again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.domain.audit import Link, Seal, verify
from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.evidence.observation import DateSpan
from bot.domain.reprocessing.checking import is_right
from bot.domain.reprocessing.plan import plan_hash
from bot.domain.reprocessing.progress import is_planned
from bot.domain.reprocessing.receipts import (
    REPAIRED,
    Receipt,
    Rerun,
    Shown,
    Verified,
    receipts_in,
    steps_digest,
    subject_of,
    time_of,
)
from bot.domain.reprocessing.repair import Repair, number_in
from bot.domain.verdicts.validation import ValidationRequest
from bot.ports.state import State
from bot.ports.warehouse import AskedQuery
from bot.services.queries import QueryService
from bot.services.required_state import required
from bot.services.validation import ValidationService


class ReceiptService:
    """`validation` and `queries` are those in use; None: this process has no warehouse."""

    def __init__(
        self,
        state: State | None,
        seal: Seal,
        validation: Callable[[], ValidationService],
        queries: Callable[[], QueryService],
    ) -> None:
        self._state, self._seal, self._validation, self._queries = state, seal, validation, queries

    def of(self, name: str) -> Shown:
        """Of R-12, or by the id that a button carries. Raises BadInput for one that is not known."""
        repair = self._repair(name)
        return Shown(repair, tuple(receipts_in(self._required().audit_of(subject_of(repair.id)))))

    def sql(self, receipt: Receipt) -> Sequence[AskedQuery]:
        """What the warehouse was asked for the verdict of a step, as it was then."""
        processor, day, ended = str(receipt.said["processor"]), *_when(receipt)
        asked = ValidationRequest(processor=processor, first=day, last=day, as_of=ended)
        return self._queries().of_validation(asked, ended)

    def verify(self, name: str | None, rerun_at: datetime | None = None) -> Verified:
        """The whole chain that they stand in; and those of one repair, or of all, against what is stored. `rerun_at`:
        the steps that were proved are judged again, as of then.
        """
        state = self._required()
        end, links = state.audit_end(), list[Link]()
        asked = None if name is None else subject_of(self._repair(name).id)

        def read() -> Iterator[Link]:
            for link in state.audit_after(0):
                if link.seq <= end.seq:
                    if asked in (None, link.record.subject):
                        links.append(link)
                    yield link

        chain = verify(read(), self._seal, end)
        faults = list(chain.faults)
        receipts = list(_readable(links, faults))
        faults += self._against_stored(receipts)
        again = () if rerun_at is None else self._again(receipts, rerun_at)
        return Verified(len(receipts), chain.records, tuple(faults), tuple(again))

    def _against_stored(self, receipts: Sequence[Receipt]) -> Iterator[str]:
        for receipt in (each for each in receipts if not each.is_of_step):
            label, repair = receipt.said["repair"], self._required().repairs.of(str(receipt.said["id"]))
            if repair is None:
                yield f"{label} has a receipt and is not stored any more"
                continue
            found = repair.plan
            if plan_hash(found.request, found.steps, found.limits) != receipt.said["plan"]:
                yield f"the plan of {label} is not the one of its receipt"
            if not repair.is_over or time_of(repair.ended_at) != receipt.said["ended_at"]:
                continue  # it was tried again since: its newest receipt counts
            planned = [step for step in self._required().repairs.steps(repair.id) if is_planned(repair, step)]
            if steps_digest(planned) != receipt.said["steps_digest"]:
                yield f"the steps of {label} are not those of its receipt"

    def _again(self, receipts: Sequence[Receipt], now: datetime) -> Iterator[Rerun]:
        for receipt in receipts:
            if not receipt.is_of_step or receipt.said["result"] != REPAIRED:
                continue
            name, (day, _) = str(receipt.said["processor"]), _when(receipt)
            row = self._validation().picture([name], DateSpan(day, day), now).rows[name, day]
            said, rows = receipt.said, row.proof.rows
            held = f"{said['verdict_after']}, {plural(int(said['rows_after'] or 0), 'row')}"
            yield Rerun(name, day, held, row.verdict.value, rows, is_right(row.judged))

    def _repair(self, name: str) -> Repair:
        repairs, number = self._required().repairs, number_in(name)
        found = repairs.of(name) if number is None else repairs.numbered(number)
        if found is None:
            raise BadInput(f"There is no repair {name!r}. Write its number, as R-12.")
        return found

    def _required(self) -> State:
        return required(self._state)


def _readable(links: Sequence[Link], faults: list[str]) -> Iterator[Receipt]:
    """What cannot be read is a fault of its own."""
    for link in links:
        try:
            yield from receipts_in([link])
        except ValueError:
            faults.append(f"record {link.seq} is a receipt that cannot be read")


def _when(receipt: Receipt) -> tuple[date, datetime]:
    said: Mapping[str, Any] = receipt.said
    return date.fromisoformat(said["date"]), datetime.fromisoformat(said["ended_at"])
