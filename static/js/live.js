// Keeps songs that are on their way up to date: their words and bars in place, their whole row when they change state.

import { remaining } from "./title.js";

const EVERY_MS = 1000;
const SLOWEST_MS = 15000;
// Their ids stand in the address, which servers take up to some length.
const AT_ONCE = 100;

const line = document.querySelector("[data-underway]");
const announcer = document.querySelector("[data-announcer]");
const noWorker = document.querySelector("[data-no-worker]");
let timer = 0;
let pause = EVERY_MS;
let shown = false;
let turn = 0;
let asking = false;

const unfinished = () => [...document.querySelectorAll("[data-unfinished][data-song]")];
// Songs on their way that this page has no row for are in its line about all of them.
const others = () => line && Number(line.dataset.underway) > 0;
const sends = () => document.querySelector("[data-sending]:not([hidden])");

export function announce(text) {
  if (announcer) announcer.textContent = text;
}

// The row as the server draws it, in the place of the one that stands there.
export async function renew(row, address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const frame = document.createElement("template");
  frame.innerHTML = await response.text();
  const fresh = frame.content.querySelector("[data-song]");
  if (!fresh) return;
  const focused = row.contains(document.activeElement);
  row.replaceWith(fresh);
  if (focused) fresh.querySelector("a")?.focus();
}

// Soon, unless that is planned already; `now`, whatever is planned.
export function watch(now = false) {
  if (asking || (timer && pause === EVERY_MS && !now)) return;
  clearTimeout(timer);
  pause = EVERY_MS;
  timer = unfinished().length || others() ? setTimeout(look, 150) : 0;
}

// Of more rows than can be asked for at once, others each time.
function some(rows) {
  if (rows.length <= AT_ONCE) return rows;
  const first = (AT_ONCE * turn++) % rows.length;
  return [...rows, ...rows].slice(first, first + AT_ONCE);
}

async function look() {
  timer = 0;
  const rows = some(unfinished());
  const list = document.querySelector("[data-states]");
  if (!list || (!rows.length && !others())) return;
  asking = true;
  try {
    const ids = rows.map((row) => row.dataset.song).join(",");
    const asked = performance.now();
    const response = await fetch(`${list.dataset.states}?ids=${ids}`, { headers: { Accept: "application/json" } });
    // Signed out: the page asks to sign in again, unless files are on their way, which say it themselves.
    if ((response.redirected || response.status === 403) && !sends()) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    showUnderway(answer.underway, asked);
    await show(rows, answer);
    // The list had room for some of them only: the next ones. Once, since there may be none that it can show.
    if (rows.length) shown = true;
    else if (shown && line.dataset.renews && others() && !unfinished().length && !sends()) return location.reload();
    pause = EVERY_MS;
  } catch {
    // The server or the way to it is away: ask less and less often, and go on when it is back.
    pause = Math.min(pause * 2, SLOWEST_MS);
  }
  asking = false;
  timer = setTimeout(look, document.hidden ? Math.max(pause, 5000) : pause);
}

async function show(rows, answer) {
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
    const text = row.querySelector("[data-text]");
    if (text && text.textContent !== state.text) text.textContent = state.text;
    const left = row.querySelector("[data-left]");
    if (left && left.textContent !== state.left) left.textContent = state.left;
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

function showUnderway({ count, queued, text }, asked) {
  remaining({ there: count, asked });
  if (!line) return;
  line.dataset.underway = count;
  line.hidden = !count;
  line.querySelector("[data-text]").textContent = text;
  line.querySelector("form").hidden = queued < 2;
}

function showProgress(bar, state) {
  if (!bar) return;
  if (state.percent !== null) bar.value = state.percent;
  else if (state.status === "queued") bar.value = 0;
  else bar.removeAttribute("value");
}

// Cancelling and retrying without leaving the page, on which other songs may still be on their way.
document.addEventListener("submit", async (event) => {
  const row = event.target.closest("[data-song][data-card]");
  if (!row) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: new FormData(event.target),
    redirect: "manual",
  }).catch(() => null);
  // A redirection is what the form would have followed; anything else is for the person to see.
  if (answer?.type !== "opaqueredirect") return event.target.submit();
  await renew(row, row.dataset.card);
  watch();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) watch(true);
});
// Where a part of the page was drawn anew, there may be other rows to watch.
document.addEventListener("htmx:afterSettle", () => watch());
if (line?.dataset.underway) remaining({ there: Number(line.dataset.underway) });
watch();
