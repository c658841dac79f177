// The sound of the queue: plays the current song, goes on to the next, skips what the browser cannot play. Events:
// "change" for playing and paused, "time" for the position, "note" with a sentence for the user.

import { audio as element } from "./resume.js";
import { gettext } from "../texts.js";

export const SEEK_S = 5;
// Previous goes back to the start of a song that has played for longer.
const RESTART_S = 3;

export class Playback extends EventTarget {
  audio = element;
  #songs;
  #failed = 0;
  // The id of the song whose audio is loaded.
  #loaded = null;
  // By the browser, which may want a click on each page before it plays sound.
  #stopped = false;

  constructor(songs) {
    super();
    this.#songs = songs;
    for (const name of ["play", "pause"]) this.audio.addEventListener(name, () => this.#tell("change"));
    for (const name of ["timeupdate", "seeked", "durationchange"]) {
      this.audio.addEventListener(name, () => this.#tell("time"));
    }
    this.audio.addEventListener("playing", () => {
      this.#failed = 0;
      if (this.#stopped) this.#note("");
      this.#stopped = false;
    });
    this.audio.addEventListener("ended", () => this.#follow());
    this.audio.addEventListener("error", () => this.#skip());
  }

  get playing() {
    return !this.audio.paused;
  }

  get position() {
    return Math.min(this.audio.currentTime, this.duration || Infinity);
  }

  // From the decoder: for some formats, browsers only estimate it.
  get duration() {
    return this.#songs.current?.duration_s || this.audio.duration || 0;
  }

  // Loads the current song, which plays at once or when the user asks for it.
  load({ position = 0, play = false } = {}) {
    const song = this.#songs.current;
    this.audio.preload = play ? "auto" : "none";
    this.#loaded = song?.id ?? null;
    if (!song) {
      this.audio.removeAttribute("src");
      this.audio.load();
      return;
    }
    this.audio.src = song.audio;
    if (position) this.audio.currentTime = position;
    if (play) this.play();
    this.#tell("time");
    this.#tell("change");
  }

  // The current song plays already: `started` is the promise of its audio element.
  adopt(started) {
    this.#loaded = this.#songs.current.id;
    this.#watch(started);
    // What happened before anybody listened.
    if (this.audio.error) return this.#skip();
    if (this.audio.ended) return this.#follow();
    this.audio.dispatchEvent(new Event("play"));
    this.#tell("time");
    this.#tell("change");
  }

  play() {
    if (this.#loaded === null) return;
    // Once more: the server may answer again.
    if (this.audio.error) return this.load({ play: true });
    this.#watch(this.audio.play());
  }

  #watch(started) {
    started.catch((error) => {
      if (error.name !== "NotAllowedError") return;
      this.#stopped = true;
      this.#note(gettext("The browser stopped the sound. Press Play to go on."));
      this.#tell("change");
    });
  }

  pause() {
    this.audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(seconds) {
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.duration);
    this.#tell("time");
  }

  seekBy(seconds) {
    this.seek(this.position + seconds);
  }

  // At the end of the queue, the song that plays just goes on.
  next() {
    const index = this.#songs.neighbour(1);
    if (index !== null) this.go(index);
  }

  previous() {
    const index = this.#songs.neighbour(-1);
    if (this.position > RESTART_S || index === null) this.seek(0);
    else this.go(index);
  }

  go(index, { play = true } = {}) {
    this.#note("");
    this.#songs.go(index);
    this.load({ play });
  }

  #follow() {
    const index = this.#songs.following;
    if (index !== null) return this.go(index);
    // The queue is over: Play starts it again.
    this.go(0, { play: false });
  }

  // Songs are skipped until one can be played, or none is left.
  #skip() {
    const { current, length } = this.#songs;
    if (!current) return;
    this.#failed += 1;
    const index = this.#songs.neighbour(1);
    if (this.#failed >= length || index === null) {
      this.#note(gettext("“%(title)s” cannot be played.", current));
      this.pause();
      return;
    }
    this.go(index);
    this.#note(gettext("“%(title)s” cannot be played and was skipped.", current));
  }

  #note(text) {
    this.dispatchEvent(new CustomEvent("note", { detail: text }));
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
