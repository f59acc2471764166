"""Read the configuration again when its files change, or when a load brought another registry: between two ticks.

Either all of it is in force everywhere, or all of the old one stays.
"""

import logging
from collections.abc import Callable, Hashable

from bot.domain.errors import BadInput

log = logging.getLogger("fireline.configuration")
MOST_NAMED = 5


class Reloading:
    """`files` gives something that changes with the configuration's files, `stored` the registry that the data is
    stored with. `store` puts a configured registry that has changed with the data; `renew` makes every use case again
    and swaps them all at once. Both raise BadInput for a configuration that makes no sense, and change nothing then.
    `audit` notes what became of it.
    """

    def __init__(
        self,
        files: Callable[[], Hashable],
        stored: Callable[[], str | None],
        store: Callable[[], None],
        renew: Callable[[], None],
        audit: Callable[[str, str], None],
    ) -> None:
        self._files, self._stored, self._store, self._renew, self._audit = files, stored, store, renew, audit
        self._seen, self._document = files(), stored()
        self._refused = ""

    def look(self) -> None:
        """Raises WarehouseUnavailable and StateUnavailable; it is looked again then."""
        seen, document = self._files(), self._stored()
        if (seen, document) == (self._seen, self._document):
            return
        try:
            if seen != self._seen:
                self._store()
            self._renew()
        except BadInput as error:
            self._refused = _in_one_line(error)
            log.error("the changed configuration is not used, the one before stays: %s", self._refused)
            self._audit("configuration_refused", self._refused)
        else:
            self._refused = ""
            what = "configuration was read again" if seen != self._seen else "registry of a load is used"
            log.info("the %s", what)
            self._audit("configuration_read", f"the {what}")
        self._seen, self._document = seen, self._stored()

    def warnings(self) -> tuple[str, ...]:
        if not self._refused:
            return ()
        return (f"The configuration was changed and cannot be used, the one before stays: {self._refused}",)


def _in_one_line(error: BadInput) -> str:
    """What is wrong; of many problems the first, and where the others are listed."""
    head, *problems = (line.strip() for line in str(error).splitlines())
    left = len(problems) - MOST_NAMED
    more = f"; and {left} more, which `fireline check-config` lists" if left > 0 else ""
    return " ".join(filter(None, [head, "; ".join(problems[:MOST_NAMED])])) + more
