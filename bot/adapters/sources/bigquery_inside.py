"""What is new goes from BigQuery into BigQuery: a query writes it beside the warehouse, and no row comes here but those
that cannot be told to be plain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.sources.bigquery_client import PAGE_ROWS, Answer, Asked, BigQuery
from bot.domain.sources import SourceFailed

Types = Mapping[str, str]
Parameters = tuple[tuple[str, str, Any], ...]


@dataclass(frozen=True)
class Beside:
    """The data set of the warehouse. `plain`: SQL that tells which rows of columns with these types need no reading
    now; `flag` is the column that says so. `most_read`: with more rows that need it, all go through this process.
    """

    dataset: str
    plain: Callable[[Types, datetime], str]
    flag: str
    most_read: int = 100_000


@dataclass(frozen=True)
class Staged:
    """What a query gave, in `table` as SQL names it. `newest`: of the cursor; `digest`: of the plain rows, in any
    order. `doubtful`: the other rows, as they are; None where there are none.
    """

    table: str
    plain: int
    newest: Any
    digest: str
    doubtful: Answer | None


class Inside:
    """Of one source: its rows are in a table of its own, which is gone a day after its last read. `spent`: bytes billed
    that nobody has taken note of yet.
    """

    def __init__(self, name: str, client: BigQuery, beside: Beside) -> None:
        self._client, self._beside, self.spent = client, beside, 0
        self._table = f"`{beside.dataset}.given_{name.replace('-', '_')}`"

    def stage(self, asked: Asked, cursor: str | None, types: Types, now: datetime, page_rows: int) -> Staged:
        """Raises SourceFailed where BigQuery refuses, the source or a table beside the warehouse, and where too many
        rows need reading.
        """
        flag = self._beside.flag
        ends = "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))"
        told = f"SELECT *, {self._beside.plain(types, now)} AS {flag} FROM ({asked.sql})"  # noqa: S608 (our own text)
        self._ask(f"CREATE OR REPLACE TABLE {self._table} {ends} AS {told}", asked.parameters)
        plain, odd, newest, digest = self._counted(cursor)
        if odd > self._beside.most_read:
            raise SourceFailed(f"{odd:,} of {plain + odd:,} rows need reading")
        wanted = f"SELECT * EXCEPT ({flag}) FROM {self._table} WHERE NOT {flag}"  # noqa: S608 (our own text)
        doubtful = self._ask(wanted, page_rows=page_rows) if odd else None
        return Staged(self._table, plain, newest, f"{plain} {digest}", doubtful)

    def _counted(self, cursor: str | None) -> Sequence[Any]:
        flag, newest = self._beside.flag, "NULL" if cursor is None else f"MAX(`{cursor}`)"
        each = "CAST(FARM_FINGERPRINT(TO_JSON_STRING(given)) AS BIGNUMERIC)"
        counts = f"COUNTIF({flag}), COUNTIF(NOT {flag}), {newest}, SUM(IF({flag}, {each}, NULL))"
        (row,) = (row for page in self._ask(f"SELECT {counts} FROM {self._table} AS given").pages for row in page)  # noqa: S608
        return row

    def _ask(self, sql: str, parameters: Parameters = (), page_rows: int = PAGE_ROWS) -> Answer:
        answer = self._client.ask(Asked(sql, parameters), page_rows)
        self.spent += answer.billed
        return answer
