"""Messages about silences: previews, what was set, what holds."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.findings.severity import Severity
from bot.domain.gate.silences import Kind, Silence, SilencePreview, Standing
from bot.domain.incidents.incident import Incident
from bot.views import silence
from bot.views.blocks import Card
from tests.support import notices
from tests.support.builders import NOW

SILENCE = Silence(
    id="3fa2c7d1",
    processor="NbacGamebookProcessor",
    since=NOW,
    until=NOW + timedelta(hours=2),
    reason="the source is being migrated <!channel> & *more*",
    by="Ana",
)
PHASE = replace(SILENCE, id="9b", processor=None, phase=2, by="Ben <@U1>", until=NOW + timedelta(days=3))
WINDOW = replace(
    PHASE, id="c4", phase=None, since=NOW + timedelta(days=1), until=NOW + timedelta(days=1, hours=4), announced_at=NOW
)
PLANNED = (Standing(replace(WINDOW, since=NOW), 12), Standing(WINDOW, 0))
STANDING = (Standing(SILENCE, 1), Standing(PHASE, 1_412))


def incident(number: int, severity: str = "P1") -> Incident:
    return replace(notices.incident(), number=number, severity=Severity(severity))


def messages() -> dict[str, Card]:
    usual = (incident(7), incident(9))
    found = SilencePreview(SILENCE, 2, 3, (), usual, 5, (usual[1],), 41)
    grave = replace(found, incidents=(incident(3, "P0"), *usual), open=(incident(3, "P0"), usual[1]))
    return {
        "silence_preview": silence.preview(found),
        "silence_preview_p0": silence.preview(grave),
        "silence_preview_nothing": silence.preview(SilencePreview(PHASE, 0, 0, (), real=0)),
        "silence_set": silence.set_now(STANDING[0]),
        "silence_ended": silence.ended(STANDING[1], "Ana"),
        "silence_list": silence.listed(STANDING, NOW),
        "silence_list_empty": silence.listed((), NOW),
        "window_preview": silence.preview(replace(grave, silence=WINDOW)),
        "window_set": silence.set_now(PLANNED[1]),
        "window_list": silence.listed(PLANNED, NOW, Kind.WINDOW),
    }
