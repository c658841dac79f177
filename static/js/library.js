// Selection on the history page, and what has to be restored after htmx replaces a part of it. All forms work without it.

import { announce, watch } from "./live_status.js";
import { gettext, ngettext } from "./texts.js";

const library = document.querySelector("[data-library]");
// The limit of the server.
const MAX_SELECTED = 500;

// Ids of the selected songs. They stay selected across pages and filters.
const selected = new Set();
let lastClicked = null;
let panelOpen = null;

const checkboxes = () => [...library.querySelectorAll('.song-checkbox input[name="song"]')];
const find = (name) => library.querySelector(`[data-${name}]`);

function showSelection() {
  const boxes = checkboxes();
  const everything = Boolean(find("select-all")?.checked);
  for (const box of boxes) {
    box.checked = everything || selected.has(box.value);
    box.disabled = everything;
  }
  const wholePage = find("select-page");
  if (wholePage) {
    const checked = boxes.filter((box) => box.checked).length;
    wholePage.checked = checked > 0 && checked === boxes.length;
    wholePage.indeterminate = checked > 0 && checked < boxes.length;
    wholePage.disabled = everything;
  }
  const bar = find("selection");
  if (!bar) return;
  const count = everything ? Number(find("results").dataset.count) : selected.size;
  bar.toggleAttribute("data-some", count > 0);
  const text = ngettext("%(count)s song selected", "%(count)s songs selected", count);
  // Writing the same text again would make screen readers repeat it.
  if (find("selection-text").textContent !== text) find("selection-text").textContent = text;
  for (const button of bar.querySelectorAll("[data-needs-two]")) button.disabled = count !== 2;
}

// With Shift, all songs between this one and the last one clicked.
function select(box, range) {
  const boxes = checkboxes();
  const from = boxes.findIndex((other) => other.value === lastClicked);
  const to = boxes.indexOf(box);
  const affected = range && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const other of affected) setSelected(other.value, box.checked);
  lastClicked = box.value;
}

function setSelected(id, isSelected) {
  if (!isSelected) selected.delete(id);
  else if (selected.size < MAX_SELECTED) selected.add(id);
}

let shiftKey = false;
library.addEventListener("click", (event) => (shiftKey = event.shiftKey), true);

library.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches(".song-checkbox input")) select(box, shiftKey);
  else if ("selectPage" in box.dataset) for (const other of checkboxes()) setSelected(other.value, box.checked);
  else if (!("selectAll" in box.dataset)) return;
  showSelection();
});

library.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear-selection]")) return;
  selected.clear();
  const all = find("select-all");
  if (all) all.checked = false;
  showSelection();
  find("select-page")?.focus();
});

// Adds the songs that are selected on other pages. A download leaves the page, and so the selection, as it is.
library.addEventListener("submit", (event) => {
  if (!("selection" in event.target.dataset)) return;
  for (const field of event.target.querySelectorAll("[data-elsewhere]")) field.remove();
  const onThisPage = new Set(checkboxes().map((box) => box.value));
  for (const id of selected) {
    if (onThisPage.has(id)) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "song", value: id });
    field.dataset.elsewhere = "";
    event.target.append(field);
  }
});

// A row is replaced when its song changes state.
new MutationObserver(showSelection).observe(library, { childList: true, subtree: true });

library.addEventListener(
  "toggle",
  (event) => {
    if ("filterPanel" in event.target.dataset) panelOpen = event.target.open;
  },
  true,
);

document.addEventListener("htmx:afterSettle", () => {
  const panel = find("filter-panel");
  if (panel && panelOpen !== null && panel.open !== panelOpen) panel.open = panelOpen;
  showFilterCount();
  const text = find("count-text")?.textContent ?? library.querySelector(".empty .lead")?.textContent;
  if (text) announce(text);
  showSelection();
  watch();
});

// htmx does not replace the open filter panel, so the number of filters in its title is updated here.
function showFilterCount() {
  const form = document.getElementById("library-filter");
  const title = form?.querySelector("[data-filter-panel] > summary");
  if (!title) return;
  const names = new Set();
  for (const field of form.elements) {
    if (field.name && field.value && !["q", "sort", "copies"].includes(field.name)) names.add(field.name);
  }
  title.replaceChildren("Filter ");
  if (!names.size) return;
  const count = document.createElement("span");
  count.className = "soft";
  count.textContent = `(${names.size})`;
  title.append(count);
}

// Signed out: go to the sign-in page, which is no part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 200 || xhr.responseText.includes('id="library"')) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

// On an error response, load the plain page, which shows the error.
document.addEventListener("htmx:responseError", (event) => {
  const { path, verb } = event.detail.requestConfig;
  location.assign(path + (verb === "get" ? queryOf(event) : ""));
});
document.addEventListener("htmx:sendError", () =>
  announce(gettext("The server does not answer. The list has not changed.")),
);

function queryOf(event) {
  const values = new URLSearchParams(event.detail.requestConfig.formData);
  return values.size ? `?${values}` : "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  event.preventDefault();
  find("search")?.focus();
});

showSelection();
