"""What reading BigQuery costs: on demand, a TiB of bytes billed at USD_A_TIB, at least LEAST_BYTES for each table that
a query reads (https://cloud.google.com/bigquery/pricing#on_demand_pricing).
"""

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


def monthly(read: int, every: timedelta) -> str:
    """`a read bills 10 MB, 2.57 USD a month`."""
    return f"a read bills {size(billed(read))}, at most {usd_a_month(read, every):,.2f} USD a month"


def size(count: int) -> str:
    for unit, name in _SIZES:
        if count >= unit:
            return f"{count / unit:.0f} {name}"
    return f"{count:,} bytes"
