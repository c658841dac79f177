// The bar at the bottom of the page: the song, its position, and the buttons.

import { formatTime } from "../format_time.js";
import { Panel } from "./panel.js";
import { SEEK_S } from "./playback.js";
import { saveVolume } from "./store.js";
import { gettext } from "../texts.js";

const REPEAT_LABELS = {
  off: gettext("Repeat: off"),
  all: gettext("Repeat: all songs"),
  one: gettext("Repeat: this song"),
};

export function connectBar(bar, songs, playback) {
  const find = (name) => bar.querySelector(`[data-${name}]`);
  const [seek, volume] = [find("seek"), find("volume")];
  let shown = null;
  let dragging = false;

  function showSong() {
    const song = songs.current;
    if (!song || song === shown) return;
    shown = song;
    find("title").textContent = song.title;
    find("song-link").href = song.page;
    find("artist").textContent = song.artist;
    find("mood").textContent = song.mood?.name ?? "";
    find("swatch").setAttribute(
      "class",
      `swatch ${song.mood?.css ?? "open"}${song.mood?.certain === false ? " unsure" : ""}`,
    );
    const cover = find("cover");
    cover.hidden = !song.cover;
    if (song.cover) cover.src = song.cover;
    find("swatch").toggleAttribute("hidden", Boolean(song.cover));
  }

  function showModes() {
    find("shuffle").setAttribute("aria-pressed", String(songs.shuffled));
    find("repeat").setAttribute("aria-pressed", String(songs.repeat !== "off"));
    find("repeat").setAttribute("aria-label", REPEAT_LABELS[songs.repeat]);
    find("repeat").dataset.repeat = songs.repeat;
    find("next").disabled = songs.neighbour(1) === null;
  }

  function showPlaying() {
    bar.classList.toggle("playing", playback.playing);
    find("play-pause").setAttribute("aria-label", playback.playing ? gettext("Pause") : gettext("Play"));
  }

  function showTime() {
    const { position, duration } = playback;
    find("duration").textContent = duration ? formatTime(duration) : "";
    if (dragging) return;
    showSeek(position, duration);
  }

  function showSeek(position, duration) {
    find("position").textContent = formatTime(position);
    seek.max = Math.max(1, Math.floor(duration));
    seek.value = Math.floor(position);
    seek.setAttribute(
      "aria-valuetext",
      gettext("%(position)s of %(duration)s", { position: formatTime(position), duration: formatTime(duration) }),
    );
  }

  songs.addEventListener("change", () => {
    showSong();
    showModes();
  });
  playback.addEventListener("change", showPlaying);
  playback.addEventListener("time", showTime);

  find("play-pause").addEventListener("click", () => playback.toggle());
  find("previous").addEventListener("click", () => playback.previous());
  find("next").addEventListener("click", () => playback.next());
  find("shuffle").addEventListener("click", () => songs.toggleShuffle());
  find("repeat").addEventListener("click", () => songs.cycleRepeat());

  seek.addEventListener("input", () => {
    dragging = true;
    showSeek(Number(seek.value), playback.duration);
  });
  seek.addEventListener("change", () => {
    dragging = false;
    playback.seek(Number(seek.value));
  });
  // Five seconds at a time, instead of one.
  seek.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -SEEK_S, ArrowDown: -SEEK_S, ArrowRight: SEEK_S, ArrowUp: SEEK_S }[event.key];
    if (!step) return;
    event.preventDefault();
    playback.seekBy(step);
  });

  volume.value = playback.audio.volume;
  volume.addEventListener("input", () => {
    playback.audio.volume = Number(volume.value);
    saveVolume(playback.audio.volume);
  });

  // What else lies at the bottom of the window keeps clear of the bar.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--player-height", `${bar.offsetHeight}px`);
  }).observe(bar);

  new Panel(bar, songs, playback);
  showSong();
  showModes();
  showPlaying();
  showTime();
}
