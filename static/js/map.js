// The mood map: loads the songs' positions, draws them, and lets the user pan, zoom, select and play.

import { Detail } from "./map/detail.js";
import { handleKeys } from "./map/keyboard.js";
import { Marks } from "./map/marks.js";
import { Renderer } from "./map/renderer.js";
import { handlePointer } from "./map/pointer.js";
import { Selection } from "./map/selection.js";
import { Songs } from "./map/songs.js";
import { Tooltip } from "./map/tooltip.js";
import { Viewport } from "./map/viewport.js";
import { gettext, grouped } from "./texts.js";

const map = document.querySelector("[data-map]");
// The back button restores view and selection.
const STATE_KEY = `map ${map.dataset.query}`;
const part = (name) => map.querySelector(`[data-${name}]`);

try {
  open(new Songs(await load(map.dataset.points)));
} catch (error) {
  map.classList.add("counts-only");
  const message = part("error");
  message.textContent = gettext(
    "The songs could not be loaded, so the map shows counts only. Reload the page to try again.",
  );
  message.hidden = false;
  console.warn(error);
}

async function load(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  // Signed out: reload, which leads to the sign-in page.
  if (response.redirected || response.status === 403) location.reload();
  if (response.redirected || !response.ok) throw new Error(String(response.status));
  return response.json();
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
  const address = new URL(map.dataset.points, location.href).pathname;
  const selection = new Selection(map, songs, (filter, more = {}) => {
    const query = selection.queryFor(filter);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return load(`${address}?${query}`);
  });
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
  const detail = new Detail(
    view,
    (bounds) => selection.load(bounds),
    (answer) => {
      const hovered = renderer.state.hovered < 0 ? null : songs.song(renderer.state.hovered).id;
      songs.load(answer);
      selection.mark();
      ui.highlight(hovered === null ? -1 : songs.indexOf(hovered));
      tellSample(songs);
      renderer.schedule();
    },
  );
  ui.viewChanged = () => {
    tooltip.show(renderer.state.hovered);
    renderer.schedule();
    if (songs.partial) detail.changed();
  };
  tellSample(songs);
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

// How many of the songs in view are drawn, where that may be a sample.
function tellSample({ partial, count, total }) {
  if (!partial) return;
  const values = { drawn: grouped(count), all: grouped(total) };
  part("sample").hidden = false;
  part("sample").textContent =
    count < total
      ? gettext(
          "A sample of %(drawn)s of %(all)s songs is drawn: zoom in to see more. A loop or a box selects all songs in it.",
          values,
        )
      : gettext("All songs of this part are drawn: %(drawn)s.", values);
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

function restoreState(ui) {
  const { view, selection } = ui;
  const [entry] = performance.getEntriesByType("navigation");
  if (entry?.type !== "back_forward") return;
  try {
    const saved = JSON.parse(sessionStorage.getItem(STATE_KEY));
    if (!saved) return;
    view.bounds = saved.bounds;
    selection.restore(saved.selected);
    ui.viewChanged();
  } catch {
    // Unreadable state counts as none.
  }
}
