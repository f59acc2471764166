"""What reading BigQuery costs: on demand, a TiB of bytes billed at USD_A_TIB, at least LEAST_BYTES for each table that
a query reads (https://cloud.google.com/bigquery/pricing#on_demand_pricing).
"""

from dataclasses import dataclass
from datetime import timedelta

USD_A_TIB = 6.25
LEAST_BYTES = 10 * 1024**2
MONTH = timedelta(days=30)
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"))


def billed(read: int) -> int:
    """Bytes billed for a query that reads so many of one table."""
    return max(read, LEAST_BYTES)


def usd_a_month(read: int, every: timedelta) -> float:
    """Of a query that reads so many bytes each time."""
    return billed(read) * (MONTH / every) / 1024**4 * USD_A_TIB


@dataclass(frozen=True)
class Budget:
    """`max_bytes`: what one query may bill at most. `usd`: what the reads of a source may cost in a month, a third of
    it for looking through older partitions.
    """

    max_bytes: int
    usd: float

    def between_reads(self, read: int) -> timedelta:
        """So far apart are reads of so many bytes, at least."""
        return usd_a_month(read, MONTH) / (self.usd * 2 / 3) * MONTH

    def between_sweeps(self, read: int) -> timedelta:
        return usd_a_month(read, MONTH) / (self.usd / 3) * MONTH


def monthly(read: int, every: timedelta) -> str:
    """`a read bills 10 MB; every 1 min, that is at most 2.57 USD a month, without loads`: what the warehouse bills for
    taking the rows in is not known here.
    """
    minutes, usd = every / timedelta(minutes=1), usd_a_month(read, every)
    month = f"every {minutes:,.0f} min, that is at most {usd:,.2f} USD a month, without loads"
    return f"a read bills {size(billed(read))}; {month}"


def size(count: int) -> str:
    for unit, name in _SIZES:
        if count >= unit:
            return f"{count / unit:.0f} {name}"
    return f"{count:,} bytes"
