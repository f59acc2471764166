"""Settings from the environment (prefix FIRELINE_): where state lives, which configuration, which warehouse."""

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

BUNDLED_CONFIG = Path(__file__).resolve().parents[2] / "config" / "nba"


class Settings(BaseSettings):
    """`home` holds the embedded warehouse; `config` holds registry.yaml, policy.yaml and slos.yaml."""

    model_config = SettingsConfigDict(env_prefix="FIRELINE_", frozen=True)

    home: Path = Path("var")
    config: Path = BUNDLED_CONFIG
    warehouse: Literal["duckdb", "bigquery"] = "duckdb"
    bigquery_project: str = ""
    bigquery_dataset: str = "fireline"
    bigquery_endpoint: str = ""
    """Another address of the BigQuery REST API, without credentials: an emulator."""

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def sql_cache(self) -> Path:
        return self.home / "sql-cache"
