"""Why rows were set aside, each reason once, with how many it has: the most frequent first."""

import re
from collections import Counter
from collections.abc import Iterable

from bot.domain.counts import plural

VALUE = re.compile(r"'(.*)'")
MOST_VALUES = 3


def counted(reasons: Iterable[str]) -> tuple[str, ...]:
    """`12 rows: status 'KO', 'ERR' is none of success, failed`: reasons that differ by the value alone are one."""
    rows, values = Counter[str](), dict[str, dict[str, None]]()
    for reason in reasons:
        kind = VALUE.sub("''", reason)
        found = VALUE.search(reason)
        rows[kind] += 1
        if found is not None:
            values.setdefault(kind, {})[found[0]] = None
    return tuple(
        f"{plural(count, 'row')}: {_with(kind, list(values.get(kind, ())))}" for kind, count in rows.most_common()
    )


def _with(kind: str, values: list[str]) -> str:
    more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    return kind.replace("''", ", ".join(values[:MOST_VALUES]) + more, 1) if values else kind
