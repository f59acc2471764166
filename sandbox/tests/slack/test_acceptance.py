"""What Slack accepts, the local Slack accepts: every block and element, also as slack_sdk's own models make them."""

import pytest
from slack_sdk.models.blocks import Block

from . import accepted
from .kit import accessory, actions, field, form, plain
from .live import Live
from .people import ALERTS


def _post(live: Live, blocks: list[object]) -> dict[str, object]:
    answer = live.call("chat.postMessage", {"channel": ALERTS, "text": "x", "blocks": blocks})
    assert answer["ok"], answer
    checked = live.call("blocks.validate", {"blocks": blocks})
    assert checked["ok"], checked
    return answer


@pytest.mark.parametrize("name", accepted.MESSAGES)
def test_message_blocks(live: Live, name: str) -> None:
    _post(live, accepted.MESSAGES[name])


@pytest.mark.parametrize("name", accepted.ELEMENTS)
def test_elements_in_actions(live: Live, name: str) -> None:
    _post(live, [actions(accepted.ELEMENTS[name])])


@pytest.mark.parametrize("name", [name for name in accepted.ELEMENTS if name != "datetimepicker"])
def test_elements_as_accessory(live: Live, name: str) -> None:
    _post(live, [accessory(accepted.ELEMENTS[name])])


@pytest.mark.parametrize("name", accepted.INPUTS)
def test_inputs_in_a_modal(live: Live, name: str) -> None:
    block = field(accepted.INPUTS[name], hint=plain("x" * 2000))
    view = form(block, private_metadata="x" * 3000, callback_id="c" * 255)
    answer = live.call("views.open", {"trigger_id": live.trigger("U02SAM"), "view": view})
    assert answer["ok"], answer
    assert answer["view"]["blocks"][0]["block_id"]


@pytest.mark.parametrize("name", accepted.SDK_BLOCKS)
def test_blocks_of_slack_sdk(live: Live, name: str) -> None:
    block: Block = accepted.SDK_BLOCKS[name]
    _post(live, [block.to_dict()])


@pytest.mark.parametrize("name", accepted.HOME)
def test_home_views(live: Live, name: str) -> None:
    view = {"type": "home", "blocks": accepted.HOME[name]}
    answer = live.call("views.publish", {"user_id": "U02SAM", "view": view})
    assert answer["ok"], answer


@pytest.mark.parametrize("name", accepted.MODALS)
def test_modal_views(live: Live, name: str) -> None:
    view = form(*accepted.MODALS[name])
    answer = live.call("views.open", {"trigger_id": live.trigger("U02SAM"), "view": view})
    assert answer["ok"], answer


def test_long_text_is_truncated(live: Live) -> None:
    answer = live.call("chat.postMessage", {"channel": ALERTS, "text": "x" * 40_001})
    assert len(answer["message"]["text"]) == 40_000
    assert answer["warning"] == "message_truncated"


def test_unknown_arguments_are_ignored(live: Live) -> None:
    assert live.call("chat.postMessage", {"channel": ALERTS, "text": "x", "colour": "red"})["ok"]


def test_stored_blocks_can_be_sent_again(live: Live) -> None:
    # With the ids that were added the largest would be too large.
    for blocks in [made for name, made in accepted.MESSAGES.items() if name != "blocks of 13,200"]:
        stored = _post(live, blocks)["message"]
        assert isinstance(stored, dict)
        _post(live, stored["blocks"])
