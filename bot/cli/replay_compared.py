"""`fireline replay --against OLD`: what a change of the configuration would have said, of the same history."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.context import now
from bot.cli.terminal import say_folded, shown

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.services.what_if import WhatIfService


@dataclass(frozen=True)
class Comparison:
    """`old` and `new` are configuration folders (None: that of the settings); `data` None: the own history; `silenced`:
    processors and phases that the change silences, `unsilenced`: it ends the silences that people had set."""

    old: Path
    new: Path | None
    data: Path | None
    days: int
    step: timedelta
    most_rise: float
    silenced: tuple[str, ...] = ()
    unsilenced: bool = False


def compare(
    asked: Comparison, settings: "Settings", at_tick: Callable[[datetime], None], *, markdown: bool, as_json: bool
) -> None:
    """Print what differs. Exit code 1 where the change should not go in. Raises BadInput."""
    from bot.services.what_if import Silenced
    from bot.views import what_if as view
    from bot.what_if import configuration

    old, new = configuration(asked.old), configuration(asked.new or settings.config)
    moment = now()
    with _history(asked, settings, moment) as service:
        silenced = Silenced(asked.silenced, asked.unsilenced)
        found = service.compare(old, new, asked.days, asked.step, moment, at_tick, silenced)
    refused = found.refused(asked.most_rise)
    if as_json:
        print(json.dumps(view.document(found, refused), indent=2, ensure_ascii=False))
    elif markdown:
        print(view.markdown(found, refused), end="")
    else:
        say_folded("\n".join(shown(line) for line in view.lines(found, refused)))
    if refused:
        raise SystemExit(1)


def _history(asked: Comparison, settings: "Settings", moment: datetime) -> "AbstractContextManager[WhatIfService]":
    from bot.what_if import own_history, recorded_history

    return own_history(settings) if asked.data is None else recorded_history(settings, asked.old, asked.data, moment)
