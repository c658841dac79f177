// The player at the bottom of every page. It plays the queue of this tab, and goes on with it on the next page.

import { connectBar } from "./queue/bar.js";
import { connectMediaSession } from "./queue/media_session.js";
import { playOneSound } from "./queue/one_sound.js";
import { Playback } from "./queue/playback.js";
import { owner, resumed, saved } from "./queue/resume.js";
import { Songs } from "./queue/songs.js";
import { connectStart } from "./queue/start.js";
import * as store from "./queue/store.js";

const root = document.documentElement;
const songs = new Songs();
const playback = new Playback(songs);
let noted = "";

playOneSound(playback);
connectMediaSession(songs, playback);
connectStart({
  start: (list, index) => {
    songs.replace(list, index);
    playback.go(songs.index);
  },
  note,
});
songs.addEventListener("change", () => {
  root.toggleAttribute("data-has-queue", songs.length > 0);
  if (!songs.length) return store.forget();
  store.saveSongs(songs.list);
  saveState();
});
playback.addEventListener("change", saveState);
playback.addEventListener("note", ({ detail }) => note(detail));

// On the page that was left, and on one that the browser kept for its back button.
addEventListener("pagehide", () => {
  if (!songs.length) return;
  saveState();
  if (playback.playing) store.leaveHandover();
  playback.pause();
});
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  restore(store.load(owner), store.handedOver());
  store.clearHandover();
});
addEventListener("visibilitychange", saveState);

if (resumed) {
  songs.restore(saved);
  playback.adopt(resumed);
} else restore(saved, false);
// Not before this page can leave a note of its own.
store.clearHandover();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showBar);
else showBar();

function showBar() {
  connectBar(document.querySelector("[data-bar]"), songs, playback);
  note(noted);
}

function restore(queue, play) {
  if (!queue) return songs.clear();
  songs.restore(queue);
  playback.load({ position: queue.position, play });
}

function saveState() {
  const { index, shuffled, repeat } = songs;
  if (songs.length) store.saveState({ owner, index, shuffled, repeat, position: playback.position });
}

// Kept until the page has its element.
function note(text) {
  noted = text;
  const element = document.querySelector("[data-player-note]");
  if (element && element.textContent !== text) element.textContent = text;
}
