"""Takes the screenshots of the documentation from a product that it starts: `make screenshots`.

The songs are synthesised and really analysed. Only their dates are changed, to spread them over a year.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ml.demo.album import ALBUM
from tests.architecture.sources import ROOT
from tests.browser.pages import PagePath, comparison, fixed, song
from tests.browser.sample_server import FAILED_FILE, MUSIC, SampleServer, fill_sample_server, submit_form
from tests.sketches import write_sketch
from tests.system.conftest import program
from tests.system.processes import wait_for
from tests.system.product import RunningProduct

FOLDER = ROOT / "docs" / "screenshots"
SKETCHES = 48
LIBRARY = 24
MAX_BYTES = 300_000
COLOURS = (256, 128, 64)

# Name, page, and heights in pixels of the wide and the narrow screenshot.
PAGES: tuple[tuple[str, PagePath, int, int], ...] = (
    ("result", song("Slow Water"), 1400, 1600),
    ("history", fixed("/songs/"), 1000, 1100),
    ("map", fixed("/map/"), 1000, 1100),
    ("over-time", fixed("/over-time/"), 1000, 1100),
    ("your-corrections", fixed("/corrections/"), 1000, 1100),
    ("compare", comparison("Slow Water", "High Banners"), 1200, 1400),
    ("accuracy", fixed("/how-good/"), 1200, 1400),
)
# Suffix of the file name, theme, width.
VARIANTS = (("", "light", 1280), ("-dark", "dark", 1280), ("-narrow", "light", 390), ("-narrow-dark", "dark", 390))
UPLOAD_HEIGHTS = (1100, 1400)
SLOW_UPLOAD_BYTES_S = 300_000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="screenshots-") as name, product_with_music(Path(name)) as product:
        folder = Path(name)
        server = fill_sample_server(product.address, folder)
        fill(server, folder)
        spread_over_a_year(folder / "var" / "db.sqlite3")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
            for page in PAGES:
                take_page(browser, server, *page)
            take_sources(browser, server, folder)
            take_upload(browser, server, folder)
            browser.close()


def product_with_music(folder: Path) -> RunningProduct:
    return RunningProduct(folder / "var", MUSIC_DIRS=str(folder / MUSIC), MUSIC_DIRS_WRITABLE=str(folder / MUSIC))


def fill(server: SampleServer, folder: Path) -> None:
    """Add songs, and delete the one that failed."""
    submit_form(server.owner, f"/songs/{server.songs[FAILED_FILE]}/delete/")
    ids = [server.api.submit(write_sketch(folder, seed))["id"] for seed in range(SKETCHES)]
    for song_id in ids:
        server.api.wait_until_finished(song_id)


def spread_over_a_year(database: Path) -> None:
    """Unevenly; the demo songs, which were added first, become the newest."""
    random = np.random.default_rng(7)
    connection = sqlite3.connect(database)
    with connection:
        song_ids = [row[0] for row in connection.execute("SELECT id FROM classifier_song ORDER BY created_at, id")]
        for number, song_id in enumerate(song_ids):
            week = 0 if number < len(ALBUM) else int(52 * random.beta(1.1, 1.6)) + 1
            ago = timedelta(weeks=week, minutes=90 + number)
            moment = (datetime.now(UTC) - ago).strftime("%Y-%m-%d %H:%M:%S.%f")
            connection.execute("UPDATE classifier_song SET created_at = ? WHERE id = ?", (moment, song_id))
    connection.close()


def take_page(browser: Browser, server: SampleServer, name: str, where: PagePath, wide: int, narrow: int) -> None:
    for suffix, theme, width in VARIANTS:
        height = wide if width > 600 else narrow
        page = _page(browser, server, theme, width, height)
        page.goto(where(server), wait_until="networkidle")
        save(page, f"{name}{suffix}", height)
        page.context.close()


def take_sources(browser: Browser, server: SampleServer, folder: Path) -> None:
    """A library of which some songs are analysed."""
    album = folder / MUSIC / "An Album"
    for seed in range(2 * SKETCHES, 2 * SKETCHES + LIBRARY):
        write_sketch(album, seed)
    submit_form(server.owner, f"/sources/{server.source}/scan/")
    analysed = f"{server.address}/api/predictions/?source={server.source}&status=done"

    def is_part_analysed() -> bool:
        answer = requests.get(analysed, headers=server.api.headers, timeout=60)
        return bool(answer.json()["count"] > LIBRARY / 3)

    wait_for(is_part_analysed, what="a part of the library")
    submit_form(server.owner, f"/sources/{server.source}/pause/")
    take_page(browser, server, "sources", fixed(f"/sources/{server.source}/"), 900, 1400)


def take_upload(browser: Browser, server: SampleServer, folder: Path) -> None:
    """While songs are uploaded over a slow connection, analysed and queued: all variants from one visit."""
    files = [write_sketch(folder, seed) for seed in range(SKETCHES, SKETCHES + 6)]
    page = _page(browser, server, "light", 1280, UPLOAD_HEIGHTS[0])
    page.goto("/")
    devtools = page.context.new_cdp_session(page)
    limits = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": SLOW_UPLOAD_BYTES_S}
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", limits)
    page.get_by_label("Songs", exact=True).set_input_files(files)
    page.wait_for_timeout(5000)
    for suffix, theme, width in VARIANTS:
        height = UPLOAD_HEIGHTS[width < 600]
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        save(page, f"upload{suffix}", height)
    page.context.close()


def _page(browser: Browser, server: SampleServer, theme: str, width: int, height: int) -> Page:
    window = browser.new_context(
        base_url=server.address,
        color_scheme=theme,
        viewport={"width": width, "height": height},
        device_scale_factor=1 if width > 600 else 2,
        reduced_motion="reduce",
    )
    window.add_cookies(server.cookies(server.owner))
    return window.new_page()


def save(page: Page, name: str, height: int) -> None:
    """Up to this height or the end of the page, with few enough colours for a small file."""
    page.wait_for_timeout(300)
    visible = min(height, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": visible}
    image = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    path = FOLDER / f"{name}.png"
    for colours in COLOURS:
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MAX_BYTES:
            break
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
