"""Writing, editing, threads, ephemerals, files, unread marks."""

import io

from PIL import Image
from playwright.sync_api import Page, expect

from . import page_blocks
from .conftest import OpenPage
from .waiting import until
from .world import ALERTS, ENGINEERING, GENERAL, MONITOR, World


def _write(page: Page, text: str) -> None:
    page.locator(".pane .composer__field").fill(text)
    page.keyboard.press("Enter")


def test_write_edit_delete(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    _write(page, "hello *world* @sam ")
    message = page.locator(".msg").last
    expect(message.locator("strong")).to_have_text("world")
    expect(message.locator(".mention")).to_have_text("@sam")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Edit message")).to_have_value("hello *world* @sam")
    page.get_by_label("Edit message").fill("hello again")
    page.keyboard.press("Enter")
    expect(message).to_contain_text("hello again (edited)")
    message.focus()
    page.keyboard.press("Delete")
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".msg")).to_have_count(0)


def test_shift_enter_is_a_line_and_drafts_stay(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    page.locator(".composer__field").click()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator(".composer__field")).to_have_value("one\ntwo")
    page.get_by_role("button", name="channel data-alerts").click()
    expect(page.locator(".composer__field")).to_have_value("")
    page.get_by_role("button", name="channel general").click()
    expect(page.locator(".composer__field")).to_have_value("one\ntwo")
    page.keyboard.press("Enter")
    expect(page.locator(".msg__text").last).to_have_text("onetwo")


def test_messages_of_one_author_stand_together(world: World, open_page: OpenPage) -> None:
    for text in ("first", "second"):
        world.say("U02SAM", GENERAL, text)
    world.say("U03JORDAN", GENERAL, "third")
    page = open_page(place=GENERAL)
    expect(page.locator(".msg__name")).to_have_text(["sam", "jordan"])
    expect(page.locator(".msg--compact")).to_have_count(1)
    expect(page.get_by_role("separator", name="Today")).to_be_visible()


def test_thread(world: World, open_page: OpenPage) -> None:
    ts = world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    world.say("U02SAM", ALERTS, "on it", ts)
    page = open_page(place=ALERTS)
    page.locator(".thread-summary").click()
    pane = page.get_by_role("complementary", name="Thread in #data-alerts")
    expect(pane.locator(".msg")).to_have_count(2)
    expect(pane.get_by_label("Reply…")).to_be_focused()
    page.keyboard.type("me too")
    pane.get_by_text("Also send to").click()
    pane.get_by_label("Reply…").press("Enter")
    expect(pane.locator(".msg").last).to_contain_text("me too")
    expect(page.locator(".pane .thread-summary").first).to_contain_text("2 replies")
    expect(page.locator(".pane .msg").last).to_contain_text("replied to a thread")
    expect(pane.get_by_role("checkbox")).not_to_be_checked()
    pane.get_by_role("button", name="Close thread").click()
    expect(pane).to_have_count(0)


def test_ephemeral(open_page: OpenPage) -> None:
    page, other = open_page(place=ALERTS), open_page("U02SAM", ALERTS)
    _write(page, "/health wrong")
    message = page.locator(".msg--ephemeral")
    expect(message).to_contain_text("Only visible to you")
    expect(message).to_contain_text("Did you mean phase 1?")
    expect(other.locator(".msg--ephemeral")).to_have_count(0)
    message.hover()
    page.get_by_role("button", name="Dismiss message").click()
    expect(message).to_have_count(0)


def test_what_only_one_person_sees_is_gone_after_a_reload(world: World, open_page: OpenPage) -> None:
    parent = world.post(ALERTS, "INC-7")
    world.say("U02SAM", ALERTS, "on it", parent)
    page = open_page(place=GENERAL)
    page.locator(".intro").wait_for()
    world.client.chat_postEphemeral(channel=ALERTS, user="U01ALEX", text="psst")
    world.client.chat_postEphemeral(channel=ALERTS, user="U01ALEX", text="in the thread", thread_ts=parent)
    page.get_by_role("button", name="channel data-alerts").click()
    expect(page.locator(".pane .msg--ephemeral")).to_contain_text("psst")
    page.locator(".thread-summary").click()
    expect(page.locator(".thread .msg--ephemeral")).to_contain_text("in the thread")
    page.reload()
    expect(page.locator(".thread .msg")).to_have_count(2)
    expect(page.locator(".pane .msg")).to_have_count(1)
    expect(page.locator(".msg--ephemeral")).to_have_count(0)


def test_what_is_read_stays_in_place_when_messages_come(world: World, open_page: OpenPage) -> None:
    for number in range(60):
        world.say("U02SAM", GENERAL, f"line {number}")
    page = open_page(place=GENERAL)
    expect(page.locator(".row")).to_have_count(60)
    page.locator(".timeline").evaluate("node => { node.scrollTop = -600 }")
    held = page.locator(".msg", has_text="line 30")
    before = held.evaluate("node => node.getBoundingClientRect().top")
    world.say("U03JORDAN", GENERAL, "new")
    latest = page.get_by_role("button", name="Latest messages")
    expect(latest).to_be_visible()
    assert abs(held.evaluate("node => node.getBoundingClientRect().top") - before) < 2
    latest.click()
    expect(page.locator(".msg").last).to_be_in_viewport()


def test_unread_and_mentions(world: World, open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    world.say("U02SAM", MONITOR, "hello")
    world.say("U02SAM", ALERTS, "@alex look")
    expect(page.get_by_role("button", name="channel data-monitoring, 1 unread")).to_be_visible()
    expect(page.get_by_role("button", name="channel data-alerts, 1 unread, mentions you")).to_be_visible()
    expect(page).to_have_title("(1) #general · Hoops Data")
    page.get_by_role("button", name="channel data-alerts").click()
    expect(page.get_by_role("separator", name="New messages")).to_be_visible()
    expect(page.get_by_role("button", name="channel data-alerts", exact=True)).to_be_visible()
    until(lambda: world.run(_unread(world)) == 0)


async def _unread(world: World) -> int:
    return world.workspace.core.channels.unread(ALERTS, "U01ALEX")


def test_new_messages_are_read_out(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.locator(".intro").wait_for()
    world.post(ALERTS, "*INC-8*: odds are late <@U01ALEX>")
    expect(page.get_by_role("log", name="New messages")).to_have_text("Fireline: INC-8: odds are late @alex")


def test_message_shortcut(world: World, open_page: OpenPage) -> None:
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    page = open_page(place=ALERTS)
    page.locator(".msg").focus()
    page.keyboard.press("m")
    page.get_by_role("menuitem", name="Add to incident timeline").click()
    assert until(lambda: world.told("message_action"))[0]["callback_id"] == "timeline"


def test_files_pictures_and_the_lightbox(world: World, open_page: OpenPage) -> None:
    made = io.BytesIO()
    Image.new("RGB", (80, 40), "#c33").save(made, "PNG")
    world.client.files_upload_v2(
        channel=MONITOR, filename="chart.png", content=made.getvalue(), title="Chart", alt_txt="A dip"
    )
    world.client.files_upload_v2(channel=MONITOR, filename="impact.csv", content="a,b\n1,2\n", title="impact.csv")
    page = open_page(place=MONITOR)
    picture = page.get_by_role("button", name="Enlarge picture: A dip")
    picture.click()
    expect(page.get_by_role("dialog", name="Chart").locator("img")).to_have_js_property("naturalWidth", 80)
    page.keyboard.press("Escape")
    expect(picture).to_be_focused()
    with page.expect_download() as download:
        page.get_by_role("link", name="impact.csv").click()
    assert download.value.suggested_filename == "impact.csv"


def test_picture_by_slack_file(world: World, open_page: OpenPage) -> None:
    made = io.BytesIO()
    Image.new("RGB", (60, 30), "#383").save(made, "PNG")
    answer = world.client.files_upload_v2(filename="c.png", content=made.getvalue(), title="c")
    block = {"type": "image", "slack_file": {"id": answer["file"]["id"]}, "alt_text": "by file"}
    world.post(ENGINEERING, "picture", blocks=[block])
    picture = open_page(place=ENGINEERING).get_by_role("img", name="by file")
    expect(picture).to_have_js_property("naturalWidth", 60)
