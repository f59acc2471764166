"""Faults on order: what goes wrong, for which method, how often."""

import fnmatch
from dataclasses import dataclass

KINDS = {
    "latency": "wait `seconds`, then answer",
    "hang": "do it, then never answer (until `seconds`, default one hour)",
    "reset": "cut the connection before anything is done",
    "reset_after": "do it, then cut the connection",
    "status": "answer HTTP `status` (default 503) and do nothing",
    "status_after": "do it, then answer HTTP `status` (default 500)",
    "rate_limited": "answer 429 with Retry-After `seconds` (default 1)",
    "error": "answer {ok: false, error: `error`} (default internal_error) and do nothing",
    "error_after": "do it, then answer {ok: false, error: `error`}",
}


@dataclass
class Fault:
    """`count` calls of methods matching `method` (a glob; `response_url` and `upload` too); None: until cleared."""

    id: int
    kind: str
    method: str = "*"
    count: int | None = 1
    seconds: float | None = None
    status: int | None = None
    error: str | None = None
    skip: int = 0


class Faults:
    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._number = 0
        self.history_lag = 0.0
        self.empty_first_page = False
        """Of a channel's history: what an app may not see is left out of a page, and the next one follows."""

    def add(self, kind: str, **settings: object) -> Fault:
        """Order a fault; ValueError names the kinds there are."""
        if kind not in KINDS:
            raise ValueError(f"no fault {kind!r}; kinds are {', '.join(sorted(KINDS))}")
        self._number += 1
        fault = Fault(self._number, kind, **settings)  # type: ignore[arg-type]
        self._active.append(fault)
        return fault

    def clear(self) -> None:
        self._active.clear()
        self.history_lag, self.empty_first_page = 0.0, False

    def active(self) -> list[Fault]:
        return list(self._active)

    def strike(self, method: str) -> Fault | None:
        """The fault this call suffers, counted down."""
        for fault in self._active:
            if not fnmatch.fnmatchcase(method, fault.method):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self._active.remove(fault)
            return fault
        return None
