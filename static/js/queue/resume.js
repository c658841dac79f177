// The first thing on every page: plays on where the page before was left. Loaded by itself, so that it waits for nothing.

import { handedOver, load, savedVolume } from "./store.js";

export const owner = document.querySelector("script[data-queue-owner]").dataset.queueOwner;
export const audio = new Audio();
// The queue that the tab has, or null.
export const saved = load(owner);
audio.volume = savedVolume();

// Fulfilled once the sound is back, rejected if the browser does not allow it; null where nothing played.
export const resumed = handedOver() && saved ? playOn(saved) : null;

function playOn({ list, index, position }) {
  audio.src = list[index].audio;
  audio.currentTime = position;
  const started = audio.play();
  // Playback says so; here it only must not count as an error of the page.
  started.catch(() => {});
  return started;
}
