// Two songs, one playhead: what is heard changes over at the same place, at the same loudness if one likes.

const section = document.querySelector("[data-compare]");
const find = (name) => section.querySelector(`[data-${name}]`);
const stretched = "stretched" in section.dataset;
const length = Number(section.dataset.length) || 1;
const songs = Object.fromEntries(
  [...section.querySelectorAll("[data-audio]")].map((audio) => [
    audio.dataset.audio,
    { audio, duration: Number(audio.dataset.duration) || 1, gain: Number(audio.dataset.gain ?? 1) },
  ]),
);
const hearButtons = [...section.querySelectorAll("[data-hear]")];
const [play, scrub, playhead, over] = ["play", "scrub", "playhead", "over"].map(find);
const level = find("level");
let heard = songs.A;
let scrubbing = false;

for (const { audio } of Object.values(songs)) audio.closest("p").hidden = true;
for (const part of [find("controls"), scrub, playhead]) part.hidden = false;

// On the axis a place is a second, or, where both are stretched, a part of the song on an axis of the same length.
const placeOf = (song) => (stretched ? (song.audio.currentTime / song.duration) * length : song.audio.currentTime);
const secondAt = (song, place) => {
  const second = stretched ? (place / length) * song.duration : place;
  return Math.min(Math.max(second, 0), song.duration);
};

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function letterOf(song) {
  return song === songs.A ? "A" : "B";
}

function show() {
  const place = Math.min(placeOf(heard), length);
  playhead.style.transform = `translateX(${(place / length) * over.clientWidth}px)`;
  find("time").textContent = clock(heard.audio.currentTime);
  scrub.setAttribute("aria-valuenow", place.toFixed(1));
  scrub.setAttribute("aria-valuetext", `${clock(heard.audio.currentTime)} in ${letterOf(heard)}`);
}

function frame() {
  show();
  if (!heard.audio.paused) requestAnimationFrame(frame);
}

function trouble(error) {
  if (error?.name !== "AbortError") find("trouble").hidden = false;
}

function setLevels() {
  for (const { audio, gain } of Object.values(songs)) audio.volume = level?.checked ? gain : 1;
}

function seek(place) {
  heard.audio.currentTime = secondAt(heard, place);
  show();
}

function toggle() {
  if (heard.audio.paused) heard.audio.play().catch(trouble);
  else heard.audio.pause();
}

function hear(letter) {
  const next = songs[letter];
  if (!next || next === heard) return;
  const [before, playing] = [heard, !heard.audio.paused];
  next.audio.currentTime = secondAt(next, placeOf(before));
  heard = next;
  for (const button of hearButtons) button.setAttribute("aria-pressed", String(button.dataset.hear === letter));
  if (playing)
    next.audio
      .play()
      .catch(trouble)
      .finally(() => before.audio.pause());
  show();
}

for (const { audio } of Object.values(songs)) {
  audio.addEventListener("error", trouble);
  audio.addEventListener("seeked", show);
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      if (audio !== heard.audio) return;
      section.classList.toggle("playing", !audio.paused);
      play.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
      frame();
    });
  }
}
play.addEventListener("click", toggle);
level?.addEventListener("change", setLevels);
for (const button of hearButtons) button.addEventListener("click", () => hear(button.dataset.hear));
new ResizeObserver(show).observe(over);

const placeAt = (event) => {
  const box = over.getBoundingClientRect();
  return ((event.clientX - box.left) / box.width) * length;
};
scrub.addEventListener("pointerdown", (event) => {
  scrubbing = true;
  scrub.setPointerCapture(event.pointerId);
  seek(placeAt(event));
});
scrub.addEventListener("pointermove", (event) => scrubbing && seek(placeAt(event)));
for (const name of ["pointerup", "pointercancel"]) scrub.addEventListener(name, () => (scrubbing = false));

const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
scrub.addEventListener("keydown", (event) => {
  if (event.key in steps) seek(placeOf(heard) + steps[event.key]);
  else if (event.key === "Home") seek(0);
  else if (event.key === "End") seek(length);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});
// Only with the focus here: single letters are commands of screen readers elsewhere.
section.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.toUpperCase();
  if (letter in songs) hear(letter);
});
setLevels();
show();
