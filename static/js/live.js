// Keeps songs that are on their way up to date: their words and bars in place, their whole row when they change state.

const EVERY_MS = 1000;
const SLOWEST_MS = 15000;
const AT_ONCE = 200;

const list = document.querySelector("[data-states]");
const announcer = document.querySelector("[data-announcer]");
const noWorker = document.querySelector("[data-no-worker]");
let timer = 0;
let pause = EVERY_MS;

const unfinished = () => [...document.querySelectorAll("[data-unfinished][data-song]")];

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

export function watch() {
  clearTimeout(timer);
  pause = EVERY_MS;
  if (unfinished().length) timer = setTimeout(look, 150);
}

async function look() {
  const rows = unfinished().slice(0, AT_ONCE);
  if (!rows.length) return;
  try {
    const ids = rows.map((row) => row.dataset.song).join(",");
    const response = await fetch(`${list.dataset.states}?ids=${ids}`, { headers: { Accept: "application/json" } });
    if (response.redirected || response.status === 403) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    await show(rows, await response.json());
    pause = EVERY_MS;
  } catch {
    // The server or the way to it is away: ask less and less often, and go on when it is back.
    pause = Math.min(pause * 2, SLOWEST_MS);
  }
  clearTimeout(timer);
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
  if (!document.hidden) watch();
});
watch();
