"""Apprise beside the channels that wake people: taken by one is taken, and no address is shown."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.pages.fan_out import LATER_S, FanOut
from bot.config.settings import Settings
from bot.domain.delivery import Kind, Outcome
from bot.domain.errors import ConfigError
from bot.page_channels import page_channels
from tests.support.page_endpoints import Endpoint, endpoint, page, receiver

SECRET = "hush-7731-hush"
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""A plugin of Apprise imports it on Python 3.11 and 3.12."""


@pytest.fixture
def there() -> Iterator[Endpoint]:
    with endpoint(receiver) as made:
        yield made


def address(there: Endpoint) -> str:
    """Apprise's own for a post of JSON."""
    return f"{there.address.replace('http', 'json', 1)}/{SECRET}"


def test_every_address_gets_it(there: Endpoint) -> None:
    assert FanOut([address(there), address(there)]).send(page()) == Outcome(Kind.YES, "ok")
    assert len(there.taken) == 2
    assert page().text in there.taken[0].body.decode()


@pytest.mark.parametrize("fault", ["bad request", "a limit", "its fault", "reset", "taken, then reset"])
def test_where_nobody_took_it_it_is_tried_again_later(there: Endpoint, fault: str) -> None:
    there.fault = fault
    assert FanOut([address(there)]).send(page()) == Outcome(Kind.NO, "address 1: Apprise says no", retry_after=LATER_S)


def test_where_one_took_it_nothing_is_repeated(there: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    outcome = FanOut([f"json://127.0.0.1:1/{SECRET}", address(there)]).send(page())
    assert outcome == Outcome(Kind.YES, "address 1: Apprise says no")
    assert "page INC-42 by apprise: address 1: Apprise says no" in caplog.text
    assert SECRET not in caplog.text


def test_one_that_hangs_holds_nobody_longer_than_its_time(there: Endpoint) -> None:
    there.fault = "no answer"
    outcome = FanOut([address(there)], timeout_s=0.2).send(page())
    assert (outcome.kind, outcome.reason) == (Kind.NO, "address 1: no answer in time")


def test_an_address_that_apprise_does_not_know_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"channels\.yaml: apprise does not know address 2") as caught:
        FanOut(["json://127.0.0.1/", f"nonsense-{SECRET}"])
    assert SECRET not in str(caught.value)


def test_what_waits_for_a_variable_is_named(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text('apprise:\n  urls: ["${DISCORD_URL}"]\n')
    found = page_channels(Settings(config=tmp_path), {})
    assert [str(each) for each in found.not_ready][-1].endswith(
        "apprise is not ready: set the environment variable DISCORD_URL"
    )
    ready = page_channels(Settings(config=tmp_path), {"DISCORD_URL": "json://127.0.0.1/"}).ready
    assert [(each.name, each.wakes) for each in ready] == [("apprise", False)]
