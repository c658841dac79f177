// The mood map: loads the songs' positions, draws them, and lets the user pan, zoom, select and play.

import { handleKeys } from "./map/keyboard.js";
import { Marks } from "./map/marks.js";
import { Renderer } from "./map/renderer.js";
import { handlePointer } from "./map/pointer.js";
import { Selection } from "./map/selection.js";
import { Songs } from "./map/songs.js";
import { Tooltip } from "./map/tooltip.js";
import { Viewport } from "./map/viewport.js";

const map = document.querySelector("[data-map]");
// The back button restores view and selection.
const STATE_KEY = `map ${map.dataset.query}`;
const part = (name) => map.querySelector(`[data-${name}]`);

try {
  const response = await fetch(map.dataset.points, { headers: { Accept: "application/json" } });
  // Signed out: reload, which leads to the sign-in page.
  if (response.redirected || response.status === 403) location.reload();
  else if (!response.ok) throw new Error(String(response.status));
  else open(new Songs(await response.json()));
} catch (error) {
  map.classList.add("counts-only");
  const message = part("error");
  message.textContent = "The songs could not be loaded, so the map shows counts only. Reload the page to try again.";
  message.hidden = false;
  console.warn(error);
}

function open(songs) {
  const view = new Viewport(map.dataset.extent.split(" ").map(Number));
  const renderer = new Renderer(
    { ground: part("ground"), points: part("dots"), over: part("over") },
    view,
    songs,
    new Marks(part("legend")),
  );
  renderer.places = [...part("legend").querySelectorAll("[data-place]")].map((link) => {
    const [valence, arousal] = link.dataset.place.split(" ").map(Number);
    return { word: link.dataset.word, valence, arousal };
  });
  renderer.regions = [...map.querySelectorAll("[data-region]")].map((button) => {
    const [pleasant, , lively] = button.dataset.region.split(" ").map((bound) => Number(bound) > 1);
    return { label: button.dataset.label, pleasant, lively };
  });
  const tooltip = new Tooltip(part("tip"), songs, view);
  const selection = new Selection(map, songs);
  const ui = { map, songs, view, renderer, tooltip, selection, canvas: part("over"), mode: "move" };

  // Highlights a song, or none with -1.
  ui.highlight = (index, announce = false) => {
    if (renderer.state.hovered !== index) {
      renderer.state.hovered = index;
      renderer.schedule(false);
    }
    tooltip.show(index);
    if (announce && index >= 0) {
      selection.announce(`${tooltip.description(index)}${songs.selected[index] ? ", selected" : ""}`);
    }
  };
  ui.open = (index) => location.assign(selection.songAddress(index));
  ui.viewChanged = () => {
    tooltip.show(renderer.state.hovered);
    renderer.schedule();
  };
  selection.changed = (outline) => {
    renderer.state.outline = outline;
    renderer.schedule();
  };
  selection.highlight = ui.highlight;

  for (const name of ["ground", "dots", "over"]) part(name).hidden = false;
  handlePointer(ui);
  handleKeys(ui);
  handleTools(ui);
  restoreState(ui);
  renderer.updateColours();
  renderer.resize();
  document.fonts.ready.then(() => renderer.schedule());
  new ResizeObserver(() => renderer.resize()).observe(part("field"));
  // The theme is set by the user or by the device.
  new MutationObserver(() => renderer.updateColours()).observe(document.documentElement, {
    attributeFilter: ["data-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => renderer.updateColours());
  addEventListener("pagehide", () => saveState(ui));
  map.dataset.ready = "";
}

function handleTools({ view, renderer, viewChanged, ...ui }) {
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
      viewChanged();
    }
    if (button.dataset.mode) ui.canvas.dispatchEvent(new CustomEvent("mode", { detail: button.dataset.mode }));
  });
  // Pointing at a mood in the legend fades the other moods.
  for (const [event, out] of [
    ["pointerover", false],
    ["focusin", false],
    ["pointerout", true],
    ["focusout", true],
  ]) {
    part("legend").addEventListener(event, ({ target }) => {
      renderer.faded = out ? null : (target.closest("[data-mood]")?.dataset.mood ?? null);
      renderer.schedule();
    });
  }
}

function saveState({ view, selection }) {
  try {
    sessionStorage.setItem(STATE_KEY, JSON.stringify({ bounds: view.bounds, selected: selection.state() }));
  } catch {
    // Without storage, the map starts anew.
  }
}

function restoreState({ view, selection }) {
  const [entry] = performance.getEntriesByType("navigation");
  if (entry?.type !== "back_forward") return;
  try {
    const saved = JSON.parse(sessionStorage.getItem(STATE_KEY));
    if (!saved) return;
    view.bounds = saved.bounds;
    selection.restore(saved.selected);
  } catch {
    // Unreadable state counts as none.
  }
}
