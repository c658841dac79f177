// The playhead over waveform, moods and spectrogram. Click, drag and keys seek.

import { formatTime } from "./format_time.js";
import {
  duration,
  follow,
  moodAt,
  nextPassageStart,
  player,
  position,
  previousPassageStart,
  seek,
  toggle,
} from "./player.js";

const STEPS_S = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
// A vertical swipe scrolls the page. On touch screens, only a tap or a horizontal move seeks.
const SWIPE_PX = 8;

const find = (name) => player.querySelector(`[data-${name}]`);
const field = find("field");
const scrubber = find("scrub");
const playhead = find("playhead");
const ghost = find("ghost");
const ghostLabel = find("ghost-label");
let scrubbing = false;
let startX = 0;
let announcedSecond = -1;

for (const part of [scrubber, playhead]) part.hidden = false;

function show(seconds) {
  playhead.style.transform = `translateX(${(seconds / duration) * field.clientWidth}px)`;
  // Screen readers get at most one update per second.
  const second = Math.floor(seconds);
  if (second === announcedSecond) return;
  announcedSecond = second;
  scrubber.setAttribute("aria-valuenow", seconds.toFixed(1));
  scrubber.setAttribute("aria-valuetext", `${formatTime(seconds)} of ${formatTime(duration)}: ${moodAt(seconds)}`);
}

function secondsAt(event) {
  const box = field.getBoundingClientRect();
  return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * duration;
}

// Time and mood under the pointer.
function showGhost(event) {
  const seconds = secondsAt(event);
  const x = (seconds / duration) * field.clientWidth;
  ghost.hidden = false;
  ghost.style.transform = `translateX(${x}px)`;
  ghost.classList.toggle("to-left", x > field.clientWidth / 2);
  ghostLabel.textContent = `${formatTime(seconds)} ${moodAt(seconds)}`;
}

follow(show);
new ResizeObserver(() => show(position())).observe(field);

scrubber.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  scrubbing = true;
  startX = event.clientX;
  scrubber.setPointerCapture(event.pointerId);
  if (event.pointerType !== "touch") seek(secondsAt(event));
});
scrubber.addEventListener("pointermove", (event) => {
  if (event.pointerType === "mouse" || scrubbing) showGhost(event);
  if (!scrubbing || (event.pointerType === "touch" && Math.abs(event.clientX - startX) < SWIPE_PX)) return;
  startX = Infinity;
  seek(secondsAt(event));
});
scrubber.addEventListener("pointerup", (event) => {
  if (scrubbing) seek(secondsAt(event));
  scrubbing = false;
  ghost.hidden = event.pointerType !== "mouse";
});
scrubber.addEventListener("pointercancel", () => {
  scrubbing = false;
  ghost.hidden = true;
});
scrubber.addEventListener("pointerleave", () => (ghost.hidden = true));

scrubber.addEventListener("keydown", (event) => {
  if (event.shiftKey && event.key === "ArrowRight") seek(nextPassageStart(position()));
  else if (event.shiftKey && event.key === "ArrowLeft") seek(previousPassageStart(position()));
  else if (event.key in STEPS_S) seek(position() + STEPS_S[event.key]);
  else if (event.key === "Home") seek(0);
  else if (event.key === "End") seek(duration);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});
