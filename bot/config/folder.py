"""The files of a configuration folder, to see that one has changed."""

from pathlib import Path

Stamp = tuple[str, int, int]


def stamps(folder: Path) -> tuple[Stamp, ...]:
    """(name, size in bytes, last change in ns) of each YAML file; a folder that is gone has none."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            status = path.stat()
        except OSError:  # removed between the two looks
            continue
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)
