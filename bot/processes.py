"""`fireline web` and `fireline worker`: what each of several processes does, over one PostgreSQL and one BigQuery.

| | web | worker |
|---|---|---|
| answers Slack | yes | no |
| posts incidents, escalates, pages, audits | no | every worker: each act is claimed |
| reads the sources, detects | no | one at a time; the others stand by |
| /healthz, /metrics | yes | yes |
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from bot.bootstrap import Serving, serving
from bot.config.settings import Settings
from bot.domain.errors import BadInput, StateUnavailable
from bot.scheduler import CHECK_EVERY, Lane, running
from bot.services.holding import BEAT_EVERY, Holding
from bot.services.told import Told
from bot.services.vitals import Checks
from bot.source_lanes import at_work
from bot.state_adapters import Sharing, embedded_state

LOOK_EVERY = timedelta(seconds=5)
"""Each look at what is stored is a query of BigQuery."""
ASK_EVERY = timedelta(seconds=30)
"""So often the database is asked for the time."""
CONFIGURATION_S, CLOCK_S = 60.0, 90.0
log = logging.getLogger("fireline")


class Part(StrEnum):
    WEB = "web"
    WORKER = "worker"


@contextmanager
def one_of_several(settings: Settings, part: Part) -> Iterator[Serving]:
    """Raises BadInput for settings that serve one process only."""
    _refuse_embedded(settings, part)
    _warn_of_cloud_run()
    with serving(settings, several=True) as duties:
        _share(duties, _sharing(duties).holding, part)
        try:
            yield duties
        finally:
            if part is Part.WORKER:
                _give_up(_sharing(duties).holding)


@contextmanager
def part_at_work(duties: Serving, part: Part) -> Iterator[None]:
    """All that goes on by itself in such a process, for as long as the block runs."""
    sharing, again = _sharing(duties), "it is looked at again"
    clock = Lane("clock", ASK_EVERY, sharing.clock.ask, again, CLOCK_S)
    if part is Part.WORKER:
        beat = Lane("lease", BEAT_EVERY, sharing.holding.beat, "it is taken again", 15.0)
        with at_work(duties, more=[clock, beat], look_every=LOOK_EVERY):
            yield
        return
    look = Lane("configuration", LOOK_EVERY, duties.on_watch.before, again, CONFIGURATION_S)
    checks = Lane("checks", CHECK_EVERY, duties.checks.run, again, 8.0)
    with running((clock, look, checks), duties.vitals, metrics=duties.metrics):
        yield


def _sharing(duties: Serving) -> Sharing:
    assert duties.sharing is not None
    return duties.sharing


def _share(duties: Serving, holding: Holding, part: Part) -> None:
    """What one process knows by itself the others hear of."""
    services, sources = duties.services, duties.sources
    mine: Callable[[], bool] = holding.held if part is Part.WORKER else lambda: False
    duties.on_watch.mine = mine
    sources.heard = lambda: None if mine() else Told.of(holding.heard())
    holding.note = lambda: Told(sources.reading(), services.blindness.held).text()
    duties.checks = _checks(duties, part)

    def glance() -> tuple[str, ...]:
        return (holding.glance(), *(sources.glance() if mine() else ()))

    duties.probe = replace(duties.probe, sources=glance if part is Part.WORKER else tuple)


def _checks(duties: Serving, part: Part) -> Checks:
    """Nothing is kept on the disk of such a process. What workers leave undone is no fault of a web process."""
    if part is Part.WORKER:
        return duties.checks.but(["disk"], {})
    return duties.checks.but(["disk", "pages"], {"state": duties.store.last_tick})


def _give_up(holding: Holding) -> None:
    try:
        holding.give_up()
    except StateUnavailable as error:
        log.info("another process takes over when this one is silent: %s", error)


def _refuse_embedded(settings: Settings, part: Part) -> None:
    lacking = []
    if embedded_state(settings):
        lacking.append("FIRELINE_DATABASE_URL=postgresql://USER:PASSWORD@HOST/NAME (state in PostgreSQL)")
    if settings.warehouse != "bigquery":
        lacking.append("FIRELINE_WAREHOUSE=bigquery and FIRELINE_BIGQUERY_PROJECT (run history in BigQuery)")
    if lacking:
        raise BadInput(
            f"`fireline {part}` cannot start: embedded storage serves one process, and this is one of several. Set "
            f"{'; '.join(lacking)}. Or use `fireline run`, which is one process and needs neither."
        )


def _warn_of_cloud_run() -> None:
    """https://docs.cloud.google.com/run/docs/configuring/billing-settings"""
    if "K_SERVICE" in os.environ:
        log.warning(
            "Cloud Run: this process works between requests. Set instance-based billing (CPU always allocated) and at "
            "least 1 instance; otherwise nothing is detected, and nobody is paged, while no request comes in"
        )
