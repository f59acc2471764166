"""The manifest is one that Slack takes, and says neither more nor less than the app does.

Limits: https://docs.slack.dev/reference/app-manifest
"""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from typer.testing import CliRunner

import handlers.asking
import handlers.deploys
import handlers.hands
import handlers.health
import handlers.home
import handlers.impact
import handlers.incident
import handlers.oncall
import handlers.operations
import handlers.postmortem
import handlers.practice
import handlers.reports
import handlers.reprocessing
import handlers.reprocessing_control
import handlers.response
import handlers.response_forms
import handlers.runbook
import handlers.silence
import handlers.slo
import handlers.thread_reply
import handlers.timeline_note
import handlers.validate
import handlers.watch
from bot.cli.app import app as command_line
from bot.config.manifest import manifest_text, over_http
from bot.slack import app as slack_app
from bot.slack.http import PATH
from bot.views import action_ids
from handlers.replies import WorkPool
from sandbox.slack.api import METHODS
from tests.support.slack_bench import ALEX, MANIFEST, MONITOR

ROOT = Path(__file__).resolve().parents[2]
SCOPES = {
    "apps.connections.open": set(),
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history"},
    "files.upload.v2": {"files:write"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
"""What each method needs of a bot token: https://docs.slack.dev/reference/scopes. conversations.open for one person;
apps.connections.open is called with the app-level token; files.upload.v2 is the SDK's name for the two upload methods.
"""
FIELD_SCOPES = {"users:read.email"}
"""What an answer leaves out without them: the address of a user."""
EVENT_SCOPES = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}
MESSAGES = ("message.channels", "message.groups", "message.im")
"""Events of type "message" are subscribed to by the kind of conversation: https://docs.slack.dev/reference/events/message"""
PREFIXES = (
    "apps",
    "auth",
    "chat",
    "conversations",
    "files",
    "reactions",
    "users",
    "usergroups",
    "views",
    "pins",
    "team",
)


def part(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name, {})
    return value


def test_slacks_limits() -> None:
    shown, features, settings = (MANIFEST[name] for name in ("display_information", "features", "settings"))
    assert MANIFEST["_metadata"]["major_version"] in (1, 2)
    assert 0 < len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch("#[0-9A-Fa-f]{6}", shown["background_color"])
    assert 174 <= len(shown.get("long_description", "x" * 174)) <= 4_000
    assert 0 < len(features["bot_user"]["display_name"]) < 22
    assert len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert re.fullmatch("/[a-z][a-z0-9_-]{0,30}", command["command"])
        assert 0 < len(command["description"]) <= 2_000
        assert 0 < len(command["usage_hint"]) <= 1_000
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert shortcut["type"] in ("message", "global")
        assert 0 < len(shortcut["name"]) <= 24
        assert 0 < len(shortcut["description"]) <= 150
    assert len(MANIFEST["oauth_config"]["scopes"]["bot"]) <= 255
    assert len(settings["event_subscriptions"]["bot_events"]) <= 100


KNOWN = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "_metadata": {"major_version", "minor_version"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "slash_commands", "shortcuts", "unfurl_domains", "agent_view"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "oauth_config": {"redirect_urls", "scopes", "token_management_enabled"},
    "oauth_config.scopes": {"bot", "user", "bot_optional", "user_optional"},
    "settings": {
        "event_subscriptions", "interactivity", "socket_mode_enabled", "org_deploy_enabled", "token_rotation_enabled",
        "allowed_ip_address_ranges", "function_runtime", "is_hosted", "incoming_webhooks",
    },
    "settings.event_subscriptions": {"request_url", "bot_events", "user_events", "metadata_subscriptions"},
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}  # fmt: skip


@pytest.mark.parametrize("path", KNOWN)
@pytest.mark.parametrize("made", [MANIFEST, over_http("https://x.example/e")], ids=["socket", "http"])
def test_only_fields_that_slack_knows(made: dict[str, Any], path: str) -> None:
    assert set(part(made, *filter(None, path.split(".")))) <= KNOWN[path]


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(command_line, ["manifest", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_the_socket_mode_manifest_with_its_comments() -> None:
    assert printed() == manifest_text()
    assert yaml.safe_load(printed())["settings"]["socket_mode_enabled"] is True


def test_with_an_address_everything_goes_there_over_http() -> None:
    made = yaml.safe_load(printed("--url", "https://fireline.example.com"))
    address = f"https://fireline.example.com{PATH}"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["settings"]["interactivity"]["message_menu_options_url"] == address
    assert {command["url"] for command in made["features"]["slash_commands"]} == {address}


def test_apart_from_the_addresses_both_manifests_say_the_same() -> None:
    made = over_http("https://fireline.example.com")
    for command in made["features"]["slash_commands"]:
        del command["url"]
    del made["settings"]["event_subscriptions"]["request_url"]
    for name in ("request_url", "message_menu_options_url"):
        del made["settings"]["interactivity"][name]
    assert made == {**MANIFEST, "settings": {**MANIFEST["settings"], "socket_mode_enabled": False}}


@pytest.mark.parametrize("given", ["https://x.example/", "https://x.example/a", f"https://x.example{PATH}"])
def test_an_address_may_have_a_path(given: str) -> None:
    made = yaml.safe_load(printed("--url", given))
    path = "/a" if given.endswith("/a") else ""
    assert made["settings"]["interactivity"]["request_url"] == f"https://x.example{path}{PATH}"


@pytest.mark.parametrize(
    "given",
    ["", "fireline.example.com", "http://x.example", "https://", "https://u@x.example", "https://x.example:port",
     "https://[x", "https://x.example?a=1", "https://x.example#a"],
)  # fmt: skip
def test_an_address_that_slack_would_refuse(given: str) -> None:
    done = CliRunner().invoke(command_line, ["manifest", "--url", given])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"fireline: --url {given} ")
    assert done.stdout == ""


def test_nothing_is_declared_twice() -> None:
    declared = [
        [command["command"] for command in MANIFEST["features"]["slash_commands"]],
        MANIFEST["oauth_config"]["scopes"]["bot"],
        MANIFEST["settings"]["event_subscriptions"]["bot_events"],
    ]
    assert all(len(names) == len(set(names)) for names in declared)


class Registered:
    """Stands in for Bolt's app and notes what the handlers register."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.events: list[str] = []
        self.actions: list[str] = []
        self.options_: list[str] = []
        self.shortcuts: list[str] = []
        for feature in (
            handlers.thread_reply,
            handlers.asking,
            handlers.health,
            handlers.home,
            handlers.impact,
            handlers.incident,
            handlers.oncall,
            handlers.postmortem,
            handlers.practice,
            handlers.reports,
            handlers.response,
            handlers.response_forms,
            handlers.declaring,
            handlers.runbook,
            handlers.severity,
            handlers.silence,
            handlers.slo,
            handlers.watch,
            handlers.reprocessing,
            handlers.reprocessing_control,
            handlers.timeline_note,
            handlers.deploys,
            handlers.operations,
            handlers.hands,
            handlers.validate,
        ):
            feature.register(self, None)

    def _noting(self, into: list[str], name: str) -> Any:
        into.append(name)
        return lambda listener: listener

    def command(self, name: str) -> Any:
        return self._noting(self.commands, name)

    def event(self, name: str, **_: Any) -> Any:
        self.events.extend(MESSAGES if name == "message" else (name,))
        return lambda listener: listener

    def action(self, name: str) -> Any:
        return self._noting(self.actions, name)

    def shortcut(self, name: str) -> Any:
        self.shortcuts.append(name)
        return self._noting(self.actions, name)

    def view(self, name: str) -> Any:
        return self._noting(self.actions, name)

    def options(self, name: str) -> Any:
        return self._noting(self.options_, name)


def test_declared_is_handled_and_handled_is_declared() -> None:
    made = Registered()
    assert made.commands == [command["command"] for command in MANIFEST["features"]["slash_commands"]]
    assert set(made.events) == set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert made.shortcuts == [each["callback_id"] for each in MANIFEST["features"]["shortcuts"]]
    assert bool(made.actions or made.options_) is MANIFEST["settings"]["interactivity"]["is_enabled"]
    named = {value for name, value in vars(action_ids).items() if name.isupper() and not name.startswith("_")}
    assert {*made.actions, *made.options_} == named
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is ("app_home_opened" in made.events)


@pytest.fixture(scope="module")
def app() -> AsyncApp:
    """The real app; Slack itself is not reached: who the app is, is asked only once a request matches."""
    return slack_app.build(AsyncWebClient(token="xoxb-x"), None, WorkPool())  # type: ignore[arg-type]


def outcome(app: AsyncApp, body: dict[str, Any]) -> int:
    """What the app answers to a request whose listener does not run: 404, or another status when it is ours."""
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    listeners = app._async_listeners
    return 404 if not asyncio.run(_matching(listeners, request)) else 200


async def _matching(listeners: Any, request: AsyncBoltRequest) -> bool:
    from slack_bolt.response import BoltResponse

    return any([await one.async_matches(req=request, resp=BoltResponse(status=200)) for one in listeners])


def interaction(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "user": {"id": ALEX}, "team": {"id": "T1"}, "channel": {"id": MONITOR}, **fields}


def test_the_real_app_takes_what_is_declared(app: AsyncApp) -> None:
    for command in MANIFEST["features"]["slash_commands"]:
        assert outcome(app, {"command": command["command"], "user_id": ALEX}) == 200
    for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        kind = "message" if event in MESSAGES else event
        assert outcome(app, {"type": "event_callback", "event": {"type": kind}}) == 200
    for action_id in Registered().actions:
        assert outcome(app, interaction("block_actions", actions=[{"action_id": action_id, "block_id": "b"}])) == 200
    for action_id in Registered().options_:
        assert outcome(app, interaction("block_suggestion", action_id=action_id, block_id="b")) == 200


def test_the_real_app_takes_nothing_else_but_old_buttons(app: AsyncApp) -> None:
    assert outcome(app, {"command": "/nothing", "user_id": ALEX}) == 404
    assert outcome(app, {"type": "event_callback", "event": {"type": "reaction_added"}}) == 404
    assert outcome(app, interaction("block_suggestion", action_id="gone", block_id="b")) == 404
    assert outcome(app, interaction("view_submission", view={"callback_id": "gone", "type": "modal"})) == 404
    assert outcome(app, interaction("block_actions", actions=[{"action_id": "gone", "block_id": "b"}])) == 200


def called_methods() -> Iterator[str]:
    """Web API methods that the app's code names on a client: `client.chat_postMessage` is chat.postMessage."""
    files = [
        file for folder in ("handlers", "bot/slack", "bot/adapters/notify") for file in (ROOT / folder).glob("*.py")
    ]
    for path in (*files, ROOT / "bot/adapters/directory.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                family, _, rest = node.attr.partition("_")
                if family in PREFIXES and rest and "client" in ast.unparse(node.value):
                    yield f"{family}.{rest.replace('_', '.')}"


def test_scopes_are_those_that_the_calls_need() -> None:
    called = set(called_methods())
    assert called == set(SCOPES)
    needed = set().union(*(SCOPES[method] for method in called))
    needed |= set().union(*(EVENT_SCOPES[event] for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]))
    needed |= FIELD_SCOPES | {"commands"} if MANIFEST["features"]["slash_commands"] else set()
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


def test_the_strict_workspace_asks_for_the_same_scopes() -> None:
    """What a conversation needs depends on its kind; the workspace asks for that when it knows which it is."""
    fixed = {name: method for name, method in METHODS.items() if not name.startswith("conversations.")}
    named = {name: set(method.scopes) for name, method in fixed.items() if name in SCOPES}
    assert {name: scopes & set(MANIFEST["oauth_config"]["scopes"]["bot"]) for name, scopes in named.items()} == {
        name: SCOPES[name] for name in named
    }
