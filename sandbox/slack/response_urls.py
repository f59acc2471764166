"""response_url: what each stands for, five uses, thirty minutes; stored in the workspace's file.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import secrets
from dataclasses import asdict, dataclass, replace

from . import limits
from .clock import Clock
from .store import Store, dump, load


@dataclass(frozen=True)
class ResponseUrl:
    """`source_ts` is the message acted on (None for commands and modals), `ephemeral` whether that was one."""

    token: str
    user: str
    channel: str
    given: float
    source_ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    def __init__(self, store: Store, clock: Clock, team: str) -> None:
        self._store = store
        self._clock = clock
        self._team = team

    def give(
        self,
        base_url: str,
        family: str,
        user: str,
        channel: str,
        *,
        source_ts: str | None = None,
        ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:
        """A new URL; `family` is `commands`, `actions` or `app`, as in Slack's own paths."""
        token = secrets.token_hex(16)
        url = ResponseUrl(token, user, channel, self._clock.seconds(), source_ts, ephemeral, thread_ts)
        with self._store.transaction():
            horizon = self._clock.seconds() - limits.RESPONSE_URL_SECONDS
            self._store.run("DELETE FROM response_urls WHERE json_extract(data, '$.given') < ?", horizon - 60)
            self._store.run("INSERT INTO response_urls VALUES (?, ?)", token, dump(asdict(url)))
        return f"{base_url}/{family}/{self._team}/{self._store.number('response_url')}/{token}"

    def find(self, token: str) -> ResponseUrl | None:
        found = self._store.row("SELECT data FROM response_urls WHERE token = ?", token)
        return None if found is None else ResponseUrl(**load(found[0]))

    def refusal(self, url: ResponseUrl | None) -> str | None:
        """`expired_url`, `used_url`, or None when it may be used."""
        if url is None or self._clock.seconds() - url.given > limits.RESPONSE_URL_SECONDS:
            return "expired_url"
        return "used_url" if url.uses >= limits.RESPONSE_URL_USES else None

    def use(self, url: ResponseUrl) -> None:
        self._save(replace(url, uses=url.uses + 1))

    def _save(self, url: ResponseUrl) -> None:
        self._store.run("UPDATE response_urls SET data = ? WHERE token = ?", dump(asdict(url)), url.token)
