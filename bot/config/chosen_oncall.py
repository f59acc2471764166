"""Who is on call: the team's own people; those of the bundled configuration are examples."""

from zoneinfo import ZoneInfo

from bot.config.oncall import load_oncall
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.oncall.schedule import Schedule


def oncall_in_use(settings: Settings) -> Schedule:
    """Raises ConfigError."""
    if settings.config == BUNDLED_CONFIG:
        return Schedule(ZoneInfo("UTC"))
    return load_oncall(settings.config / "oncall.yaml")
