"""Slack's own list of people and groups."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.access import Origin
from bot.domain.delivery import Kind
from bot.ports.directory import DirectoryUnavailable
from bot.slack import outcomes
from bot.slack.quiet import quiet_client

TIMEOUT_S = 2
"""Of each call: an acknowledgement is due within three seconds, and the change itself takes its time."""
STRANGERS = frozenset({"user_not_found", "user_not_visible"})
"""https://docs.slack.dev/reference/methods/users.info#errors"""
NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found"})
SLACKBOT = "USLACKBOT"


class SlackDirectory:
    """Implements `bot.ports.directory.Directory`."""

    def __init__(self, token: str, api_url: str) -> None:
        self._client = quiet_client(token, api_url, TIMEOUT_S)
        self._team = ""

    def origin(self, user: str) -> Origin:
        try:
            found = _asked(self._client.users_info, user=user).get("user")
        except _Refused as error:
            if error.code in STRANGERS:
                return Origin.ELSEWHERE
            raise
        if not isinstance(found, Mapping):
            raise DirectoryUnavailable("Slack's users.info did not say who that is")
        return _origin(found, self._own_team())

    def email(self, user: str) -> str:
        """https://docs.slack.dev/reference/scopes/users.read.email"""
        found = _asked(self._client.users_info, user=user).get("user")
        profile = found.get("profile") if isinstance(found, Mapping) else None
        return str(profile.get("email") or "") if isinstance(profile, Mapping) else ""

    def members(self, group: str) -> frozenset[str]:
        try:
            found = _asked(self._client.usergroups_users_list, usergroup=group).get("users")
        except _Refused as error:
            if error.code in NO_GROUP:
                return frozenset()
            raise
        return frozenset(found) if isinstance(found, list) else frozenset()

    def _own_team(self) -> str:
        if not self._team:
            self._team = str(_asked(self._client.auth_test).get("team_id") or "")
        return self._team


class _Refused(DirectoryUnavailable):
    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


def _asked(method: Callable[..., SlackResponse], **arguments: str) -> Mapping[str, Any]:
    name = method.__name__.replace("_", ".")
    try:
        answer = method(**arguments).data
    except outcomes.FAILURES as error:
        outcome = outcomes.of_failure(error)
        if outcome.kind is Kind.NO and isinstance(error, SlackApiError):
            raise _Refused(f"Slack refused {name} ({outcome.code})", outcome.code) from error
        raise DirectoryUnavailable(f"Slack did not answer {name} ({outcome.code})") from error
    return answer if isinstance(answer, Mapping) else {}


def _origin(user: Mapping[str, Any], own_team: str) -> Origin:
    """https://docs.slack.dev/reference/objects/user-object; an organisation's members belong to several teams."""
    organisation = user.get("enterprise_user")
    teams = {user.get("team_id"), *((organisation or {}).get("teams") or ())}
    if user.get("is_stranger") or own_team not in teams:
        return Origin.ELSEWHERE
    if user.get("deleted"):
        return Origin.DEACTIVATED
    if user.get("is_bot") or user.get("id") == SLACKBOT:
        return Origin.BOT
    return Origin.GUEST if user.get("is_restricted") or user.get("is_ultra_restricted") else Origin.MEMBER
