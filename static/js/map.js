// The mood map: fetches the songs' places, paints them, and lets a person move, look closer, choose and hear.

import { listenToKeys } from "./map/keyboard.js";
import { Marks } from "./map/marks.js";
import { Painting } from "./map/renderer.js";
import { listenToPointer } from "./map/pointer.js";
import { Selection } from "./map/selection.js";
import { Songs } from "./map/songs.js";
import { Tip } from "./map/tooltip.js";
import { View } from "./map/viewport.js";

const map = document.querySelector("[data-map]");
// Whoever opens a song and comes back finds the map as it was left.
const KEPT = `map ${map.dataset.query}`;
const part = (name) => map.querySelector(`[data-${name}]`);

try {
  const response = await fetch(map.dataset.points, { headers: { Accept: "application/json" } });
  // Signed out meanwhile: the page itself knows the way back.
  if (response.redirected || response.status === 403) location.reload();
  else if (!response.ok) throw new Error(String(response.status));
  else open(new Songs(await response.json()));
} catch (error) {
  map.classList.add("counts-only");
  const trouble = part("error");
  trouble.textContent =
    "The single songs could not be fetched, so the map shows counts. Load the page again to try once more.";
  trouble.hidden = false;
  console.warn(error);
}

function open(songs) {
  const view = new View(map.dataset.extent.split(" ").map(Number));
  const painting = new Painting(
    { ground: part("ground"), points: part("dots"), over: part("over") },
    view,
    songs,
    new Marks(part("legend")),
  );
  painting.places = [...part("legend").querySelectorAll("[data-place]")].map((link) => {
    const [valence, arousal] = link.dataset.place.split(" ").map(Number);
    return { word: link.dataset.word, valence, arousal };
  });
  painting.regions = [...map.querySelectorAll("[data-region]")].map((button) => {
    const [pleasant, , lively] = button.dataset.region.split(" ").map((bound) => Number(bound) > 1);
    return { words: button.dataset.label, pleasant, lively };
  });
  const tip = new Tip(part("tip"), songs, view);
  const selection = new Selection(map, songs);
  const desk = { map, songs, view, painting, tip, selection, canvas: part("over"), mode: "move" };

  // Points at a song, or with -1 at none.
  desk.point = (index, words = false) => {
    if (painting.state.hovered !== index) {
      painting.state.hovered = index;
      painting.later(false);
    }
    tip.show(index);
    if (words && index >= 0) selection.announce(`${tip.words(index)}${songs.chosen[index] ? ", chosen" : ""}`);
  };
  desk.visit = (index) => location.assign(selection.songAddress(index));
  desk.moved = () => {
    tip.show(painting.state.hovered);
    painting.later();
  };
  selection.changed = (outline) => {
    painting.state.outline = outline;
    painting.later();
  };
  selection.pointed = desk.point;

  for (const name of ["ground", "dots", "over"]) part(name).hidden = false;
  listenToPointer(desk);
  listenToKeys(desk);
  listenToTools(desk);
  recall(desk);
  painting.retheme();
  painting.resize();
  new ResizeObserver(() => painting.resize()).observe(part("field"));
  // The colours are the theme's, the person's or the device's.
  new MutationObserver(() => painting.retheme()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => painting.retheme());
  addEventListener("pagehide", () => remember(desk));
  map.dataset.ready = "";
}

function listenToTools({ view, painting, moved, ...desk }) {
  const zooms = {
    in: () => view.zoomMiddle(1.5),
    out: () => view.zoomMiddle(1 / 1.5),
    songs: () => view.show(view.home),
    plane: () => view.showPlane(),
  };
  part("tools").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.zoom) {
      zooms[button.dataset.zoom]();
      moved();
    }
    if (button.dataset.mode) desk.canvas.dispatchEvent(new CustomEvent("mode", { detail: button.dataset.mode }));
  });
  // The legend lets one mood stand out.
  for (const [event, out] of [
    ["pointerover", false],
    ["focusin", false],
    ["pointerout", true],
    ["focusout", true],
  ]) {
    part("legend").addEventListener(event, ({ target }) => {
      painting.faded = out ? null : (target.closest("[data-mood]")?.dataset.mood ?? null);
      painting.later();
    });
  }
}

function remember({ view, selection }) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ bounds: view.bounds, chosen: selection.kept() }));
  } catch {
    // A browser that keeps nothing only forgets.
  }
}

function recall({ view, selection }) {
  const [entry] = performance.getEntriesByType("navigation");
  if (entry?.type !== "back_forward") return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    if (!kept) return;
    view.bounds = kept.bounds;
    selection.take(kept.chosen);
  } catch {
    // What cannot be read is as if it were not there.
  }
}
