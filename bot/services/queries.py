"""The SQL behind the numbers, for people to check."""

from collections.abc import Callable


class QueryService:
    """`text_of`: name of a query -> its SQL. Raises BadInput for a name that does not exist."""

    def __init__(self, text_of: Callable[[str], str]) -> None:
        self._text_of = text_of

    def of_health(self) -> list[tuple[str, str]]:
        """The queries of a health report in the order they are asked."""
        names = ("health_counts_live", "health_durations_live", "health_due_live")
        return [(name, self._text_of(name)) for name in names]

    def of_incident(self) -> list[tuple[str, str]]:
        """The queries behind the verdicts of an incident's dates."""
        names = ("observed_date_runs", "observed_date_loads", "observed_date_files")
        return [(name, self._text_of(name)) for name in names]
