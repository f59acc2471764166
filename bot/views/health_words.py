"""What a health report says, in words: shared by the Slack card and the terminal."""

from bot.domain.health.model import DueDates, HealthReport
from bot.views import numbers


def completeness(report: HealthReport) -> str | None:
    """How many of the dates with data due have it, over all phases; None when none was due."""
    due = sum((row.due for row in report.phases), DueDates("", 0, 0))
    if not due.due:
        return None
    if not due.told:
        return f"cannot tell whether the {numbers.plural(due.due, 'date')} due have their data"
    share = numbers.share(due.filled / due.told)
    if not due.unknown:
        return f"{due.filled:,} of {numbers.plural(due.due, 'date')} due have their data ({share})"
    aside = f"of {due.due:,} due, {due.unknown:,} cannot be told"
    return f"{due.filled:,} of {numbers.plural(due.told, 'date')} have their data ({share}); {aside}"


def dates_filled(due: DueDates) -> str:
    """Of those that can be told."""
    if not due.told:
        return "cannot tell"
    aside = f", {due.unknown:,} cannot be told" if due.unknown else ""
    return f"{due.filled:,} of {due.told:,} due{aside}"
