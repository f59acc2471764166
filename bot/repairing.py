"""Repairs, wired: planned from what every answer goes by, started by people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds
from bot.deploying import cloud_run
from bot.opening import queries_over, registry_in_use
from bot.state_adapters import approver

if TYPE_CHECKING:
    from bot.adapters.notify.slack_repairs import SlackRepairs
    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.platform.registry import Registry
    from bot.domain.reprocessing.plan import Limits
    from bot.ports.clock import Clock
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.app import RepairWork
    from bot.services.receipts import ReceiptService
    from bot.services.repair_plans import RepairPlans
    from bot.services.reprocessing import RepairService
    from bot.services.reprocessing_execution import ReprocessingExecution
    from bot.services.reprocessing_messages import RepairMessages
    from bot.services.step_runs import StepRuns
    from bot.services.validation import ValidationService


def repairs_over(
    opened: Warehouse,
    registry: Registry,
    validation: ValidationService,
    store: State | None,
    settings: Settings,
    identify: Callable[[Actor], Identity],
    now: Clock,
    *,
    tickets: bool,
) -> tuple[RepairService, RepairWork]:
    """Planning and asking, what people do to one that runs, receipts; and what carries them out, where there is a
    state. `tickets`: can one be opened for a lasting mend? Raises ConfigError.
    """
    from bot.config.policy import load_policy
    from bot.services.access import email_by
    from bot.services.app import RepairWork
    from bot.services.deploys import revisions_in
    from bot.services.repair_control import RepairControl
    from bot.services.repair_plans import RepairPlans, not_known
    from bot.services.reprocessing import RepairService

    limits = load_policy(settings.config / "policy.yaml").limits
    kept, revisions = (None, not_known) if store is None else (store.repairs, revisions_in(store))
    plans = RepairPlans(opened, registry, validation, kept, revisions, limits)
    asking = RepairService(store, plans, identify, email_by(identify), approver(settings))
    runs = _step_runs(opened, settings)
    control = RepairControl(store, identify, now, lambda: limits, runs.end_all)
    board = _board(settings, tickets=tickets)
    carried = () if store is None else _carrying_out(store, runs, validation, plans, limits, board, now)
    receipts = _receipts(opened, registry, validation, store, settings)
    return asking, RepairWork(control, receipts, *carried)


def _carrying_out(
    store: State,
    runs: StepRuns,
    validation: ValidationService,
    plans: RepairPlans,
    limits: Limits,
    board: SlackRepairs,
    now: Clock,
) -> tuple[ReprocessingExecution, RepairMessages]:
    from bot.services.deploys import revisions_in
    from bot.services.reprocessing_evidence import StepEvidence
    from bot.services.reprocessing_execution import Around, ReprocessingExecution
    from bot.services.reprocessing_messages import RepairMessages

    known = StepEvidence(lambda: validation, lambda: plans.registry)
    revisions = revisions_in(store)
    revision: Callable[[str], str] = lambda name: revisions([name]).get(name, "")  # noqa: E731
    around = Around(lambda: limits, known.of, known.dependents, revision, known.blind)
    messages = RepairMessages(store, board, lambda: limits, now, monotonic_seconds)
    return ReprocessingExecution(store, runs, around, now, monotonic_seconds), messages


def _board(settings: Settings, *, tickets: bool) -> SlackRepairs:
    from bot.adapters.notify.slack_repairs import SlackRepairs

    token = settings.slack_bot_token.get_secret_value()
    return SlackRepairs(token, settings.slack_api_url, settings.alerts_channel, tickets=tickets)


def _step_runs(opened: Warehouse, settings: Settings) -> StepRuns:
    """Where an order goes comes from the configured registry alone."""
    from bot.adapters.run_control.identity import IdentityTokens
    from bot.adapters.run_control.jobs import CloudRunJobs
    from bot.adapters.run_control.over_http import OverHttp
    from bot.adapters.run_control.registered import RegisteredServices, Way
    from bot.domain.platform.registry import Control
    from bot.services.step_runs import StepRuns

    registry, asked = partial(registry_in_use, opened, settings), cloud_run(settings)
    ways: dict[Control, Way] = {Control.HTTP: OverHttp(), Control.CLOUD_RUN: OverHttp(IdentityTokens())}
    if asked is not None:
        ways[Control.CLOUD_RUN_JOB] = CloudRunJobs(asked)
    return StepRuns(RegisteredServices(registry, ways), registry)


def _receipts(
    opened: Warehouse, registry: Registry, validation: ValidationService, store: State | None, settings: Settings
) -> ReceiptService:
    from bot.services.receipts import ReceiptService

    return ReceiptService(store, settings.seal, lambda: validation, lambda: queries_over(opened, registry, settings))
