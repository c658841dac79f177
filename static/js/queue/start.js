// Starts the queue: buttons with `data-play` name the address of a queue, buttons with `data-play-from` a song of the
// queue around them (`data-queue`), and forms with songs are sent to the address of their Play button.

import { gettext } from "../texts.js";

let handlers = null;

export function connectStart({ start, note }) {
  handlers = { start, note };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-play-queue], [data-play-from]");
    if (!button) return;
    // The player itself has the address of all songs.
    const list = button.closest("[data-queue]") ?? document.querySelector("[data-bar]");
    play(button.dataset.playQueue ?? list.dataset.queue, { from: button.dataset.playFrom });
  });
  // In the bubbling phase: the page first adds songs that are selected elsewhere.
  document.addEventListener("submit", (event) => {
    const address = event.submitter?.dataset.playSelection;
    if (address === undefined) return;
    event.preventDefault();
    play(address, { form: new FormData(event.target, event.submitter) });
  });
}

// Fetches a queue and plays it, from the song with this id or from its beginning.
export async function play(address, { from = null, form = null } = {}) {
  const url = new URL(address, location.href);
  const options = { headers: { Accept: "application/json" } };
  if (form) {
    if (from) form.set("from", from);
    Object.assign(options, { method: "POST", body: form });
  } else if (from) url.searchParams.set("from", from);
  try {
    const response = await fetch(url, options);
    // Signed out: reload, which leads to the sign-in page.
    if (response.redirected) return location.reload();
    const answer = await response.json();
    if (!response.ok) return handlers.note(answer.error.message);
    if (!answer.songs.length) return handlers.note(gettext("There is no song to play here."));
    handlers.start(answer.songs, answer.start);
  } catch {
    handlers.note(gettext("The server does not answer. Try again."));
  }
}
