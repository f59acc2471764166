"""Declaring incidents, and pages for practice, for the command line, while no process serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.responding import acts_of_people, paging_rules_of
from bot.state_adapters import check_stored, state

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.services.declaring import DeclaringService
    from bot.services.practice import PracticeService
    from bot.services.responses import ResponseService


@dataclass(frozen=True)
class Acts:
    declaring: DeclaringService
    practice: PracticeService
    responses: ResponseService


@contextmanager
def acting(settings: Settings, *, names: bool = False) -> Iterator[Acts]:
    """Over the state of the process that pages. `names`: processors are named, which the data is asked for. Raises
    BadInput where nothing is stored yet.
    """
    from bot.config.chosen_oncall import oncall_in_use
    from bot.domain.access import without_slack
    from bot.reading import reading
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService

    check_stored(settings)
    known = frozenset[str]()
    if names:
        with reading(settings) as services:
            known = frozenset(services.registry.by_name)
    with state(settings) as store:
        oncall = OncallService(oncall_in_use(settings), store)
        declaring, practice, _ = acts_of_people(paging_rules_of(settings, oncall), store, known, without_slack)
        yield Acts(declaring, practice, ResponseService(store, oncall.schedule))
