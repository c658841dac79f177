"""The result page in a browser: player, timeline, saliency maps, feedback and folded details."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import sounds
from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in
from tests.browser.test_story import COMPOSITE

Result = Callable[[Page], str]
DRAWN_IN_MS = 60_000
SECONDS = 48.0


@pytest.fixture(scope="module")
def prelude(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quiet half and a lively half. All tests use the same file, so that it is analysed once."""
    quiet = sounds.music(24.0, tempo_bpm=60, minor=True, brightness=0.2, amplitude=0.2)
    lively = sounds.music(24.0, tempo_bpm=180, minor=True, brightness=1.0, amplitude=0.6, seed=3)
    parts = iter([quiet, lively + sounds.noise(24.0, amplitude=0.12)])
    return sounds.write(tmp_path_factory.mktemp("music") / "prelude.flac", parts, tags={"title": "Prelude"})


@pytest.fixture
def result(prelude: Path) -> Result:
    """Signs in, uploads the song and opens its page."""

    def result(page: Page) -> str:
        sign_in(page)
        token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
        file = {"name": "prelude.flac", "mimeType": "audio/flac", "buffer": prelude.read_bytes()}
        answer = page.request.post(
            "/api/predict/?wait=60", multipart={"file": file}, headers={"X-CSRFToken": token}, timeout=90_000
        ).json()
        assert answer["status"] == "done", answer
        address = f"/songs/{answer['id']}/"
        page.goto(address)
        return address

    return result


def time_s(page: Page) -> float:
    return page.locator("audio").evaluate("audio => audio.currentTime")


def pause(page: Page) -> None:
    page.locator(".controls").get_by_role("button", name="Pause").click()


@pytest.mark.timeout(240)
def test_click_drag_and_keys_move_the_playhead(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    slider = page.get_by_role("slider", name="Position in the song")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    wave, picture = page.locator(".waveform").bounding_box(), page.locator(".spectrogram").bounding_box()
    assert abs(wave["x"] - picture["x"]) < 1
    assert abs(wave["width"] - picture["width"]) < 1
    assert wave["y"] + wave["height"] <= picture["y"]

    for y in (wave["y"] + 40, picture["y"] + 40):
        page.mouse.click(box["x"] + box["width"] * 0.75, y)
        assert abs(time_s(page) - SECONDS * 0.75) < 0.5
    head = page.locator("[data-playhead]").bounding_box()
    assert abs(head["x"] - (box["x"] + box["width"] * 0.75)) < 3
    assert head["y"] <= wave["y"]
    assert head["y"] + head["height"] >= picture["y"] + picture["height"] - 1

    page.mouse.move(box["x"] + box["width"] * 0.75, wave["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, wave["y"] + 40, steps=4)
    page.mouse.up()
    assert abs(time_s(page) - SECONDS * 0.25) < 0.5
    expect(page.locator("[data-ghost-label]")).to_have_text(re.compile(r"^0:1\d \w+"))

    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert round(time_s(page)) == 5
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^0:05 of 0:48: .*{COMPOSITE.pattern}"))
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    second = page.locator(".passages [data-passage]").nth(1)
    assert time_s(page) == pytest.approx(float(second.get_attribute("data-start")), abs=0.1)
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:4[78] of 0:48"))


@pytest.mark.timeout(240)
def test_a_tap_seeks_and_a_vertical_swipe_only_scrolls(open_page: Open, result: Result) -> None:
    page = open_page(viewport={"width": 390, "height": 800}, has_touch=True)
    result(page)
    slider = page.get_by_role("slider", name="Position in the song")
    slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 60)
    assert abs(time_s(page) - SECONDS / 2) < 0.7
    touch = {"pointerId": 7, "pointerType": "touch", "bubbles": True, "button": 0}
    at = {"clientX": box["x"] + 10, "clientY": box["y"] + 60}
    slider.evaluate("slider => { slider.setPointerCapture = () => {}; }")
    slider.dispatch_event("pointerdown", {**touch, **at})
    slider.dispatch_event("pointercancel", {**touch, **at, "clientY": box["y"]})
    assert abs(time_s(page) - SECONDS / 2) < 0.7


@pytest.mark.timeout(240)
def test_the_strongest_passage_of_a_side_plays_with_one_click(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    strongest = page.get_by_role("list", name="Strongest passages").get_by_role("link")
    expect(strongest).to_have_count(2)
    expect(page.locator(".peaks .peak")).to_have_count(2)
    link = strongest.last
    start_s, end_s = (float(link.get_attribute(name)) for name in ("data-start", "data-end"))
    link.click()
    page.wait_for_function(
        "start => { const a = document.querySelector('audio'); return !a.paused && a.currentTime > start }", arg=start_s
    )
    assert time_s(page) < end_s
    expect(link).to_have_class(re.compile("playing-now"))
    expect(page.locator("[data-trajectory-dot]")).to_have_attribute("visibility", "visible")
    link.click()
    expect(page.locator(".controls").get_by_role("button", name="Play")).to_be_visible()
    # The headline has the same passage.
    expect(page.locator(".sides .play-link").last).to_have_attribute("data-start", link.get_attribute("data-start"))
    # It ends where the passage ends.
    page.locator("audio").evaluate("(audio, end) => { audio.currentTime = end - 0.4; audio.play() }", end_s)
    expect(page.locator(".controls").get_by_role("button", name="Play")).to_be_visible()
    assert abs(time_s(page) - end_s) < 0.5


@pytest.mark.timeout(240)
def test_a_small_player_stays_visible_while_scrolling(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    bar = page.get_by_role("region", name="Now playing")
    expect(bar).to_be_hidden()
    page.locator(".mood-side .play-link").last.click()
    page.locator(".folded").scroll_into_view_if_needed()
    expect(bar).to_contain_text(COMPOSITE)
    bar.get_by_role("button", name="Pause").click()
    assert page.locator("audio").evaluate("audio => audio.paused")
    bar.get_by_role("link", name="To the player").click()
    expect(page.locator(".controls")).to_be_in_viewport()
    expect(bar).to_be_hidden()


@pytest.mark.timeout(240)
def test_agreeing_keeps_the_music_playing(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    page.locator(".controls").get_by_role("button", name="Play").click()
    hero = page.locator(".hero")
    hero.get_by_role("button", name="Agree", exact=True).click()
    expect(hero.locator(".hero-note")).to_have_text("Confirmed by you")
    expect(hero.get_by_role("button", name="Agree", exact=True)).to_have_count(0)
    assert not page.locator("audio").evaluate("audio => audio.paused")
    pause(page)
    page.get_by_role("button", name="Undo").click()
    expect(hero.get_by_role("button", name="Agree", exact=True)).to_be_visible()


@pytest.mark.timeout(240)
def test_disagreeing_asks_for_the_moods_in_place_and_keeps_them_after_an_error(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    page.evaluate("window.sameDocument = true")
    hero = page.locator(".hero")
    expect(page.get_by_label("Main mood")).to_be_hidden()
    hero.locator("summary", has_text="Disagree").click()
    page.get_by_label("Main mood").select_option("tense")
    page.get_by_label("Second mood").select_option("tense")
    hero.get_by_role("button", name="Save moods").click()
    expect(hero.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Main mood")).to_have_value("tense")
    expect(page.get_by_label("Main mood")).to_be_focused()
    page.get_by_label("Second mood").select_option("sad")
    hero.get_by_role("button", name="Save moods").click()
    expect(hero.get_by_role("heading", level=1)).to_have_text("Tense and Sad")
    expect(hero.locator(".hero-note")).to_contain_text("Set by you")
    assert page.evaluate("window.sameDocument")
    hero.get_by_role("button", name="Undo").click()
    expect(hero.get_by_role("heading", level=1)).not_to_have_text("Tense and Sad")


@pytest.mark.timeout(240)
def test_links_and_printing_open_folded_details(open_page: Open, result: Result) -> None:
    page = open_page()
    address = result(page)
    networks = page.locator(".networks")
    expect(networks).to_be_hidden()
    page.get_by_role("link", name="Compare the networks").click()
    expect(networks).to_be_visible()
    page.goto(f"{address}#genres")
    expect(page.locator(".rules")).to_be_visible()
    expect(page.locator(".features table").first).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".features table").first).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".features table").first).to_be_hidden()
    expect(page.locator(".rules")).to_be_visible()


@pytest.mark.timeout(240)
def test_a_saliency_map_is_computed_on_request(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    overlay = page.locator("[data-saliency-image]")
    expect(overlay).to_be_hidden()
    choice = page.get_by_role("button", name=re.compile("^Saliency for")).first
    choice.click()
    expect(overlay).to_be_visible(timeout=DRAWN_IN_MS)
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-saliency-legend]")).to_contain_text("occlusion")
    assert overlay.bounding_box() == page.locator(".spectrogram").bounding_box()
    # The same in words, and each place can be heard.
    place = page.locator("[data-saliency-places] a").first
    start_s = float(place.get_attribute("data-start"))
    place.click()
    page.wait_for_function("start => document.querySelector('audio').currentTime > start", arg=start_s)
    pause(page)
    page.get_by_role("button", name="Sound only").click()
    expect(overlay).to_be_hidden()
    expect(place).to_have_count(0)


@pytest.mark.timeout(240)
def test_another_vocabulary_opens_without_a_new_page_and_stays_in_the_address(open_page: Open, result: Result) -> None:
    page = open_page()
    result(page)
    page.evaluate("window.sameDocument = true")
    expect(page.locator(".mood-charts")).to_be_visible()
    vocabularies = page.get_by_role("navigation", name="Vocabulary")
    expect(vocabularies).to_be_hidden()
    page.get_by_role("link", name="Other mood vocabularies").click()
    vocabularies.get_by_role("link", name="Energetic, peaceful, emotional").click()
    expect(page.get_by_text("In this vocabulary the song is")).to_have_count(3)
    expect(page.locator('[data-panel="energy"]')).to_be_visible()
    expect(page.locator('[data-panel="quadrants"]')).to_be_hidden()
    assert page.evaluate("window.sameDocument")
    expect(page).to_have_url(re.compile(r"\?words=energy$"))
    page.reload()
    expect(page.locator('[data-panel="energy"]')).to_be_visible()
    expect(vocabularies.get_by_role("link", name="Energetic")).to_have_attribute("aria-current", "true")


@pytest.mark.timeout(240)
def test_the_whole_page_works_without_javascript(open_page: Open, result: Result) -> None:
    page = open_page(java_script_enabled=False)
    address = result(page)
    for title in (re.compile("^(Why|What supports)"), "Sixteen moods", "Ten mood genres and their rules"):
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
    assert page.locator(".mood-side").count() == 2
    expect(page.locator(".factors li").first).to_be_visible()
    strongest = page.get_by_role("list", name="Strongest passages").get_by_role("link").first
    answer = page.request.get(strongest.get_attribute("href"))
    assert (answer.status, answer.body()[:4]) == (200, b"RIFF")
    page.get_by_role("heading", name="Other mood vocabularies").click()
    page.get_by_role("link", name="Party, drive, calm, romantic, sad").click()
    expect(page.locator('[data-panel="occasions"]')).to_contain_text("Not measured")
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.locator(".rules")).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(f"{address}?model=cnn1d")
    page.get_by_role("heading", name="Other mood vocabularies").click()
    page.get_by_role("link", name="Happy, angry, relaxed, sad").click()
    expect(page).to_have_url(re.compile(r"model=cnn1d&words=quadrants"))


@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.timeout(240)
def test_no_chart_overflows_the_page(open_page: Open, result: Result, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    result(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for label in page.locator("svg.petal-chart text, svg.plane text, svg.peaks text").all():
        box = label.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.timeout(240)
def test_the_layout_does_not_shift_while_the_page_loads(open_page: Open, result: Result) -> None:
    page = open_page()
    address = result(page)
    page.goto("about:blank")
    page.add_init_script("""
        window.shift = 0;
        new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; })
            .observe({ type: "layout-shift", buffered: true });
        new PerformanceObserver(list => { window.largest = list.getEntries().at(-1).startTime; })
            .observe({ type: "largest-contentful-paint", buffered: true });
    """)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") < 0.02
    assert page.evaluate("window.largest") < 1500
