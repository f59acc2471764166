"""channels.yaml: which channels it makes, what they wait for, and every fault with its line."""

from pathlib import Path

import pytest

from bot.config.channels import PAGED_BY, load_channels
from bot.config.check import check_folder
from bot.config.settings import Settings
from bot.domain.errors import ConfigError
from bot.page_channels import page_channels

HOW_TO = Path("docs/how-to/page-people.md")
ENVIRONMENT = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "hush-1",
    "PAGERDUTY_ROUTING_KEY": "hush-2",
    "SMTP_PASSWORD": "hush-3",
    "WEBHOOK_SECRET": "hush-4",
    "JIRA_TOKEN": "hush-5",
    "DISCORD_URL": "discord://hush-6/hush-6",
    "NTFY_URL": "ntfy://hush-7",
}
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""A plugin of Apprise imports it on Python 3.11 and 3.12."""
MAIL = "mail: {host: smtp.example.com, from: a@example.com"
TWILIO = 'twilio: {account: AC1, token: "${T}", from: "+15550100"'


def example() -> str:
    """The first block of the guide."""
    return HOW_TO.read_text().split("```yaml\n", 1)[1].split("```", 1)[0]


def written(folder: Path, text: str) -> Path:
    path = folder / "channels.yaml"
    path.write_text(text)
    return path


def settings(folder: Path, token: str = "xoxb-1") -> Settings:
    return Settings(config=folder, slack_bot_token=token)


def test_the_example_of_the_guide_makes_every_channel(tmp_path: Path) -> None:
    written(tmp_path, example())
    made = page_channels(settings(tmp_path), ENVIRONMENT)
    assert [(each.name, each.provider) for each in made.ready] == [
        ("slack", "slack"),
        ("channel", "slack"),
        ("report", "slack"),
        ("voice", "twilio"),
        ("sms", "twilio"),
        ("mail", "mail"),
        ("pagerduty", "pagerduty"),
        ("webhook", "webhook"),
        ("jira", "jira"),
        ("mention", "slack"),
        ("apprise", "apprise"),
    ]
    assert {each.name for each in made.ready} == {*PAGED_BY, "channel", "report"}
    assert made.not_ready == ()
    assert "hush" not in repr(made)


def test_a_channel_names_the_variables_that_it_waits_for(tmp_path: Path) -> None:
    written(tmp_path, example())
    made = page_channels(
        settings(tmp_path, ""), {**ENVIRONMENT, "TWILIO_AUTH_TOKEN": "", "WEBHOOK_SECRET": "", "NTFY_URL": ""}
    )
    assert [each.name for each in made.ready] == ["mail", "pagerduty", "jira"]
    assert [str(each) for each in made.not_ready] == [
        "slack is not ready: set the environment variable SLACK_BOT_TOKEN",
        "voice, sms are not ready: set the environment variable TWILIO_AUTH_TOKEN",
        "webhook is not ready: set the environment variable WEBHOOK_SECRET",
        "mention is not ready: set the environment variable SLACK_BOT_TOKEN",
        "apprise is not ready: set the environment variable NTFY_URL",
    ]


def test_without_the_file_there_is_slack(tmp_path: Path) -> None:
    assert [each.name for each in page_channels(settings(tmp_path), {}).ready] == ["slack", "channel", "report"]


@pytest.mark.parametrize(
    ("security", "port"), [("security: starttls", 587), ("security: tls", 465), ("security: none, port: 2525", 2525)]
)
def test_the_port_of_mail_follows_from_its_security(tmp_path: Path, security: str, port: int) -> None:
    entry = load_channels(written(tmp_path, f"{MAIL}, {security}}}")).mail
    assert entry is not None
    assert entry.of_port == port


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pagerduty: {routing_key: hush-1}", "pagerduty.routing_key holds a secret; write ${NAME}"),
        ("pagerduty: {routing_key: 123456789}", "pagerduty.routing_key holds a secret; write ${NAME}"),
        ("pagerduty: {}", "pagerduty.routing_key is missing"),
        ('webhook: {url: "http://example.com/x", secret: "${S}"}', "is no address to page by"),
        ('webhook: {url: "https://u:p@ss word/", secret: "${S}"}', "is no address to page by"),
        (TWILIO.replace("+15550100", "5550100") + "}", "'5550100' is no phone number"),
        (f"{TWILIO}, url: ftp://x}}", "url is no address"),
        (f"{TWILIO}, form: x}}", "the key 'form' is not known. Did you mean from?"),
        (f"{MAIL.replace('a@example.com', 'a')}}}", "'a' is no mail address"),
        (f"{MAIL}, user: x}}", "mail has one of user and password"),
        (f'{MAIL}, security: none, user: x, password: "${{P}}"}}', "mail sends its password in the clear"),
        (f"{MAIL}, security: ssl}}", "mail.security is 'ssl'; allowed: starttls, tls, none"),
        (f"{MAIL}, port: 70000}}", "mail.port is 70000; it must be at most 65535"),
        ('jira: {url: "https://x", user: a, token: "${T}", project: data}', "'data' is no key of a Jira project"),
        ("pager: {}", "the key 'pager' is not known. Did you mean pagerduty?"),
    ],
)
def test_every_fault_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_channels(written(tmp_path, f"# channels\n{text}\n"))
    (problem,) = refused.value.problems
    assert problem.where == f"{tmp_path}/channels.yaml:2"
    assert fault in problem.message
    assert "hush" not in str(refused.value)
    assert "123456789" not in str(refused.value)


def test_check_config_reads_it(tmp_path: Path) -> None:
    for file in Path("config/nba").glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    written(tmp_path, "pagerduty: {routing_key: hush-1}\n")
    with pytest.raises(ConfigError, match="holds a secret"):
        check_folder(tmp_path)
