"""Going around: Home tab, switching places and people, keys, the connection."""

import re
import time

from playwright.sync_api import Route, WebSocketRoute, expect

from . import page_blocks
from .conftest import OpenPage
from .world import ALERTS, ENGINEERING, GENERAL, MONITOR, World


def test_home_tab(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    page.get_by_role("button", name="Fireline, app").click()
    home = page.get_by_role("tabpanel", name="Home")
    expect(home.locator(".header")).to_have_text("Pipeline health: GREEN")
    home.get_by_role("button", name="Refresh").click()
    expect(home.locator(".header")).to_have_text("Pipeline health: YELLOW")
    expect(home.get_by_role("button", name="Refresh")).to_be_focused()
    page.get_by_role("tab", name="Messages").click()
    page.get_by_label("Message fireline").fill("status?")
    page.keyboard.press("Enter")
    expect(page.locator(".msg").last).to_contain_text("status?")
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Plan and run a reprocess")


def test_switcher(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    page.locator(".composer__field").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("monit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main", name="Channel data-monitoring")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("main", name="Channel general")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_member_adds_the_app_and_archives_a_channel(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)

    def choose(item: str) -> None:
        page.get_by_role("main").get_by_role("button", name=re.compile("^data-|^general")).click()
        page.get_by_role("menuitem", name=item).click()

    choose("Add Fireline")
    expect(page.locator(".msg--note")).to_contain_text("joined the channel")
    choose("Remove Fireline")
    choose("Archive channel")
    expect(page.get_by_text("This conversation cannot be archived.")).to_be_visible()
    page.evaluate(f"location.hash = '#/{MONITOR}'")
    page.locator(f".pane[data-channel={MONITOR}] .composer__field").wait_for()
    choose("Archive channel")
    expect(page.get_by_text("This channel is archived.")).to_be_visible()


def test_direct_message_and_switching_people(world: World, open_page: OpenPage) -> None:
    page, other = open_page(place=GENERAL), open_page("U02SAM", GENERAL)
    page.get_by_role("button", name="sam", exact=True).click()
    page.get_by_label("Message sam").fill("psst")
    page.keyboard.press("Enter")
    expect(other.get_by_role("button", name="alex, 1 unread, mentions you")).to_be_visible()
    page.get_by_role("button", name="You are Alex Rivera").click()
    page.get_by_role("menuitemradio", name="Priya Nair").click()
    expect(page.get_by_role("button", name="You are Priya Nair")).to_be_visible()
    assert "user=U04PRIYA" in page.url
    world.say("U02SAM", GENERAL, "hello")
    page.get_by_role("button", name="channel general").click()
    expect(page.locator(".msg").last).to_contain_text("hello")


def test_what_is_said_while_a_channel_loads_is_there(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ENGINEERING)
    expect(page.get_by_role("heading", name="data-engineering", level=2)).to_be_visible()

    def slowly(route: Route) -> None:
        answer = route.fetch()
        world.say("U02SAM", GENERAL, "meanwhile")
        time.sleep(1)  # the page hears of it before the answer
        route.fulfill(response=answer)

    page.route("**/browser/api/history?*", slowly, times=1)
    page.get_by_role("button", name="channel general").click()
    expect(page.locator(".msg").last).to_contain_text("meanwhile")


def test_messages_by_arrows(world: World, open_page: OpenPage) -> None:
    for text in ("one", "two", "three"):
        world.say("U02SAM", GENERAL, text)
    page = open_page(place=GENERAL)
    page.locator(".msg").last.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".msg").nth(1)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(".msg").first).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_role("complementary")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_regions_by_f6(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL)
    page.locator(".composer__field").wait_for()
    page.keyboard.press("F6")
    expect(page.get_by_role("navigation")).to_be_focused()
    page.keyboard.press("F6")
    expect(page.get_by_role("main")).to_be_focused()


def test_dark_and_light(open_page: OpenPage) -> None:
    page = open_page(place=GENERAL, color_scheme="dark")
    background = "getComputedStyle(document.querySelector('.shell__middle')).backgroundColor"
    assert page.evaluate(background) == "rgb(26, 29, 33)"
    page.get_by_role("button", name="Use light colours").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.reload()
    page.get_by_role("button", name="Use dark colours").wait_for()
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_the_connection_comes_back_and_nothing_is_missed(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.locator(".intro").wait_for()
    tries: list[WebSocketRoute] = []

    def refuse(socket: WebSocketRoute) -> None:
        tries.append(socket)
        socket.close()

    page.route_web_socket("**/browser/ws*", refuse)
    page.reload()
    again = page.get_by_role("button", name="Try now")
    again.evaluate("button => { window.shown = button }")
    world.post(ALERTS, "INC-8", blocks=page_blocks.incident(8))
    before = len(tries)
    while len(tries) < before + 2:
        page.wait_for_timeout(20)
    assert again.evaluate("button => button === window.shown"), "another try has put another button there"
    page.unroute_all()
    page.route_web_socket("**/browser/ws*", lambda socket: socket.connect_to_server())
    again.click()
    expect(page.get_by_text("Connected again.")).to_be_visible()
    expect(page.locator(".header")).to_contain_text("INC-8")
    world.cut()
    world.post(ALERTS, "INC-9", blocks=page_blocks.incident(9))
    expect(page.locator(".header").last).to_contain_text("INC-9")
    expect(page.locator(".header")).to_have_count(2)


def test_the_app_goes_away(world: World, open_page: OpenPage) -> None:
    page = open_page(place=MONITOR)
    expect(page.get_by_role("button", name="Fireline, app, active")).to_be_visible()
    world.leave()
    expect(page.get_by_role("button", name="Fireline, app, away")).to_be_visible()
