"""What has reached the phones: calls, texts and alerts, stored in the workspace's file."""

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sandbox.slack.seed import SeedUser
from sandbox.slack.store import Store

MOST_ENTRIES = 500
_SCHEMA = "CREATE TABLE IF NOT EXISTS phones (seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, data TEXT NOT NULL)"
_INCIDENT, _SEVERITY = re.compile(r"\bINC-\d+\b"), re.compile(r"\bP[0-3]\b")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call, text or alert. `person` is a user's id, "" where the number is nobody's here. `at` is the time that
    people see, `made` the machine's, both Unix seconds. `state` is the vendor's word. `text` is what is said or
    written, `loops` times; `heard` what came after it. `callback` is asked when a digit is pressed; `key` names an
    alert; `by` has acknowledged it.
    """

    id: str
    kind: str
    person: str
    sender: str
    at: float
    made: float
    state: str
    text: str
    number: str = ""
    loops: int = 1
    heard: tuple[str, ...] = ()
    callback: str = ""
    key: str = ""
    by: str = ""

    def shown(self) -> dict[str, Any]:
        """As the page draws it: incident and severity are those that the text names."""
        incident, severity = _INCIDENT.search(self.text), _SEVERITY.search(self.text)
        said = {"incident": incident and incident[0], "severity": severity and severity[0]}
        return {**asdict(self), **said, "asks": bool(self.callback)}


class Book:
    """`changed` is called after each change."""

    def __init__(self, store: Store, people: Sequence[SeedUser], changed: Callable[[], None] = lambda: None) -> None:
        self._store, self._changed = store, changed
        self.people = people
        store.connection.execute(_SCHEMA)

    def person_at(self, number: str) -> str:
        """Whose number it is; "": nobody's."""
        return next((each.id for each in self.people if each.phone == number), "")

    def person_named(self, name: str) -> str:
        return next((each.id for each in self.people if each.real_name == name), "")

    def name_of(self, person: str) -> str:
        return next((each.real_name for each in self.people if each.id == person), person)

    def put(self, entry: Entry) -> Entry:
        """New, or changed: it keeps its place."""
        data = json.dumps(asdict(entry))
        with self._store.transaction():
            changed = self._store.run("UPDATE phones SET data = ? WHERE id = ?", data, entry.id)
            if not changed:
                self._store.run("INSERT INTO phones (id, data) VALUES (?, ?)", entry.id, data)
                self._store.run("DELETE FROM phones WHERE seq <= (SELECT max(seq) FROM phones) - ?", MOST_ENTRIES)
        self._changed()
        return entry

    def change(self, entry: Entry, **changes: Any) -> Entry:
        return self.put(replace(entry, **changes))

    def get(self, entry_id: str) -> Entry | None:
        found = self._store.row("SELECT data FROM phones WHERE id = ?", entry_id)
        return None if found is None else _entry(found[0])

    def latest(self) -> list[Entry]:
        """The newest first."""
        return [_entry(data) for (data,) in self._store.rows("SELECT data FROM phones ORDER BY seq DESC")]

    def secret(self, name: str) -> str:
        """Made once: what the vendor and its customer both know."""
        key = f"phones {name}"
        if self._store.setting(key) is None:
            self._store.set_setting(key, secrets.token_hex(16))
        return str(self._store.setting(key))


def _entry(data: str) -> Entry:
    stored = json.loads(data)
    return Entry(**{**stored, "heard": tuple(stored["heard"])})
