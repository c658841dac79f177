// Selecting songs, and what has to be put right after a part of the page was drawn anew. Without it every form works.

import { announce, watch } from "./live_status.js";

const library = document.querySelector("[data-library]");
const MOST = 500;

// Ticked songs stay ticked while one turns pages or narrows the list: by id, whether they are on the page or not.
const chosen = new Set();
let lastPicked = null;
let panelOpen = null;

const picks = () => [...library.querySelectorAll('.song-checkbox input[name="song"]')];
const one = (name) => library.querySelector(`[data-${name}]`);

function showChosen() {
  const boxes = picks();
  const all = one("select-all");
  const everything = Boolean(all?.checked);
  for (const box of boxes) {
    box.checked = everything || chosen.has(box.value);
    box.disabled = everything;
  }
  const page = one("select-page");
  if (page) {
    const ticked = boxes.filter((box) => box.checked).length;
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    page.disabled = everything;
  }
  const bar = one("selection");
  if (!bar) return;
  const found = Number(one("results").dataset.count);
  const count = everything ? found : chosen.size;
  bar.toggleAttribute("data-some", count > 0);
  const words = `${count.toLocaleString("en")} song${count === 1 ? "" : "s"} selected`;
  if (one("selection-text").textContent !== words) one("selection-text").textContent = words;
  for (const button of bar.querySelectorAll("[data-needs-two]")) button.disabled = count !== 2;
}

function pick(box, range) {
  const boxes = picks();
  const from = boxes.findIndex((other) => other.value === lastPicked);
  const to = boxes.indexOf(box);
  const meant = range && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const other of meant) put(other.value, box.checked);
  lastPicked = box.value;
}

function put(id, isChosen) {
  if (!isChosen) chosen.delete(id);
  else if (chosen.size < MOST) chosen.add(id);
}

let shift = false;
library.addEventListener(
  "click",
  (event) => {
    shift = event.shiftKey;
  },
  true,
);

library.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches(".song-checkbox input")) pick(box, shift);
  else if ("selectPage" in box.dataset) for (const other of picks()) put(other.value, box.checked);
  else if (!("selectAll" in box.dataset)) return;
  showChosen();
});

library.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear-selection]")) return;
  chosen.clear();
  const all = one("select-all");
  if (all) all.checked = false;
  showChosen();
  one("select-page")?.focus();
});

// Songs that were ticked on other pages go along; a download leaves the page, and so the selection, as it is.
library.addEventListener("submit", (event) => {
  if (!("selection" in event.target.dataset)) return;
  for (const earlier of event.target.querySelectorAll("[data-elsewhere]")) earlier.remove();
  const here = new Set(picks().map((box) => box.value));
  for (const id of chosen) {
    if (here.has(id)) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "song", value: id });
    field.dataset.elsewhere = "";
    event.target.append(field);
  }
});

// A row is drawn anew when its song changes state.
new MutationObserver(showChosen).observe(library, { childList: true, subtree: true });

library.addEventListener(
  "toggle",
  (event) => {
    if ("filterPanel" in event.target.dataset) panelOpen = event.target.open;
  },
  true,
);

document.addEventListener("htmx:afterSettle", () => {
  const panel = one("filter-panel");
  if (panel && panelOpen !== null && panel.open !== panelOpen) panel.open = panelOpen;
  showFilled();
  const text = one("count-text")?.textContent ?? library.querySelector(".empty .lead")?.textContent;
  if (text) announce(text);
  showChosen();
  watch();
});

// The panel stays while one chooses in it, so the number beside its name is counted here.
function showFilled() {
  const form = document.getElementById("library-filter");
  const name = form?.querySelector("[data-filter-panel] > summary");
  if (!name) return;
  const ranges = new Set();
  for (const field of form.elements) {
    if (field.name && field.value && field.name !== "q" && field.name !== "sort") ranges.add(field.name);
  }
  name.replaceChildren("Filter ");
  if (!ranges.size) return;
  const count = document.createElement("span");
  count.className = "soft";
  count.textContent = `(${ranges.size})`;
  name.append(count);
}

// Somebody who was signed out meanwhile is led to the door, which is no part of this page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 200 || xhr.responseText.includes('id="library"')) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

// The server is away or refuses: the plain page says what there is to say.
document.addEventListener("htmx:responseError", (event) => {
  location.assign(event.detail.requestConfig.path + (event.detail.requestConfig.verb === "get" ? query(event) : ""));
});
document.addEventListener("htmx:sendError", () => announce("The server does not answer. The list is as it was."));

function query(event) {
  const values = new URLSearchParams(event.detail.requestConfig.formData);
  return values.size ? `?${values}` : "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  event.preventDefault();
  library.querySelector("[data-search]")?.focus();
});

showChosen();
