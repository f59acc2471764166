"""The alerts channel by its name: looked up in Slack's list, where Slack has one."""

from functools import partial

from slack_sdk.web import WebClient

from bot.adapters.notify.slack_calls import call
from bot.adapters.notify.warn_once import WarnOnce
from bot.ports.notifier import NotifierBusy, NotifierRefused, NotifierUnavailable
from bot.slack.listed import ALL, ID, PUBLIC, listed


class AlertsChannel:
    """`given` is `#name` or an id."""

    def __init__(self, client: WebClient, given: str, warn: WarnOnce) -> None:
        self._client, self._given, self._warn = client, given, warn
        self._name = given.removeprefix("#")
        self._id = self._name if ID.fullmatch(self._name) else None
        self._has_list = True

    @property
    def target(self) -> str:
        """Where to post: the name as it is given when its id is not known, or cannot be asked for."""
        try:
            return self.id() or self._given
        except NotifierBusy:
            raise
        except NotifierUnavailable:
            return self._given

    def id(self) -> str | None:
        """None where Slack does not list it; it is asked again next time, unless it has no list for the app."""
        if self._id is None and self._has_list:
            self._id = self._looked_up()
        return self._id

    def learn(self, channel: str) -> None:
        """Slack has named the id of what was posted to, unless it repeats what it was given."""
        if channel != self._given:
            self._id = self._id or channel

    def _looked_up(self) -> str | None:
        try:
            return self._listed(ALL)
        except NotifierRefused as error:
            without_private = error
        try:
            found = self._listed(PUBLIC)
        except NotifierRefused as error:
            self._has_list = False
            self._warn(f"cannot look up the alerts channel, and post to {self._given} as it is: {error}")
            return None
        self._warn(f"can look for the alerts channel {self._given} in public only: {without_private}")
        return found

    def _listed(self, kinds: str) -> str | None:
        return listed(partial(call, self._client.conversations_list), self._name, kinds)
