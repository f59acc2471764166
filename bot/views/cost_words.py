"""What hung and repeated runs have cost, in words."""

from bot.domain.counts import plural
from bot.domain.reports.cost import Cost, ProcessorCost
from bot.views import numbers
from bot.views.incident_words import Voice

LEAST = 0.01
"""What costs less is not named one by one."""


def lines(found: Cost, voice: Voice, most: int) -> list[str]:
    """The sum, the dearest processors, and what the figures rest on."""
    if not found.runs:
        return ["unknown: no run of that month is known"]
    if not found.found:
        return ["no run hung, and none was repeated" if found.told else "no run hung; repeated runs cannot be told"]
    named = [each for each in found.found if each.price(found.prices) >= LEAST] or found.found
    more = len(found.found) - len(named[:most])
    small = f", less than {LEAST} {found.prices.currency} each" if len(named) <= most else ""
    return [
        _sum(found),
        *(_one(each, found, voice) for each in named[:most]),
        *([f"and {more:,} more{small}"] if more > 0 else []),
        *map(voice.data, found.assumptions()),
    ]


def _sum(found: Cost) -> str:
    hung, repeated = sum(each.hung_runs for each in found.found), sum(each.repeated_runs for each in found.found)
    hung_s, repeated_s = sum(each.hung_s for each in found.found), sum(each.repeated_s for each in found.found)
    share = f", {numbers.share(found.seconds / found.all_seconds)} of the time of all runs" if found.all_seconds else ""
    return f"{price(found.total, found)}: {_runs(hung, hung_s, repeated, repeated_s)}{share}"


def _one(each: ProcessorCost, found: Cost, voice: Voice) -> str:
    runs = _runs(each.hung_runs, each.hung_s, each.repeated_runs, each.repeated_s)
    size = f"{each.vcpu_seconds:,.0f} vCPU s, {each.gib_seconds:,.0f} GiB s"
    return f"{voice.data(each.processor)}: {price(each.price(found.prices), found)}, {runs} ({size})"


def _runs(hung: int, hung_s: float, repeated: int, repeated_s: float) -> str:
    parts = [
        f"{plural(hung, 'run')} hung for {numbers.seconds(hung_s)}" if hung else "",
        f"{plural(repeated, 'run')} repeated in {numbers.seconds(repeated_s)}" if repeated else "",
    ]
    return ", ".join(filter(None, parts))


def price(amount: float, found: Cost) -> str:
    """`12.40 USD`; less than a hundredth is not nothing."""
    said = f"<{LEAST}" if 0 < amount < LEAST else f"{amount:,.2f}"
    return f"{said} {found.prices.currency}"
