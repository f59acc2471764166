"""Twenty-three things that no code of ours stores, planted by SQL: the auditor finds each within two minutes."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.audit import Seal
from bot.services.auditor import AuditFailed, Auditor
from tests.support.gate_story import START, finding
from tests.support.migrated_state import empty_state
from tests.support.pager import FakePager, PagedStory

PLANTED = {
    "update response set next_at = null": "INC-1 is open, and nobody will be paged",
    "update response set next_at = '2099-01-01 00:00:00'": "INC-1 has its next act at 2099-01-01",
    "update response set next_at = '2026-03-03 06:00:00'": "escalation of Gamebook.* is due since",
    "update response set state = 'exhausted', next_at = null": "INC-1 is exhausted, and nobody will be paged",
    "update response set state = 'acknowledged'": "INC-1 is acknowledged by nobody",
    "update response set state = 'acknowledged', owner = 'Ana', next_at = null": "INC-1 is acknowledged, and nobody",
    "update response set state = 'resolved', next_at = null": "its response says that the data has resolved it",
    "update response set severity = 'P2'": "INC-1 is P0, and is paged as P2",
    "update response set step = 9": "INC-1 is at step 10 of 3",
    "update response set shown = 99": "the message of INC-1 says version 99 of",
    "delete from response": "INC-1 has lost its response",
    "delete from page": "INC-1 was paged, and there is no page of it",
    "update page set state = 'sending', lease_until = null": "is being sent, and never taken over",
    "update page set state = 'sending', lease_until = '2099-01-01 00:00:00'": "is being sent, and never taken over",
    "update page set state = 'sending', lease_until = '2026-03-03 06:00:00'": "page .* is due since",
    "update page set state = 'pending', not_before = '2026-03-03 06:00:00'": "page .* is due since",
    "update page set state = 'pending', not_before = '2099-01-01 00:00:00'": "waits until 2099-01-01",
    "update page set state = 'sent', attempts = 0": "counts as sent, and was never tried",
    "update page set state = 'carried', carried_by = 'gone'": "goes with a page that is not on its way",
    "update page set state = 'cancelled'": "was cancelled, and nobody has taken the incident",
    "update page set first_attempt_at = null": "was tried at no time",
    "update outbox set said = 1": "INC-1 has no message, and nothing is left to be said of it",
    "update audit_head set seq = seq + 1": "chain|record|head",
}


class Audited:
    def __init__(self, path: Path) -> None:
        self.state = SqlState(open_engine(path))
        self.story = PagedStory(START, FakePager("slack"), FakePager("voice"), state=self.state)
        self.beats = 0
        self.auditor = Auditor(
            self.state, lambda: self.story.now, lambda: self.story.now, self._beat, Seal(), lambda *_: None
        )

    def _beat(self) -> None:
        self.beats += 1

    def audits_twice(self) -> None:
        self.auditor.audit()
        self.story.stand_still(1)
        self.auditor.audit()


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A P0 whose first two steps have paged."""
    path = empty_state(tmp_path_factory.mktemp("state") / "state.db")
    audited = Audited(path)
    audited.story.held = [finding("Gamebook", severity="P0")]
    audited.story.fast_forward(6)
    audited.state.close()
    return path


@pytest.fixture
def audited(healthy: Path, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(Path(shutil.copy(healthy, tmp_path / "state.db")))
    made.story.now = START + timedelta(minutes=6)
    yield made
    made.state.close()


def test_a_healthy_state_is_found_healthy(audited: Audited) -> None:
    audited.audits_twice()
    assert audited.beats == 2


@pytest.mark.parametrize("planted", PLANTED)
def test_what_was_planted_is_found(audited: Audited, planted: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
        assert connection.execute(planted).rowcount > 0
        connection.commit()
    with pytest.raises(AuditFailed, match=PLANTED[planted]):
        audited.audits_twice()
