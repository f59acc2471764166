"""What a new workspace starts with: people, channels, groups, and the app's credentials."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SeedUser:
    id: str
    name: str
    real_name: str
    email: str
    tz: str = "America/New_York"
    is_admin: bool = False
    is_guest: bool = False
    deleted: bool = False  # deactivated: has left
    color: str = "4bbe2e"
    phone: str = ""


@dataclass(frozen=True)
class SeedChannel:
    id: str
    name: str
    topic: str = ""
    purpose: str = ""
    is_private: bool = False
    members: tuple[str, ...] = ()  # user ids; empty: everybody but guests
    is_archived: bool = False
    with_bot: bool = True


@dataclass(frozen=True)
class SeedUserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]


USERS = (
    SeedUser("U01ALEX", "alex", "Alex Rivera", "alex@example.com", is_admin=True, color="9f69e7", phone="+12125550101"),
    SeedUser(
        "U02SAM", "sam", "Sam Chen", "sam@example.com", "America/Los_Angeles", color="e7392d", phone="+12125550102"
    ),
    SeedUser(
        "U03JORDAN",
        "jordan",
        "Jordan Okafor",
        "jordan@example.com",
        "Europe/London",
        color="2b6836",
        phone="+12125550103",
    ),
    SeedUser(
        "U04PRIYA", "priya", "Priya Nair", "priya@example.com", "Asia/Kolkata", color="e96699", phone="+12125550104"
    ),
)
CHANNELS = (
    SeedChannel("C01GENERAL", "general", purpose="Company-wide announcements", with_bot=False),
    SeedChannel("C02MONITOR", "data-monitoring", topic="Daily reports and health"),
    SeedChannel("C03ALERTS", "data-alerts", topic="Incidents of the pipeline"),
    SeedChannel("C04DATAENG", "data-engineering", topic="Work on the pipeline"),
)
GROUPS = (SeedUserGroup("S01ONCALL", "data-oncall", "Data on-call", ("U01ALEX",)),)


@dataclass(frozen=True)
class Seed:
    """Used once, when the workspace's file is new; tokens left None are made up and stored in the file."""

    team_id: str = "T01FIRELINE"
    team_name: str = "Hoops Data"
    team_domain: str = "hoops-data"
    app_id: str = "A01FIRELINE"
    bot_user_id: str = "U00FIRELINE"
    bot_id: str = "B01FIRELINE"
    users: tuple[SeedUser, ...] = USERS
    channels: tuple[SeedChannel, ...] = CHANNELS
    usergroups: tuple[SeedUserGroup, ...] = GROUPS
    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
