// Polls the status of unfinished songs. Updates text and progress in place, and replaces a row when its song is done.

import { remaining } from "./title.js";

const POLL_MS = 1000;
const MAX_POLL_MS = 15_000;
const HIDDEN_POLL_MS = 5000;
// Ids are part of the URL, whose length servers limit.
const MAX_IDS = 100;

const queueStatus = document.querySelector("[data-queue-status]");
const announcer = document.querySelector("[data-announcer]");
const noWorker = document.querySelector("[data-no-worker]");
let timer = 0;
let interval = POLL_MS;
let hadRows = false;
let round = 0;
let polling = false;

const unfinishedRows = () => [...document.querySelectorAll("[data-unfinished][data-song]")];
// The queue status counts all unfinished songs, with or without a row on this page.
const hasUnfinishedSongs = () => queueStatus && Number(queueStatus.dataset.queueStatus) > 0;
const isUploading = () => document.querySelector("[data-sending]:not([hidden])");

// Screen readers read this aloud.
export function announce(text) {
  if (announcer) announcer.textContent = text;
}

// Replaces a row with the one that the server renders.
export async function renew(row, address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const newRow = template.content.querySelector("[data-song]");
  if (!newRow) return;
  const focused = row.contains(document.activeElement);
  row.replaceWith(newRow);
  if (focused) newRow.querySelector("a")?.focus();
}

// Polls soon, unless a poll is due soon anyway. `now` ignores the backoff.
export function watch(now = false) {
  if (polling || (timer && interval === POLL_MS && !now)) return;
  clearTimeout(timer);
  interval = POLL_MS;
  timer = unfinishedRows().length || hasUnfinishedSongs() ? setTimeout(poll, 150) : 0;
}

// With more rows than one request can ask for, each poll takes the next ones.
function nextBatch(rows) {
  if (rows.length <= MAX_IDS) return rows;
  const first = (MAX_IDS * round++) % rows.length;
  return [...rows, ...rows].slice(first, first + MAX_IDS);
}

async function poll() {
  timer = 0;
  const rows = nextBatch(unfinishedRows());
  const list = document.querySelector("[data-states]");
  if (!list || (!rows.length && !hasUnfinishedSongs())) return;
  polling = true;
  try {
    const ids = rows.map((row) => row.dataset.song).join(",");
    const requestedAt = performance.now();
    const response = await fetch(`${list.dataset.states}?ids=${ids}`, { headers: { Accept: "application/json" } });
    // Signed out: reload, which leads to the sign-in page. Running uploads report it themselves.
    if ((response.redirected || response.status === 403) && !isUploading()) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    showQueueStatus(answer.underway, requestedAt);
    await showRows(rows, answer);
    // All rows are done, but not all songs: reload once for the next rows. There may be songs without a row, so only once.
    if (rows.length) hadRows = true;
    else if (
      hadRows &&
      queueStatus.dataset.refreshes &&
      hasUnfinishedSongs() &&
      !unfinishedRows().length &&
      !isUploading()
    ) {
      return location.reload();
    }
    interval = POLL_MS;
  } catch {
    // No answer: back off.
    interval = Math.min(interval * 2, MAX_POLL_MS);
  }
  polling = false;
  timer = setTimeout(poll, document.hidden ? Math.max(interval, HIDDEN_POLL_MS) : interval);
}

async function showRows(rows, answer) {
  if (noWorker) noWorker.hidden = answer.worker_answers;
  const states = new Map(answer.songs.map((song) => [song.id, song]));
  for (const row of rows) {
    const state = states.get(row.dataset.song);
    if (!state) {
      // Deleted elsewhere.
      if ("reload" in row.dataset) return location.reload();
      row.remove();
      continue;
    }
    setText(row.querySelector("[data-text]"), state.text);
    setText(row.querySelector("[data-time-left]"), state.left);
    showProgress(row.querySelector("[data-progress]"), state);
    if (state.status === row.dataset.status) continue;
    row.dataset.status = state.status;
    if (!state.over) continue;
    announce(`${state.title}: ${state.mood ?? state.text}`);
    if ("reload" in row.dataset) return location.reload();
    delete row.dataset.unfinished;
    await renew(row, state.card);
  }
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function showQueueStatus({ count, queued, text }, requestedAt) {
  remaining({ there: count, asked: requestedAt });
  if (!queueStatus) return;
  queueStatus.dataset.queueStatus = count;
  queueStatus.hidden = !count;
  queueStatus.querySelector("[data-text]").textContent = text;
  queueStatus.querySelector("form").hidden = queued < 2;
}

function showProgress(bar, state) {
  if (!bar) return;
  if (state.percent !== null) bar.value = state.percent;
  else if (state.status === "queued") bar.value = 0;
  else bar.removeAttribute("value");
}

// Cancel and Retry work without leaving the page, on which files may still be uploading.
document.addEventListener("submit", async (event) => {
  const row = event.target.closest("[data-song][data-card]");
  if (!row) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: new FormData(event.target),
    redirect: "manual",
  }).catch(() => null);
  // The server redirects after success. Anything else is for the user to see.
  if (answer?.type !== "opaqueredirect") return event.target.submit();
  await renew(row, row.dataset.card);
  watch();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) watch(true);
});
// htmx replaced a part of the page: there may be new rows.
document.addEventListener("htmx:afterSettle", () => watch());
if (queueStatus?.dataset.queueStatus) remaining({ there: Number(queueStatus.dataset.queueStatus) });
watch();
