"""What a health report says, in words: shared by the Slack card and the terminal."""

from bot.domain.health.model import HealthReport
from bot.views import numbers


def completeness(report: HealthReport) -> str | None:
    """How many of the dates with data due have it, over all phases; None when none was due."""
    due, filled = (sum(row.due.due for row in report.phases), sum(row.due.filled for row in report.phases))
    return (
        f"{filled:,} of {numbers.plural(due, 'date')} due have their data ({numbers.share(filled / due)})"
        if due
        else None
    )
