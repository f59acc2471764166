"""Read a whole configuration folder; every problem of every file in one error."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.config.accepted_losses import load_accepted_losses
from bot.config.access import load_access
from bot.config.channels import load_channels
from bot.config.oncall import load_oncall
from bot.config.policy import load_policy
from bot.config.registry import LoadedRegistry, load_registry
from bot.config.slos import load_slos
from bot.config.sources import load_sources
from bot.domain.errors import ConfigError, Problem, suggest
from bot.domain.platform.registry import Registry


def check_folder(folder: Path) -> tuple[Registry, tuple[Problem, ...]]:
    """The registry, judged by the policy, and the warnings. Raises ConfigError with the problems of all files."""
    problems: list[Problem] = []
    loaded: LoadedRegistry | None = None
    others: tuple[tuple[str, Callable[[Path], object]], ...] = (
        ("policy.yaml", load_policy),
        ("slos.yaml", load_slos),
        ("accepted_losses.yaml", load_accepted_losses),
        ("sources.yaml", load_sources),
        ("oncall.yaml", load_oncall),
        ("channels.yaml", load_channels),
        ("access.yaml", load_access),
    )
    try:
        loaded = load_registry(folder / "registry.yaml")
    except ConfigError as error:
        problems += error.problems
    for name, load in others:
        try:
            load(folder / name)
        except ConfigError as error:
            problems += error.problems
    if not problems and loaded is not None:
        problems += _shadow_problems(folder / "policy.yaml", loaded.registry)
        problems += _objective_problems(folder / "slos.yaml", loaded.registry)
    if problems or loaded is None:
        raise ConfigError(problems)
    registry = loaded.registry.judged_by(load_policy(folder / "policy.yaml").judgement)
    return registry, loaded.warnings


def _shadow_problems(path: Path, registry: Registry) -> Iterator[Problem]:
    """A name that nobody has would page people, though it is meant to be tried out."""
    names = {each.name for each in registry.processors}
    for name in sorted(load_policy(path).gate.shadow.processors - names):
        hint = suggest(name, names) or "Correct the name, or add it to registry.yaml."
        yield Problem(str(path), f"shadow.processors: there is no processor {name!r} in registry.yaml. {hint}")


def _objective_problems(path: Path, registry: Registry) -> Iterator[Problem]:
    """An objective of a name that nobody has would stay unknown."""
    names = {each.name for each in registry.processors}
    for each in load_slos(path).platform:
        for name in sorted(set(each.processors) - names):
            hint = suggest(name, names) or "Correct the name, or add it to registry.yaml."
            yield Problem(
                str(path), f"processors of {each.name}: there is no processor {name!r} in registry.yaml. {hint}"
            )


def check_registry(path: Path) -> tuple[Registry, tuple[Problem, ...]]:
    loaded = load_registry(path)
    return loaded.registry, loaded.warnings
