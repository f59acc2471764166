"""What dbt's `manifest.json` says of its models and tests: owners, descriptions, what is made from what."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.domain.platform.described import Described, PlatformDescription, without_cycles

NEVER_RUN = frozenset({"analysis", "operation", "sql_operation"})
Nodes = Mapping[str, Mapping[str, Any]]


def dbt_platform(folder: Path) -> PlatformDescription:
    """By the newest manifest of a folder, with all below it; one that is broken, or none, says nothing."""
    found = sorted(folder.glob("**/manifest*.json"), key=lambda path: (path.stat().st_mtime_ns, path))
    if not found:
        return PlatformDescription()
    try:
        document = json.loads(found[-1].read_text(encoding="utf-8"))
        nodes: Nodes = {name: node for name, node in document["nodes"].items() if isinstance(node, Mapping)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return PlatformDescription()
    owners = {
        group.get("name"): group.get("owner", {}).get("name") or group.get("owner", {}).get("email")
        for group in document.get("groups", {}).values()
    }
    jobs = [_job(name, nodes, owners) for name, node in nodes.items() if _runs(node)]
    return PlatformDescription(without_cycles(jobs))


def _runs(node: Mapping[str, Any]) -> bool:
    ephemeral = node.get("config", {}).get("materialized") == "ephemeral"
    return node.get("resource_type") not in NEVER_RUN and not ephemeral


def _job(name: str, nodes: Nodes, owners: Mapping[str | None, str | None]) -> Described:
    node, config = nodes[name], nodes[name].get("config", {})
    meta = {**(node.get("meta") or {}), **(config.get("meta") or {})}
    owner = meta.get("owner") or owners.get(config.get("group") or node.get("group"))
    return Described(
        name,
        "manifest.json",
        tuple(sorted(_made_from(name, nodes, set()))),
        str(owner) if owner else None,
        str(node.get("description") or "").strip(),
    )


def _made_from(name: str, nodes: Nodes, seen: set[str]) -> set[str]:
    """What it waits for. What never runs, such as an ephemeral model, stands for what it is made from itself."""
    found: set[str] = set()
    for above in nodes[name].get("depends_on", {}).get("nodes", ()):
        if above in nodes and above not in seen:
            seen.add(above)
            found |= {above} if _runs(nodes[above]) else _made_from(above, nodes, seen)
    return found
