"""Which registry a load or a replay takes: the one beside the data, else the configured or stored one."""

from collections.abc import Callable
from pathlib import Path

from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.errors import BadInput
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.platform.registry import Registry


def known_registry(
    settings: Settings, directory: Path, stored: Callable[[], str | None]
) -> tuple[Registry, tuple[str, ...]] | None:
    """The registry beside the data, else the one that FIRELINE_CONFIG names, else the `stored` one; None: there is no
    such.
    """
    if (directory / "registry.yaml").exists() or settings.config != BUNDLED_CONFIG:
        return registry_of(settings, directory)
    document = stored()
    return None if document is None else (Registry.model_validate_json(document), ())


def registry_of(settings: Settings, directory: Path | None = None) -> tuple[Registry, tuple[str, ...]]:
    """The registry next to the data, else the configured one, judged by the configured policy; with its warnings."""
    given = directory / "registry.yaml" if directory is not None else None
    path = given if given is not None and given.exists() else settings.config / "registry.yaml"
    loaded, policy = load_registry(path), load_policy(settings.config / "policy.yaml")
    return loaded.registry.judged_by(policy.judgement), tuple(str(warning) for warning in loaded.warnings)


def configured_document(settings: Settings) -> str | None:
    """The document of the configured registry; None for one that makes no sense: the data has one of its own."""
    try:
        return platform_facts(registry_of(settings)[0]).document
    except BadInput:
        return None
