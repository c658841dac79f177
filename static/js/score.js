// One playhead over wave, moods and spectrogram: a click or a drag goes there, and so do the keys.

import { clock } from "./clock.js";
import { duration, follow, moodAt, now, passageAfter, passageBefore, player, seek, toggle } from "./player.js";

const find = (name) => player.querySelector(`[data-${name}]`);
const field = find("field");
const scrub = find("scrub");
const playhead = find("playhead");
const ghost = find("ghost");
const words = find("ghost-words");
// A finger that goes up or down scrolls the page: it goes to a place of the song by a tap, or by moving sideways.
const SIDEWAYS_PX = 8;
let scrubbing = false;
let from = 0;
let told = -1;

for (const part of [scrub, playhead]) part.hidden = false;

function show(seconds) {
  playhead.style.transform = `translateX(${(seconds / duration) * field.clientWidth}px)`;
  // Once a second is often enough for whoever has it read aloud.
  const mark = Math.floor(seconds);
  if (mark === told) return;
  told = mark;
  scrub.setAttribute("aria-valuenow", seconds.toFixed(1));
  scrub.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(duration)}: ${moodAt(seconds)}`);
}

function secondsAt(event) {
  const box = field.getBoundingClientRect();
  return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * duration;
}

// What lies under the pointer, before it is gone to.
function hint(event) {
  const seconds = secondsAt(event);
  const x = (seconds / duration) * field.clientWidth;
  ghost.hidden = false;
  ghost.style.transform = `translateX(${x}px)`;
  ghost.classList.toggle("to-left", x > field.clientWidth / 2);
  words.textContent = `${clock(seconds)} ${moodAt(seconds)}`;
}

follow(show);
new ResizeObserver(() => show(now())).observe(field);

scrub.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  scrubbing = true;
  from = event.clientX;
  scrub.setPointerCapture(event.pointerId);
  if (event.pointerType !== "touch") seek(secondsAt(event));
});
scrub.addEventListener("pointermove", (event) => {
  if (event.pointerType === "mouse" || scrubbing) hint(event);
  if (!scrubbing || (event.pointerType === "touch" && Math.abs(event.clientX - from) < SIDEWAYS_PX)) return;
  from = Infinity;
  seek(secondsAt(event));
});
scrub.addEventListener("pointerup", (event) => {
  if (scrubbing) seek(secondsAt(event));
  scrubbing = false;
  ghost.hidden = event.pointerType !== "mouse";
});
scrub.addEventListener("pointercancel", () => {
  scrubbing = false;
  ghost.hidden = true;
});
scrub.addEventListener("pointerleave", () => (ghost.hidden = true));

const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
scrub.addEventListener("keydown", (event) => {
  if (event.shiftKey && event.key === "ArrowRight") seek(passageAfter(now()));
  else if (event.shiftKey && event.key === "ArrowLeft") seek(passageBefore(now()));
  else if (event.key in steps) seek(now() + steps[event.key]);
  else if (event.key === "Home") seek(0);
  else if (event.key === "End") seek(duration);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});
