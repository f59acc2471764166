"""Numbers as people read them on a phone and in a terminal."""

from datetime import timedelta

NOTHING = "-"


def share(rate: float | None) -> str:
    """0.775 -> 77.5 %; a rate that only rounds to 100 % says so."""
    if rate is None:
        return NOTHING
    if rate < 1 and f"{rate:.1%}" == "100.0%":
        return ">99.9%"
    return f"{rate:.1%}"


def whole_share(rate: float) -> str:
    """0.775 -> 78 %, where there is room for no more: neither all nor nothing where it only rounds to it."""
    said = f"{rate:.0%}"
    if rate < 1 and said == "100%":
        return ">99%"
    return "<1%" if rate > 0 and said == "0%" else said


def seconds(value: float | None) -> str:
    """Seconds below two minutes, minutes below two hours, hours above."""
    if value is None:
        return NOTHING
    if value < 120:
        return f"{value:,.1f}s"
    return f"{value / 60:,.1f}m" if value < 7200 else f"{value / 3600:,.1f}h"


def span(length: timedelta) -> str:
    """42 s, 5 min, 3 h, 2 days: two of the larger unit before it is used."""
    whole = max(0.0, length.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if whole >= 2 * size:
            return f"{whole / size:.0f} {unit}"
    return f"{whole:.0f} s"


def compact(count: int) -> str:
    """12731 -> 12.7K: three significant figures."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "K")):
        if count >= 0.9995 * size:
            return f"{count / size:.3g}{unit}" if count / size < 999.5 else f"{count / size:.0f}{unit}"
    return str(count)
