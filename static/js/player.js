// The player: one sound for the whole page, passages that play with a click, and word to whoever follows the time.

import { clock } from "./clock.js";

export const player = document.querySelector("[data-player]");
const find = (name) => player.querySelector(`[data-${name}]`);
export const audio = find("audio");
const play = find("play");
// What browsers say of the length is a guess for some formats; what was decoded is none.
export const duration = Number(player.dataset.duration) || 1;

const followers = [];
let stopAt = null;

// Passages that cover the song once, each with its mood in words.
const moods = [...player.querySelectorAll("[data-passages] tr")].map((line) => {
  const link = line.querySelector("[data-passage]");
  const name = line.querySelector("[data-mood]").textContent.replace(/\s+/g, " ").trim();
  return { link, start: Number(link.dataset.start), end: Number(link.dataset.end), name };
});
let current = null;

// The link that was followed last, as long as nothing else was asked for.
let chosen = null;

if ("mediaSession" in navigator) {
  const { title, artist } = player.dataset;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist });
}

audio.controls = false;
audio.hidden = true;
find("controls").hidden = false;

const entryAt = (seconds) => moods.find(({ start, end }) => seconds >= start && seconds < end) ?? moods.at(-1);

export const moodAt = (seconds) => entryAt(seconds)?.name ?? "";

// Where the mood changes next, and where it last did; shortly after a change the one before is meant.
export const passageAfter = (seconds) => moods.find(({ start }) => start > seconds + 0.05)?.start ?? duration;
export const passageBefore = (seconds) => moods.findLast(({ start }) => start < seconds - 1)?.start ?? 0;

export const now = () => Math.min(audio.currentTime, duration);

export function follow(follower) {
  followers.push(follower);
  follower(now());
}

export function seek(seconds) {
  stopAt = null;
  choose(null);
  audio.currentTime = Math.min(Math.max(seconds, 0), duration);
  tell();
}

export function toggle() {
  if (audio.paused) audio.play().catch(trouble);
  else audio.pause();
}

function choose(link) {
  chosen?.classList.remove("playing-now");
  chosen = link;
}

function tell() {
  const seconds = now();
  const entry = entryAt(seconds);
  find("time").textContent = clock(seconds);
  find("now").textContent = entry?.name ?? "";
  if (current !== entry?.link) current?.classList.remove("playing-now");
  current = entry?.link;
  current?.classList.toggle("playing-now", !audio.paused);
  chosen?.classList.toggle("playing-now", !audio.paused);
  for (const follower of followers) follower(seconds);
}

function frame() {
  if (stopAt !== null && audio.currentTime >= stopAt) {
    stopAt = null;
    audio.pause();
    choose(null);
  }
  tell();
  if (!audio.paused) requestAnimationFrame(frame);
}

function trouble(error) {
  if (error?.name === "AbortError") return;
  find("trouble").hidden = false;
}

play.addEventListener("click", toggle);
find("volume").addEventListener("input", (event) => (audio.volume = Number(event.target.value)));
audio.addEventListener("error", trouble);
for (const name of ["play", "pause", "ended"]) {
  audio.addEventListener(name, () => {
    player.classList.toggle("playing", !audio.paused);
    play.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    frame();
  });
}
audio.addEventListener("seeked", tell);
audio.addEventListener("timeupdate", () => audio.paused && tell());

// Whatever on the page names a stretch of the song plays it, also what was added later.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-passage]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  // A second click pauses what the first one began, and a third goes on.
  if (chosen === link) return toggle();
  seek(Number(link.dataset.start));
  choose(link);
  stopAt = Number(link.dataset.end);
  audio.play().catch(trouble);
});
tell();
