// Keeps unfinished songs on a page up to date: text and progress in place, and the whole row when a song is finished.

import { setRemaining } from "./page_title.js";

const INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 15_000;
const HIDDEN_INTERVAL_MS = 5000;
// The ids are in the URL, whose length is limited.
const MAX_IDS = 100;

const underway = document.querySelector("[data-queue-status]");
const announcer = document.querySelector("[data-announcer]");
const noWorker = document.querySelector("[data-no-worker]");
// Songs to poll whether they have a row or not.
const tracked = new Set();
let timer = 0;
let interval = INTERVAL_MS;
let hadRows = false;
let turn = 0;
let polling = false;

const unfinishedRows = () => [...document.querySelectorAll("[data-unfinished][data-song]")];
const unfinishedElsewhere = () => underway && Number(underway.dataset.queueStatus) > 0;
// Also files whose upload failed and can be retried: a reload would lose them.
const isUploading = () =>
  document.querySelector("[data-uploading]:not([hidden]), [data-songs] [data-retry]:not([hidden])");

export function announce(text) {
  if (announcer) announcer.textContent = text;
}

// Dispatches "song-finished" for these songs too, whether they have a row or not.
export function track(ids) {
  for (const id of ids) tracked.add(id);
  watch();
}

// Replaces a row by the one that the server renders.
export async function refreshRow(row, url) {
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (!response.ok) return null;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const fresh = template.content.querySelector("[data-song]");
  if (!fresh) return null;
  const focused = row.contains(document.activeElement);
  row.replaceWith(fresh);
  if (focused) fresh.querySelector("a")?.focus();
  return fresh;
}

// Starts to poll soon, if that is not planned already; with `now`, at once.
export function watch(now = false) {
  if (polling || (timer && interval === INTERVAL_MS && !now)) return;
  clearTimeout(timer);
  interval = INTERVAL_MS;
  timer = unfinishedRows().length || tracked.size || unfinishedElsewhere() ? setTimeout(poll, 150) : 0;
}

// If there are more than fit into one request, others each time.
function nextIds(ids) {
  if (ids.length <= MAX_IDS) return ids;
  const first = (MAX_IDS * turn++) % ids.length;
  return [...ids, ...ids].slice(first, first + MAX_IDS);
}

async function poll() {
  timer = 0;
  const rows = new Map(unfinishedRows().map((row) => [row.dataset.song, row]));
  const ids = nextIds([...new Set([...rows.keys(), ...tracked])]);
  const list = document.querySelector("[data-states]");
  if (!list || (!ids.length && !unfinishedElsewhere())) return;
  polling = true;
  try {
    const askedAt = performance.now();
    const response = await fetch(`${list.dataset.states}?ids=${ids.join(",")}`, {
      headers: { Accept: "application/json" },
    });
    // Signed out: reload, which asks to sign in. Not during uploads, which say it themselves.
    if ((response.redirected || response.status === 403) && !isUploading()) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    showUnderway(answer.underway, askedAt);
    await showStates(ids, rows, answer);
    // The page had rows for some of the unfinished songs only: load it again for the next ones. Once, since there may be
    // songs that it never shows.
    if (rows.size) hadRows = true;
    else if (
      hadRows &&
      underway?.dataset.refreshes &&
      unfinishedElsewhere() &&
      !unfinishedRows().length &&
      !isUploading()
    )
      return location.reload();
    interval = INTERVAL_MS;
  } catch {
    // The server cannot be reached: ask less often, and continue when it is back.
    interval = Math.min(interval * 2, MAX_INTERVAL_MS);
  }
  polling = false;
  timer = setTimeout(poll, document.hidden ? Math.max(interval, HIDDEN_INTERVAL_MS) : interval);
}

async function showStates(ids, rows, answer) {
  if (noWorker) noWorker.hidden = answer.worker_answers;
  const states = new Map(answer.songs.map((song) => [song.id, song]));
  for (const id of ids) {
    const row = rows.get(id);
    const state = states.get(id);
    if (!state) {
      // Deleted on another page.
      if (row && "reload" in row.dataset) return location.reload();
      row?.remove();
      finish({ id, status: "deleted" });
      continue;
    }
    if (row) await showState(row, state);
    if (state.over) finish(state);
  }
}

async function showState(row, state) {
  setText(row.querySelector("[data-text]"), state.text);
  setText(row.querySelector("[data-time-left]"), state.left);
  showProgress(row.querySelector("[data-progress]"), state);
  if (state.status === row.dataset.status) return;
  row.dataset.status = state.status;
  if (!state.over) return;
  announce(`${state.title}: ${state.mood ?? state.text}`);
  if ("reload" in row.dataset) return location.reload();
  delete row.dataset.unfinished;
  await refreshRow(row, state.card);
}

function finish(state) {
  tracked.delete(state.id);
  document.dispatchEvent(new CustomEvent("song-finished", { detail: state }));
}

function showUnderway({ count, queued, text }, askedAt) {
  setRemaining({ onServer: count, askedAt });
  if (!underway) return;
  underway.dataset.queueStatus = count;
  underway.hidden = !count;
  setText(underway.querySelector("[data-text]"), text);
  underway.querySelector("form").hidden = queued < 2;
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function showProgress(bar, state) {
  if (!bar) return;
  if (state.percent !== null) bar.value = state.percent;
  else if (state.status === "queued") bar.value = 0;
  else bar.removeAttribute("value");
}

// Cancel and Retry of a row work without leaving the page, on which uploads may be running.
document.addEventListener("submit", async (event) => {
  const row = event.target.closest("[data-song][data-card]");
  if (!row) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: new FormData(event.target),
    redirect: "manual",
  }).catch(() => null);
  // A redirect is success. Anything else is an error page, which the user has to see.
  if (answer?.type !== "opaqueredirect") return event.target.submit();
  const fresh = await refreshRow(row, row.dataset.card);
  if (fresh && "unfinished" in fresh.dataset)
    document.dispatchEvent(new CustomEvent("song-requeued", { detail: { id: fresh.dataset.song } }));
  watch();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) watch(true);
});
// htmx has replaced a part of the page, which may have other rows.
document.addEventListener("htmx:afterSettle", () => watch());
if (underway?.dataset.queueStatus) setRemaining({ onServer: Number(underway.dataset.queueStatus) });
watch();
