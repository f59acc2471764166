"""Who somebody is: what Slack says, what it said before, and when it says nothing."""

from pathlib import Path
from typing import TypeVar

import pytest

from bot.config.access import load_access
from bot.domain.access import AccessPolicy, Actor, Identity, Origin, Role, Way
from bot.domain.errors import ConfigError
from bot.ports.directory import DirectoryUnavailable
from bot.services.access import FRESH_S, KNOWN_S, NO_ANSWER_S, Identities

Said = TypeVar("Said")
POLICY = AccessPolicy(Role.VIEWER, {"U1": Role.RESPONDER, "S1": Role.APPROVER, "S2": Role.VIEWER})


class People:
    def __init__(self) -> None:
        self.origins = {"U1": Origin.MEMBER, "U2": Origin.MEMBER, "U3": Origin.GUEST}
        self.groups = {"S1": frozenset({"U1"}), "S2": frozenset({"U2"})}
        self.silent, self.asked, self.now = False, list[str](), 0.0
        self.identities = Identities(POLICY, self, lambda: self.now)

    def origin(self, user: str) -> Origin:
        return self._answer(user, self.origins.get(user, Origin.ELSEWHERE))

    def email(self, user: str) -> str:
        return self._answer(user, f"{user.casefold()}@example.com")

    def members(self, group: str) -> frozenset[str]:
        return self._answer(group, self.groups[group])

    def _answer(self, name: str, found: Said) -> Said:
        self.asked.append(name)
        if self.silent:
            raise DirectoryUnavailable("Slack did not answer users.info (no answer)")
        return found

    def who(self, user: str) -> Identity:
        return self.identities(Actor(user, user))


def test_the_highest_role_that_was_given_counts() -> None:
    people = People()
    assert people.who("U1") == Identity(Origin.MEMBER, Role.APPROVER, named=True)
    assert people.who("U2") == Identity(Origin.MEMBER, Role.VIEWER, named=True)
    people.groups["S2"] = frozenset()
    people.now = FRESH_S
    assert people.who("U2") == Identity(Origin.MEMBER, Role.VIEWER)


def test_whoever_is_no_member_has_no_role() -> None:
    people = People()
    assert (people.who("U3"), people.who("U9")) == (Identity(Origin.GUEST), Identity(Origin.ELSEWHERE))
    assert people.asked == ["U3", "U9"]


def test_slack_is_not_asked_who_is_at_the_machine() -> None:
    people = People()
    assert people.identities(Actor("root", "root", Way.TERMINAL)) == Identity(Origin.TERMINAL, Role.ADMIN)
    assert people.identities(Actor("+15550100", "Ana", Way.PAGER)) == Identity(Origin.PAGER)
    assert people.asked == []


def test_what_slack_said_lately_is_not_asked_again() -> None:
    people = People()
    people.who("U1")
    people.now = FRESH_S - 1
    people.who("U1")
    assert people.asked == ["U1", "S1", "S2"]
    people.origins["U1"] = Origin.DEACTIVATED
    people.now = FRESH_S
    assert people.who("U1").origin is Origin.DEACTIVATED


def test_without_an_answer_the_last_one_holds_for_an_hour() -> None:
    people = People()
    known = people.who("U1")
    people.silent, people.now = True, KNOWN_S - 1
    assert people.who("U1") == known
    assert people.who("U8") == Identity(Origin.UNKNOWN, why_unknown="Slack did not answer users.info (no answer)")
    people.now = KNOWN_S
    assert people.who("U1").origin is Origin.UNKNOWN
    people.silent, people.now = False, KNOWN_S + 2 * NO_ANSWER_S
    assert people.who("U1") == known


def test_a_slack_that_hangs_is_not_waited_for_at_each_click() -> None:
    people = People()
    people.silent = True
    for user in ("U1", "U2", "U3"):
        people.who(user)
    assert people.asked == ["U1"]


def test_a_file_gives_roles(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text(
        "default: viewer\nroles:\n  responder: [U0ANA, S0ONCALL]\n  admin: [U0DANA]\n"
    )
    policy = load_access(tmp_path / "access.yaml")
    assert policy.default is Role.VIEWER
    assert policy.roles == {"U0ANA": Role.RESPONDER, "S0ONCALL": Role.RESPONDER, "U0DANA": Role.ADMIN}
    assert load_access(tmp_path / "none.yaml") == AccessPolicy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default: admin\n", "access.yaml:1: default"),
        ("default: viewer\nroles:\n  boss: [U0ANA]\n", "access.yaml:3: the key 'boss' is not known"),
        ("roles:\n  admin:\n    - U0ANA\n    - Ana\n", "access.yaml:4: 'Ana' is no id of Slack's"),
        ("roles:\n  admin: [U0ANA]\n  viewer: [U0ANA]\n", "access.yaml:2: U0ANA is in viewer already"),
        ("roles:\n  admin: 3\n", "access.yaml:2: roles.admin"),
        ("", "access.yaml:1: the file is empty"),
    ],
)
def test_every_fault_of_the_file_has_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "access.yaml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load_access(tmp_path / "access.yaml")
    assert said in str(error.value)
