// Plays two songs with one playhead. Switching between them keeps the position and, if wanted, the loudness.

import { formatTime } from "./format_time.js";
import { gettext } from "./texts.js";

const STEPS_S = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };

const section = document.querySelector("[data-compare]");
const find = (name) => section.querySelector(`[data-${name}]`);
const stretched = "stretched" in section.dataset;
const axisLength = Number(section.dataset.length) || 1;
const songs = Object.fromEntries(
  [...section.querySelectorAll("[data-audio]")].map((audio) => [
    audio.dataset.audio,
    { audio, duration: Number(audio.dataset.duration) || 1, gain: Number(audio.dataset.gain ?? 1) },
  ]),
);
const songButtons = [...section.querySelectorAll("[data-listen-to]")];
const [playButton, scrubber, playhead, overlay] = ["play", "scrub", "playhead", "over"].map(find);
const levelCheckbox = find("level");
let current = songs.A;
let scrubbing = false;

for (const { audio } of Object.values(songs)) audio.closest("p").hidden = true;
for (const part of [find("controls"), scrubber, playhead]) part.hidden = false;

// A position on the axis is a second, or, if both songs are stretched to one length, a fraction of the song.
const positionOf = (song) =>
  stretched ? (song.audio.currentTime / song.duration) * axisLength : song.audio.currentTime;
const secondsAt = (song, position) => {
  const seconds = stretched ? (position / axisLength) * song.duration : position;
  return Math.min(Math.max(seconds, 0), song.duration);
};
const letterOf = (song) => (song === songs.A ? "A" : "B");

function show() {
  const position = Math.min(positionOf(current), axisLength);
  const time = formatTime(current.audio.currentTime);
  playhead.style.transform = `translateX(${(position / axisLength) * overlay.clientWidth}px)`;
  find("time").textContent = time;
  scrubber.setAttribute("aria-valuenow", position.toFixed(1));
  scrubber.setAttribute("aria-valuetext", `${time} in ${letterOf(current)}`);
}

function animate() {
  show();
  if (!current.audio.paused) requestAnimationFrame(animate);
}

function showError(error) {
  if (error?.name !== "AbortError") find("error").hidden = false;
}

function setLevels() {
  for (const { audio, gain } of Object.values(songs)) audio.volume = levelCheckbox?.checked ? gain : 1;
}

function seek(position) {
  current.audio.currentTime = secondsAt(current, position);
  show();
}

function toggle() {
  if (current.audio.paused) current.audio.play().catch(showError);
  else current.audio.pause();
}

function switchTo(letter) {
  const next = songs[letter];
  if (!next || next === current) return;
  const [previous, playing] = [current, !current.audio.paused];
  next.audio.currentTime = secondsAt(next, positionOf(previous));
  current = next;
  for (const button of songButtons) button.setAttribute("aria-pressed", String(button.dataset.listenTo === letter));
  if (playing) {
    next.audio
      .play()
      .catch(showError)
      .finally(() => previous.audio.pause());
  }
  show();
}

for (const { audio } of Object.values(songs)) {
  audio.addEventListener("error", showError);
  audio.addEventListener("seeked", show);
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      if (audio !== current.audio) return;
      section.classList.toggle("playing", !audio.paused);
      playButton.setAttribute("aria-label", audio.paused ? gettext("Play") : gettext("Pause"));
      animate();
    });
  }
}
playButton.addEventListener("click", toggle);
levelCheckbox?.addEventListener("change", setLevels);
for (const button of songButtons) button.addEventListener("click", () => switchTo(button.dataset.listenTo));
new ResizeObserver(show).observe(overlay);

const positionAt = (event) => {
  const box = overlay.getBoundingClientRect();
  return ((event.clientX - box.left) / box.width) * axisLength;
};
scrubber.addEventListener("pointerdown", (event) => {
  scrubbing = true;
  scrubber.setPointerCapture(event.pointerId);
  seek(positionAt(event));
});
scrubber.addEventListener("pointermove", (event) => scrubbing && seek(positionAt(event)));
for (const name of ["pointerup", "pointercancel"]) scrubber.addEventListener(name, () => (scrubbing = false));

scrubber.addEventListener("keydown", (event) => {
  if (event.key in STEPS_S) seek(positionOf(current) + STEPS_S[event.key]);
  else if (event.key === "Home") seek(0);
  else if (event.key === "End") seek(axisLength);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});
// Only with the focus in this section: elsewhere, single letters are commands of screen readers.
section.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.toUpperCase();
  if (letter in songs) switchTo(letter);
});
setLevels();
show();
