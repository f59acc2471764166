"""Settings from the environment (prefix FIRELINE_): where state lives, which configuration, which warehouse."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.bundled import bundled
from bot.config.local_socket import DEFAULT_HOME, SOCKET
from bot.domain.audit import Seal

PUBLIC_URL = re.compile(
    r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)
LONGEST_URL = 100
GOOGLE = "google"
SHORTEST_SECRET = 32
"""Characters."""
BUNDLED_CONFIG = bundled("config/nba")


def _alias(name: str) -> FieldInfo:
    """The name that Slack's documentation gives the variable, or ours with the prefix."""
    field: FieldInfo = Field(validation_alias=AliasChoices(name, f"FIRELINE_{name}"))
    return field


def _public_url(text: str) -> str:
    url = text.rstrip("/")
    if url and (PUBLIC_URL.fullmatch(url) is None or len(url) > LONGEST_URL):
        raise ValueError(f"write https://HOST or https://HOST/PATH, {LONGEST_URL} characters at most")
    return url


def _google(text: str) -> str:
    if text in ("", GOOGLE) or re.fullmatch(r"[A-Za-z0-9.-]+:[0-9]{1,5}", text):
        return text
    raise ValueError("write google, or the HOST:PORT of an emulator")


def _long_secrets(secrets: SecretStr) -> SecretStr:
    """One, or several with commas between them."""
    for each in secrets.get_secret_value().split(","):
        _long_secret(SecretStr(each.strip()))
    return secrets


def _long_secret(secret: SecretStr) -> SecretStr:
    if 0 < len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"it has to have {SHORTEST_SECRET} characters at least")
    return secret


class Settings(BaseSettings):
    """`home` holds the embedded warehouse; `config` holds registry.yaml, policy.yaml and slos.yaml."""

    model_config = SettingsConfigDict(env_prefix="FIRELINE_", frozen=True, populate_by_name=True)

    home: Path = Path(DEFAULT_HOME)
    database_url: SecretStr = SecretStr("")
    """Where incidents and decisions are stored; not set: a SQLite file in `home`."""
    config: Path = BUNDLED_CONFIG
    warehouse: Literal["duckdb", "bigquery"] = "duckdb"
    bigquery_project: str = ""
    bigquery_dataset: str = "fireline"
    slack_bot_token: Annotated[SecretStr, _alias("SLACK_BOT_TOKEN")] = SecretStr("")
    slack_app_token: Annotated[SecretStr, _alias("SLACK_APP_TOKEN")] = SecretStr("")
    """Set: Socket Mode. Not set: Slack reaches the app over HTTP, signed with the signing secret."""
    slack_signing_secret: Annotated[SecretStr, _alias("SLACK_SIGNING_SECRET")] = SecretStr("")
    slack_api_url: Annotated[str, _alias("SLACK_API_URL")] = "https://slack.com/api/"
    """Another address of Slack's Web API: a local workspace."""
    alerts_channel: str = "#data-alerts"
    """Where incidents are posted: `#name` of a public channel, or a channel's id; the app has to be in it."""
    fallback_channel: str = ""
    """Where it is said, too, that everybody was paged and nobody has answered; "": where incidents are posted."""
    echo_channel: str = ""
    """A channel in which Fireline speaks to itself every five minutes, to know that it hears Slack; "": it does not."""
    port: Annotated[int, _alias("PORT"), Field(ge=0, le=65535)] = 3000
    host: str = "0.0.0.0"
    """The address that HTTP listens on; 127.0.0.1: only this machine reaches it, a proxy in front for instance."""
    heartbeat_url: SecretStr = SecretStr("")
    """Asked once a minute while escalation does its work: a monitor there alarms when it stays away."""
    audit_key: SecretStr = SecretStr("")
    """Seals the audit chain: whoever can write to the database cannot make another chain without it. `NEW,OLD`: the
    first seals, records sealed with the others are still known.
    """
    audit_anchors: Path | None = None
    """A file that gets a line each minute in which the chain has grown, and for every 100 records: keep it where the
    database's owner cannot.
    """
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    """How the world reaches the HTTP front, where phones, pagers and links acknowledge; set, Socket Mode opens it."""
    link_secret: Annotated[SecretStr, AfterValidator(_long_secret)] = SecretStr("")
    """Signs the links of pages; not set: they carry none."""
    pagerduty_webhook_secret: SecretStr = SecretStr("")
    """Not set: what is acknowledged in PagerDuty is not heard of."""
    intake_token: Annotated[SecretStr, AfterValidator(_long_secrets)] = SecretStr("")
    """Whoever has it tells of runs over HTTP; not set: nobody does. `NEW,OLD`: both are good."""
    pubsub_audience: str = ""
    """The audience that the push subscription of Pub/Sub names."""
    pubsub_account: str = ""
    """The e-mail of the service account that it signs as; not set: nothing of Pub/Sub is taken."""
    log_format: Literal["text", "json"] = "text"
    """`json`: one object a line, with named fields."""
    cloud_run: Annotated[str, AfterValidator(_google)] = ""
    """`google`: what is deployed is read there, and can be changed; "": it is not; HOST:PORT: another server of its
    API, without credentials: an emulator.
    """
    cloud_logging: Annotated[str, AfterValidator(_google)] = ""
    """The same of Cloud Logging, whose lines the checks of runbooks count."""
    bigquery_endpoint: str = ""
    """Another address of the BigQuery REST API, without credentials: an emulator."""

    @property
    def seal(self) -> Seal:
        keys = (key.strip() for key in self.audit_key.get_secret_value().split(","))
        return Seal([key for key in keys if key])

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def state_file(self) -> Path:
        return self.home / "state.db"

    @property
    def sources_file(self) -> Path | None:
        """Those of the bundled configuration are somebody's own: they are read where FIRELINE_CONFIG names their
        folder. None without one.
        """
        path = self.config / "sources.yaml"
        return path if self.config != BUNDLED_CONFIG and path.exists() else None

    @property
    def socket(self) -> Path:
        """Where the process that owns the warehouse answers the command line."""
        return self.home / SOCKET

    @property
    def sql_cache(self) -> Path:
        return self.home / "sql-cache"
