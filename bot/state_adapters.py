"""Opens the state: the settings name its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds, wait
from bot.config.settings import Settings
from bot.domain.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.adapters.state.database_clock import DatabaseClock
    from bot.domain.access import Actor, Identity, Role
    from bot.domain.audit import Anchor
    from bot.domain.escalation.pages import Targets
    from bot.domain.gate.shadow_policy import ShadowPolicy
    from bot.domain.incidents.incident import Incident
    from bot.ports.state import State
    from bot.services.audit import AuditService
    from bot.services.gate import Ours
    from bot.services.holding import Holding
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService
    from bot.services.retrospect import RetrospectService
    from bot.services.watched import Watched


@contextmanager
def state(settings: Settings) -> Iterator[State]:
    """The state that the settings name. An embedded one is brought to this release; another has to be already, and may
    take its time to answer.

    Raises StateUnavailable when it cannot be reached, StateUnfit when it is of another release.
    """
    from bot.adapters.state.migrate import check, migrate
    from bot.adapters.state.starting import when_it_answers
    from bot.adapters.state.stores import SqlState

    engine = state_engine(settings)
    store = SqlState(engine, settings.seal)
    try:
        if embedded_state(settings):
            migrate(engine)
        else:
            when_it_answers(partial(check, engine), monotonic_seconds, wait)
        yield store
    finally:
        store.close()


@dataclass(frozen=True)
class Sharing:
    """What several processes over one PostgreSQL have in common: who detects, and what time it is."""

    holding: Holding
    clock: DatabaseClock

    def seconds(self) -> float:
        """A clock of the pace of `clock` by which nobody has set that: each process would move what is due."""
        return self.clock().timestamp()


def ours_of(sharing: Sharing | None) -> Ours | None:
    """May this process detect? None: it is the only one."""
    return None if sharing is None else sharing.holding.is_ours


@contextmanager
def shared(settings: Settings, store: State) -> Iterator[Sharing]:
    from bot.adapters.state.database_clock import DatabaseClock
    from bot.services.holding import WATCH, Holding, this_process

    clock = DatabaseClock(state_engine(settings), monotonic_seconds)
    try:
        yield Sharing(Holding(store, WATCH, this_process(), monotonic_seconds), clock)
    finally:
        clock.close()


def to_read(settings: Settings) -> AbstractContextManager[State]:
    """The state for a question from the command line: entering raises StateUnavailable."""
    from bot.adapters.state.to_read import state_to_read

    return state_to_read(state_engine(settings))


def to_read_if_any(settings: Settings) -> AbstractContextManager[State | None]:
    """The same; None where nothing was stored yet."""
    return to_read(settings) if has_state(settings) else nullcontext()


def check_stored(settings: Settings) -> None:
    """Raises BadInput where nothing was stored yet."""
    if not has_state(settings):
        raise BadInput(f"Nothing is stored in {settings.home} yet: `fireline run` or `fireline demo` makes the state.")


@contextmanager
def oncall_to_read(settings: Settings) -> Iterator[OncallService]:
    """Who is on call, with the covers that are stored if there is a state."""
    from bot.config.chosen_oncall import oncall_in_use
    from bot.services.oncall import OncallService

    with to_read_if_any(settings) as store:
        yield OncallService(oncall_in_use(settings), store)


@contextmanager
def responses_to_change(settings: Settings, reached: Callable[[OncallService], Targets]) -> Iterator[ResponseService]:
    """What people do about incidents, in the state of the process that detects them; `reached`: whom pages reach.
    Raises BadInput without a state.
    """
    from bot.config.chosen_oncall import oncall_in_use
    from bot.config.policy import load_policy
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService

    if not has_state(settings):
        raise BadInput(f"There are no incidents in {settings.home}: `fireline run` or `fireline demo` detects them.")
    with state(settings) as store:
        oncall = OncallService(oncall_in_use(settings), store)
        policy = lambda: load_policy(settings.config / "policy.yaml").escalation  # noqa: E731 (an acknowledgement needs none)
        watched, targets = watched_by(store, settings), reached(oncall)
        yield ResponseService(store, oncall.schedule, watched=watched, policy=policy, targets=targets)


@contextmanager
def audit_to_read(settings: Settings) -> Iterator[AuditService]:
    """The audit chain. Raises BadInput where nothing is stored yet."""
    from bot.services.audit import AuditService

    check_stored(settings)
    with to_read(settings) as store:
        yield AuditService(store, settings.seal)


def anchors_in(path: Path) -> list[Anchor]:
    from bot.adapters.anchors import anchors_in

    return anchors_in(path)


def oncall_to_change(settings: Settings, store: State | None, identify: Callable[[Actor], Identity]) -> OncallService:
    """Who puts others on call without asking them has the role of whoever approves."""
    from bot.config.chosen_oncall import oncall_in_use
    from bot.services.oncall import OncallService

    return OncallService(oncall_in_use(settings), store, identify, approver(settings))


def approver(settings: Settings) -> Role:
    """Which role the second person has. Raises ConfigError."""
    from bot.config.access import load_access

    return load_access(settings.config / "access.yaml").approves


def identities(settings: Settings) -> Callable[[Actor], Identity]:
    """Who somebody is, as Slack says it; without a token nobody is known."""
    from bot.adapters.directory import SlackDirectory
    from bot.config.access import load_access
    from bot.domain.access import without_slack
    from bot.services.access import Identities

    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return without_slack
    directory = SlackDirectory(token, settings.slack_api_url)
    return Identities(load_access(settings.config / "access.yaml"), directory, monotonic_seconds)


@contextmanager
def incidents_to_read(
    settings: Settings, reached: Callable[[OncallService], Targets] | None = None
) -> Iterator[tuple[ResponseService, RetrospectService, datetime]]:
    """What is known of incidents, and the moment that the process which detects them has reached; `reached`: whom pages
    reach, where that is asked. Raises BadInput.
    """
    from bot.adapters.clock import system_clock
    from bot.config.chosen_oncall import oncall_in_use
    from bot.domain.escalation.pages import whoever
    from bot.services.moment import answered_at
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService
    from bot.services.retrospect import RetrospectService

    if not has_state(settings):
        raise BadInput(f"There are no incidents in {settings.home}: `fireline run` or `fireline demo` detects them.")
    with to_read(settings) as store:
        oncall = OncallService(oncall_in_use(settings), store)
        targets = whoever if reached is None else reached(oncall)
        people = ResponseService(store, oncall.schedule, watched=watched_by(store, settings), targets=targets)
        yield (
            people,
            RetrospectService(store, lambda: shadow_of(settings)),
            answered_at(store.last_tick, system_clock()),
        )


def watched_by(store: State, settings: Settings) -> Watched:
    """Until when incidents are watched, as the policy has it now: it is read where there is an incident to ask it for.
    Where it makes no sense nobody can tell: that keeps nobody from taking an incident.
    """
    from bot.services.watched import watched_in

    watched = watched_in(store, cache(lambda: rest_of(settings)))

    def until(incidents: Sequence[Incident]) -> Mapping[str, datetime]:
        try:
            return watched(incidents)
        except ConfigError:
            return {}

    return until


def shadow_of(settings: Settings) -> ShadowPolicy:
    from bot.config.policy import load_policy

    return load_policy(settings.config / "policy.yaml").gate.shadow


def rest_of(settings: Settings) -> timedelta:
    from bot.config.policy import load_policy

    return load_policy(settings.config / "policy.yaml").gate.resolve_after


def has_state(settings: Settings) -> bool:
    """Has anything been stored yet?"""
    return bool(settings.database_url.get_secret_value()) or settings.state_file.exists()


def migrated(settings: Settings, to: str | None = None) -> tuple[str | None, str]:
    """Bring the state to this release, or back to the revision `to`; the revisions before (None: it was empty) and
    after.
    """
    from bot.adapters.state.migrate import migrate

    engine = state_engine(settings, patient=True)
    try:
        return migrate(engine, to)
    finally:
        engine.dispose()


def embedded_state(settings: Settings) -> bool:
    return not settings.database_url.get_secret_value().startswith("postgres")


def state_engine(settings: Settings, *, patient: bool = False) -> Engine:
    from bot.adapters.state.database import open_engine

    return open_engine(settings.database_url.get_secret_value() or settings.state_file, patient=patient)
