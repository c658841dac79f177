"""The main workflow: from the first visit to the mood of a song, to its correction and its deletion."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ml.moods import MOODS
from tests.browser.conftest import Open
from tests.browser.sign_in import sign_in

# Only decides how soon a test fails: analysis takes seconds, and longer on a busy machine.
ANALYSIS_TIMEOUT_MS = 300_000
ADJECTIVES = "|".join(mood.adjective for mood in MOODS.values())
COMPOSITE = re.compile(rf"({ADJECTIVES}) (but|and|or) ({ADJECTIVES})")

# Records every state that a row of the list shows, however briefly.
RECORD_STATES = """
window.states = [];
new MutationObserver(() => {
  for (const text of document.querySelectorAll("[data-songs] [data-text]"))
    if (window.states.at(-1) !== text.textContent) window.states.push(text.textContent);
}).observe(document.querySelector("[data-songs]"), { childList: true, subtree: true, characterData: true });
"""


def first_words(states: list[str]) -> set[str]:
    return {state.split(",")[0].split(" ")[0] for state in states}


@pytest.mark.timeout(600)
def test_a_song_is_uploaded_analysed_corrected_and_deleted(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    sign_in(page)

    song = music("night train.flac", 60.0, minor=True, tags={"title": "Night Train", "artist": "The Sidings"})
    page.evaluate(RECORD_STATES)
    page.get_by_label("Songs", exact=True).set_input_files(song)
    row = page.locator("[data-songs] .song", has_text="The Sidings")
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    states = first_words(page.evaluate("window.states"))
    assert len(states & {"Uploading", "Queued", "Decoding", "Analysing"}) >= 2, states
    mood = row.locator(".song-mood a").inner_text()

    row.get_by_role("link", name="Night Train", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(mood)
    expect(page.get_by_text("Night Train", exact=True)).to_be_visible()
    for title in ("Over time", "Sixteen moods", "Valence and arousal", "The two networks"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.locator(".mood-charts .bars li").count() == 16
    assert page.locator(".spectrogram").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    play_a_passage(page)

    page.get_by_role("heading", name="The two networks").click()
    page.get_by_role("link", name="2D network").first.click()
    expect(page).to_have_url(re.compile(r"model=cnn2d"))
    expect(page.get_by_role("heading", level=1)).to_have_text(COMPOSITE)

    page.locator(".correction > summary").click()
    page.get_by_label("Main mood").select_option("tender")
    page.get_by_role("button", name="Save moods").click()
    expect(page.locator("#verdict")).to_contain_text("You set the moods: Tender")

    page.get_by_role("link", name="History").click()
    page.get_by_label("Search by title, artist, album, file or mood").fill("sidings night")
    page.keyboard.press("Enter")
    expect(page.locator(".song")).to_have_count(1)
    expect(page.locator(".song-mood")).to_contain_text("Tender")
    expect(page.locator(".song-mood")).to_contain_text("your mood")

    page.get_by_role("link", name="Delete Night Train").click()
    page.get_by_role("button", name="Move to bin").click()
    expect(page.get_by_text("“Night Train” is in the bin.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 song is back in your history.")).to_be_visible()
    page.get_by_role("link", name="Delete Night Train").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.get_by_text("Deleted “Night Train” and its audio.")).to_be_visible()
    page.goto("/songs/?q=sidings")
    expect(page.get_by_text("No songs match “sidings”.")).to_be_visible()


def play_a_passage(page: Page) -> None:
    """The last passage of the table starts in the middle of the song, and the player seeks to it."""
    audio = page.locator("audio")
    page.get_by_text("Passages as a table").click()
    last = page.locator(".passages [data-passage]").last
    start_s = float(last.get_attribute("data-start"))
    last.click()
    page.wait_for_function(
        "start => { const a = document.querySelector('audio'); return !a.paused && a.currentTime > start + 0.2 }",
        arg=start_s,
    )
    assert audio.evaluate("a => a.error") is None
    page.locator(".controls").get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Position in the song").focus()
    page.keyboard.press("Home")
    assert audio.evaluate("a => a.currentTime") == 0
    page.keyboard.press("ArrowRight")
    assert audio.evaluate("a => Math.round(a.currentTime)") == 5


@pytest.mark.timeout(600)
def test_the_workflow_works_without_javascript(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.get_by_label("Songs", exact=True).set_input_files(music("plain.wav", 20.0, tempo_bpm=70.0))
    page.get_by_role("button", name="Upload").click()
    # The page of an unfinished song reloads itself until it shows the mood.
    expect(page.get_by_role("heading", level=1)).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    expect(page.locator("audio[controls]")).to_be_visible()
    page.get_by_text("Passages as a table").click()
    passage = page.locator(".passages [data-passage]").first.get_attribute("href")
    response = page.request.get(passage)
    assert (response.status, response.headers["content-type"], response.body()[:4]) == (200, "audio/wav", b"RIFF")
    page.get_by_role("heading", name="About this song").click()
    page.get_by_label("Title").fill("Plain Song")
    page.locator("#song").get_by_role("button", name="Save").click()
    expect(page.locator(".hero")).to_contain_text("Plain Song")


@pytest.mark.timeout(600)
def test_bad_files_do_not_stop_others_and_songs_are_analysed_after_the_page_was_left(
    open_page: Open, music: Callable[..., Path], tmp_path: Path
) -> None:
    image = tmp_path / "cover “front”.mp3"
    image.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    empty = tmp_path / "empty.wav"
    empty.touch()
    page = open_page()
    sign_in(page)
    good = music("a song with a very " + "long " * 30 + "name.opus", 40.0, brightness=0.9)
    page.get_by_label("Songs", exact=True).set_input_files([image, empty, good])
    expect(page.locator(".song", has_text="cover “front”.mp3")).to_contain_text("PNG image")
    expect(page.locator(".song", has_text="empty.wav")).to_contain_text("The file is empty")
    expect(page.locator(".song[data-song]", has_text="a song with").first).to_be_visible()

    page.goto("/songs/")
    row = page.locator(".song", has_text="a song with").first
    expect(row.locator(".song-mood a")).to_have_text(COMPOSITE, timeout=ANALYSIS_TIMEOUT_MS)
    assert "cover" not in page.locator("[data-library] .songs").inner_text()


@pytest.mark.timeout(600)
def test_a_queued_song_is_cancelled_and_retried_in_place(open_page: Open, music: Callable[..., Path]) -> None:
    page = open_page()
    sign_in(page)
    songs = [music(f"queue {number}.flac", 60.0, seed=number + 7) for number in range(3)]
    page.get_by_label("Songs", exact=True).set_input_files(songs)
    row = page.locator(".song[data-song]", has_text="queue 2.flac")
    row.get_by_role("button", name="Cancel").click()
    expect(row.locator("[data-text]")).to_have_text("Cancelled")
    row.get_by_role("button", name="Retry").click()
    expect(row.locator("[data-text]")).not_to_have_text("Cancelled")
    done = page.locator("[data-songs] .song", has_text="queue").locator(".song-mood a", has_text=COMPOSITE)
    expect(done).to_have_count(3, timeout=ANALYSIS_TIMEOUT_MS)


def test_a_file_can_be_dropped_anywhere_on_the_page(open_page: Open) -> None:
    page = open_page()
    sign_in(page)
    page.evaluate("""() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0x31])], "score.mp3"));
        const options = { dataTransfer, bubbles: true, cancelable: true };
        for (const name of ["dragenter", "dragover", "drop"])
            document.querySelector("footer").dispatchEvent(new DragEvent(name, options));
    }""")
    row = page.locator(".song", has_text="score.mp3")
    expect(row).to_contain_text("PDF document")
    row.get_by_role("button", name="Dismiss").click()
    expect(row).to_have_count(0)
