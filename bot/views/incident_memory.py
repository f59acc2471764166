"""What ended those like an incident, in one sentence with its figures."""

from bot.domain.incidents.retrospect import UNMENDED, IncidentMemory
from bot.views import numbers


def sentence(found: IncidentMemory) -> str:
    """`4 similar before; 3 mended by rerunning Scraper, median 12 min (n = 3); 1 over by itself`."""
    parts = [f"{count} {how}" if how in UNMENDED else f"{count} mended by {how}" for how, count in found.means]
    if found.median is not None:
        parts[0] += f", median {numbers.span(found.median)} (n = {found.means[0][1]})"
    return f"{found.similar} similar before; {'; '.join(parts)}"
