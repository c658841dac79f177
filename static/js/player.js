// The player: one playhead over moods and spectrogram, passages that play with a click, keys that seek.

const player = document.querySelector("[data-player]");
const find = (name) => player.querySelector(`[data-${name}]`);
const audio = find("audio");
const controls = find("controls");
const play = find("play");
const scrub = find("scrub");
const playhead = find("playhead");
const field = find("field");
const passages = [...player.querySelectorAll("[data-passage]")].map((link) => ({
  link,
  start: Number(link.dataset.start),
  end: Number(link.dataset.end),
  name: link.dataset.name,
}));
// What browsers say of the length is a guess for some formats; what was decoded is none.
const duration = Number(player.dataset.duration) || 1;
let stopAt = null;
let scrubbing = false;

audio.controls = false;
audio.hidden = true;
for (const part of [controls, scrub, playhead]) part.hidden = false;

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function show() {
  const now = Math.min(audio.currentTime, duration);
  playhead.style.transform = `translateX(${(now / duration) * field.clientWidth}px)`;
  find("time").textContent = clock(now);
  scrub.setAttribute("aria-valuenow", now.toFixed(1));
  scrub.setAttribute("aria-valuetext", `${clock(now)} of ${clock(duration)}`);
  let current = "";
  for (const passage of passages) {
    const here = now >= passage.start && now < passage.end;
    passage.link.classList.toggle("playing-now", here && !audio.paused);
    if (here) current = passage.name;
  }
  find("now").textContent = current.replace(/^\S+ /, "").replace(/, \d+ %$/, "");
}

function frame() {
  if (stopAt !== null && audio.currentTime >= stopAt) {
    stopAt = null;
    audio.pause();
  }
  show();
  if (!audio.paused) requestAnimationFrame(frame);
}

function seek(seconds) {
  stopAt = null;
  audio.currentTime = Math.min(Math.max(seconds, 0), duration);
  show();
}

function toggle() {
  if (audio.paused) audio.play().catch(trouble);
  else audio.pause();
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
audio.addEventListener("seeked", show);
audio.addEventListener("timeupdate", () => audio.paused && show());
new ResizeObserver(show).observe(field);

for (const passage of passages) {
  passage.link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    seek(passage.start);
    stopAt = passage.end;
    audio.play().catch(trouble);
  });
}

const secondsAt = (event) => {
  const box = field.getBoundingClientRect();
  return ((event.clientX - box.left) / box.width) * duration;
};
scrub.addEventListener("pointerdown", (event) => {
  scrubbing = true;
  scrub.setPointerCapture(event.pointerId);
  seek(secondsAt(event));
});
scrub.addEventListener("pointermove", (event) => scrubbing && seek(secondsAt(event)));
for (const name of ["pointerup", "pointercancel"]) scrub.addEventListener(name, () => (scrubbing = false));

const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
scrub.addEventListener("keydown", (event) => {
  if (event.key in steps) seek(audio.currentTime + steps[event.key]);
  else if (event.key === "Home") seek(0);
  else if (event.key === "End") seek(duration);
  else if (event.key === " " || event.key === "Enter") toggle();
  else return;
  event.preventDefault();
});
show();
