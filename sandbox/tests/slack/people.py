"""The people and channels of these tests: the demo's, a guest, one who has left, private and archived channels."""

from sandbox.slack.seed import CHANNELS, USERS, Seed, SeedChannel, SeedUser

ALERTS, MONITOR, GENERAL = "C03ALERTS", "C02MONITOR", "C01GENERAL"
SECRET, HIDDEN, OLD = "C05SECRET", "C06HIDDEN", "C07OLD"
ALEX, SAM, JORDAN, GUEST, LEFT = "U01ALEX", "U02SAM", "U03JORDAN", "U05GUEST", "U06LEFT"
BOT = "U00FIRELINE"

SEED = Seed(
    users=(
        *USERS,
        SeedUser(GUEST, "gil", "Gil Guest", "gil@example.com", is_guest=True),
        SeedUser(LEFT, "lea", "Lea Left", "lea@example.com", deleted=True),
    ),
    channels=(
        *CHANNELS,
        SeedChannel(SECRET, "secret", is_private=True, members=(ALEX, GUEST)),
        SeedChannel(HIDDEN, "hidden", is_private=True, members=(ALEX,), with_bot=False),
        SeedChannel(OLD, "old", is_archived=True),
    ),
)
