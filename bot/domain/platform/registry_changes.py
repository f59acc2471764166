"""What differs between two registries, in one line."""

from collections.abc import Iterable

from bot.domain.platform.registry import Registry

NAMED = 3


def changes(before: Registry, after: Registry) -> str:
    """Empty where they are the same: "new: A, B; gone: C; changed: D, E, F and 2 more; other settings"."""
    if before == after:
        return ""
    old, new = before.by_name, after.by_name
    parts = {
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and new[name] != old[name]],
    }
    said = [f"{word}: {_named(names)}" for word, names in parts.items() if names]
    return "; ".join(said or ["settings beside the processors"])


def _named(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = len(listed) - NAMED
    return ", ".join(listed[:NAMED]) + (f" and {more} more" if more > 0 else "")
