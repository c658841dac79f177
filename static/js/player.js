// The audio player of a song's page. Links with data-passage play a part of the song; other modules follow its position.

import { formatTime } from "./format_time.js";
import { gettext } from "./texts.js";

export const player = document.querySelector("[data-player]");
const find = (name) => player.querySelector(`[data-${name}]`);
export const audio = find("audio");
const playButton = find("play");
// From the decoder: for some formats, browsers only estimate the duration.
export const duration = Number(player.dataset.duration) || 1;

const followers = [];
let stopAt = null;

// The passages cover the whole song without overlap, each with the name of its mood.
const passages = [...player.querySelectorAll("[data-passages] tr")].map((row) => {
  const link = row.querySelector("[data-passage]");
  const mood = row.querySelector("[data-mood]").textContent.replace(/\s+/g, " ").trim();
  return { link, start: Number(link.dataset.start), end: Number(link.dataset.end), mood };
});
let currentLink = null;

// The link that started playback, until something else does.
let activeLink = null;

if ("mediaSession" in navigator) {
  const { title, artist } = player.dataset;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist });
}

audio.controls = false;
audio.hidden = true;
find("controls").hidden = false;

const passageAt = (seconds) => passages.find(({ start, end }) => seconds >= start && seconds < end) ?? passages.at(-1);

export const moodAt = (seconds) => passageAt(seconds)?.mood ?? "";

export const nextPassageStart = (seconds) => passages.find(({ start }) => start > seconds + 0.05)?.start ?? duration;
// Within the first second of a passage, this is the start of the one before, as in music players.
export const previousPassageStart = (seconds) => passages.findLast(({ start }) => start < seconds - 1)?.start ?? 0;

export const position = () => Math.min(audio.currentTime, duration);

// Calls `follower` with the position in seconds, now and whenever it changes.
export function follow(follower) {
  followers.push(follower);
  follower(position());
}

export function seek(seconds) {
  stopAt = null;
  activate(null);
  audio.currentTime = Math.min(Math.max(seconds, 0), duration);
  update();
}

export function toggle() {
  if (audio.paused) audio.play().catch(showError);
  else audio.pause();
}

function activate(link) {
  activeLink?.classList.remove("playing-now");
  activeLink = link;
}

function update() {
  const seconds = position();
  const passage = passageAt(seconds);
  find("time").textContent = formatTime(seconds);
  find("now").textContent = passage?.mood ?? "";
  if (currentLink !== passage?.link) currentLink?.classList.remove("playing-now");
  currentLink = passage?.link;
  currentLink?.classList.toggle("playing-now", !audio.paused);
  activeLink?.classList.toggle("playing-now", !audio.paused);
  for (const follower of followers) follower(seconds);
}

function animate() {
  if (stopAt !== null && audio.currentTime >= stopAt) {
    stopAt = null;
    audio.pause();
    activate(null);
  }
  update();
  if (!audio.paused) requestAnimationFrame(animate);
}

function showError(error) {
  if (error?.name === "AbortError") return;
  find("error").hidden = false;
}

playButton.addEventListener("click", toggle);
find("volume").addEventListener("input", (event) => (audio.volume = Number(event.target.value)));
audio.addEventListener("error", showError);
for (const name of ["play", "pause", "ended"]) {
  audio.addEventListener(name, () => {
    player.classList.toggle("playing", !audio.paused);
    playButton.setAttribute("aria-label", audio.paused ? gettext("Play") : gettext("Pause"));
    animate();
  });
}
audio.addEventListener("seeked", update);
audio.addEventListener("timeupdate", () => audio.paused && update());

// On the document: some links are added later.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-passage]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  // A second click pauses, a third one resumes.
  if (activeLink === link) return toggle();
  seek(Number(link.dataset.start));
  activate(link);
  stopAt = Number(link.dataset.end);
  audio.play().catch(showError);
});
update();
