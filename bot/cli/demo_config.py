"""The demo's configuration: that of the settings, the registry of its pipeline, and sources that read its database."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.config.settings import Settings
from sandbox.pipeline.database import FILE_NAME
from sandbox.slack.seed import USERS

FOLDER = "config"
EVERY = {"windows": "1m", "schedule": "1m", "raw_files": "10s", "tables": "10s", "history": "10s"}
"""In the order in which they are first read: what proves that data is there, before the runs."""
CALENDARS = {"windows": ("planned_windows", "planned_windows"), "schedule": ("game_schedule", "game_schedule")}
"""Source: what it feeds, and the table that is read whole."""
GROWING = {
    "raw_files": ("raw_files", "raw_files", "created_at"),
    "tables": ("table_loads", "table_loads", "loaded_at"),
    "history": ("runs", "processor_run_history", "inserted_at"),
}
"""Source: what it feeds, the table, and the column by which its rows are new."""
PLACE = {"project": "demo", "region": "local"}
"""Of services whose place on Cloud Run the registry does not name."""
JOB, CLEAN_UP = "demo-export", "demo-clean-up"
"""Jobs of Cloud Run: the last of the exporters runs as one; the other ends runs that hang."""
LAST_PHASE = 6
P0_STEP, WITH_PAGER = "by: [slack, voice]", "by: [slack, voice, pagerduty]"
"""The first step of the policy: the demo has a pager beside the phones. All else of the policy is as configured."""
HEADER = "# Written at each start of the demo. While it runs, a change counts within seconds.\n"


def configure(settings: Settings, data: Path) -> Path:
    """Write the folder, for a pipeline whose directory is `data`."""
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for file in settings.config.glob("*.yaml"):
        shutil.copyfile(file, folder / file.name)
    shutil.copyfile(data / "registry.yaml", folder / "registry.yaml")
    policy = (settings.config / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(policy.replace(P0_STEP, WITH_PAGER, 1), encoding="utf-8")
    (folder / "oncall.yaml").write_text(HEADER + _written(_oncall()), encoding="utf-8")
    address = f"sqlite:///{(data / FILE_NAME).absolute()}"
    entries = [_calendar(name, address) if name in CALENDARS else _growing(name, address) for name in EVERY]
    entries.append({"name": "pushed", "kind": "push"})
    (folder / "sources.yaml").write_text(HEADER + _written({"sources": entries}), encoding="utf-8")
    return folder


def place_services(folder: Path, address: str) -> dict[str, Any]:
    """The pipeline's services are at `address`, as long as this demo runs: a run can be asked for there. Those of a
    processor that has none are called by its phase; the last exporter is run as a job. Returns the registry.
    """
    file = folder / "registry.yaml"
    registry = yaml.safe_load(file.read_text(encoding="utf-8"))
    services = {entry["name"]: entry for entry in registry.get("services") or ()}
    exporters = [each for each in registry["processors"] if each["phase"] == LAST_PHASE and "service" not in each]
    for processor in registry["processors"]:
        usual = JOB if processor in exporters[-1:] else f"demo-phase{processor['phase']}"
        name = processor.setdefault("service", usual)
        if name != JOB:
            services.setdefault(name, {"name": name})
    request = {"method": "POST", "path": "/process", "body": {"processor": "{processor}", "date": "{date}"}}
    here = {"control": "http", "address": address, "request": request, "health_path": "/health"}
    here["clear_request"] = {**request, "path": "/clear"}
    jobs = [{**PLACE, "name": CLEAN_UP, "control": "cloud_run_job", "maintenance": True}]
    jobs += [{**PLACE, "name": JOB, "control": "cloud_run_job"}] * bool(exporters)
    registry["services"] = [*({**PLACE, **entry, **here} for entry in services.values()), *jobs]
    file.write_text(HEADER + _written(registry), encoding="utf-8")
    return dict(registry)


def _written(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1_000)


def _oncall() -> dict[str, Any]:
    """The people of the local workspace: the first of them manages, the others take turns."""
    manager, *others = [user.real_name for user in USERS]
    turns = {"people": others, "starts": date(2026, 1, 5), "handover": "09:00", "every_days": 7}
    return {
        "timezone": "America/New_York",
        "people": [
            {"name": user.real_name, "slack": user.id, "phone": user.phone, "timezone": user.tz} for user in USERS
        ],
        "rotas": [
            {"name": "primary", "layers": [turns]},
            {"name": "secondary", "follows": "primary", "fallback": manager},
            {"name": "manager", "layers": [{"people": [manager]}]},
        ],
    }


def _calendar(name: str, address: str) -> dict[str, str]:
    feeds, table = CALENDARS[name]
    return _entry(name, feeds, address, f"SELECT * FROM {table}")  # noqa: S608


def _growing(name: str, address: str) -> dict[str, str]:
    feeds, table, column = GROWING[name]
    query = f"SELECT * FROM {table} WHERE {column} >= :since"  # noqa: S608
    return _entry(name, feeds, address, query) | {"cursor": column}


def _entry(name: str, feeds: str, address: str, query: str) -> dict[str, str]:
    return {"name": name, "kind": "sql", "feeds": feeds, "every": EVERY[name], "url": address, "query": query}
