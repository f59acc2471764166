"""Two configurations beside each other over one history, wired."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.opening import in_memory, loading_by, warehouse
from bot.state_adapters import to_read_if_any

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.connection import Connection
    from pathlib import Path

    from bot.config.settings import Settings
    from bot.domain.reports.what_if import Would
    from bot.ports.warehouse import Warehouse
    from bot.services.what_if import Configuration, WhatIfService

log = logging.getLogger("fireline.what_if")


def configuration(folder: Path) -> Configuration:
    """Raises ConfigError with the problems of all its files."""
    from bot.config.accepted_losses import load_accepted_losses
    from bot.config.check import check_folder
    from bot.config.oncall import load_oncall
    from bot.config.policy import load_policy
    from bot.config.slos import load_slos
    from bot.domain.errors import BadInput
    from bot.services.what_if import Configuration

    if not folder.is_dir():
        raise BadInput(f"{folder} is no directory. Name a configuration folder, with a registry.yaml in it.")
    registry, _ = check_folder(folder)
    policy = load_policy(folder / "policy.yaml")
    accepted, schedule = load_accepted_losses(folder / "accepted_losses.yaml"), load_oncall(folder / "oncall.yaml")
    gate = replace(policy.gate, shadow=policy.gate.shadow.in_part)
    levels = load_slos(folder / "slos.yaml")
    return Configuration(registry, policy.severity, gate, accepted, policy.escalation, schedule, levels)


@contextmanager
def own_history(settings: Settings) -> Iterator[WhatIfService]:
    """Over what the process of these settings has taken in, and knows of its incidents. Raises WarehouseUnavailable
    where that process holds the history.
    """
    from bot.services.what_if import WhatIfService

    with warehouse(settings, read_only=True) as opened, to_read_if_any(settings) as store:
        yield WhatIfService(opened, store, beside)


@contextmanager
def recorded(old: Path, data: Path, now: datetime) -> Iterator[Warehouse]:
    """A data directory, read by the rules of a configuration folder."""
    from bot.config.policy import load_policy
    from bot.config.registry import load_registry

    policy = load_policy(old / "policy.yaml")
    registry = load_registry(old / "registry.yaml").registry.judged_by(policy.judgement)
    with in_memory() as opened:
        loading = loading_by(opened, old, old / "sources.yaml")
        loading.load(data, registry, now, lambda _step, _rows: None)
        yield opened


@contextmanager
def recorded_history(settings: Settings, old: Path, data: Path, now: datetime) -> Iterator[WhatIfService]:
    """Over a data directory, read by the rules of the old configuration; what people said of its incidents is in the
    state of these settings, if there is one.
    """
    from bot.services.what_if import WhatIfService

    with recorded(old, data, now) as opened, to_read_if_any(settings) as store:
        yield WhatIfService(opened, store, beside)


def beside(work: Callable[[], Would]) -> Callable[[], Would]:
    """In another process, which ends with this one; where that one fails, or there is no second core, in this one."""
    from multiprocessing import get_context

    if (os.cpu_count() or 1) < 2:
        return work
    context = get_context("spawn")  # a process that is forked would share the threads of the database
    ours, theirs = context.Pipe(duplex=False)
    context.Process(target=_send, args=(theirs, work), daemon=True).start()
    theirs.close()
    return partial(_received, ours, work)


def _send(result: Connection, work: Callable[[], Would]) -> None:
    result.send(work())


def _received(result: Connection, work: Callable[[], Would]) -> Would:
    try:
        made: Would = result.recv()
    except EOFError:
        log.warning("the second process ended without an answer: its look at the history is made again in this one")
        return work()
    finally:
        result.close()
    return made
