// Plays the selected songs one after another.

export class Playlist {
  constructor(element, address, songs) {
    Object.assign(this, { element, address, songs });
    this.audio = element.querySelector("audio");
    this.title = element.querySelector("[data-playing]");
    this.queue = [];
    this.place = 0;
    this.failed = 0;
    element.querySelector("[data-previous]").addEventListener("click", () => this.go(this.place - 1));
    element.querySelector("[data-next]").addEventListener("click", () => this.go(this.place + 1));
    this.audio.addEventListener("ended", () => this.go(this.place + 1));
    this.audio.addEventListener("playing", () => {
      this.failed = 0;
    });
    // Skips a song that cannot be played, and stops if none can.
    this.audio.addEventListener("error", () => {
      this.failed += 1;
      if (this.failed < this.queue.length && this.place + 1 < this.queue.length) this.go(this.place + 1);
      else this.title.textContent = `“${this.songs.song(this.queue[this.place]).title}” cannot be played.`;
    });
  }

  play(queue, place) {
    this.queue = queue;
    this.failed = 0;
    this.element.hidden = false;
    this.go(place);
  }

  go(place) {
    if (place < 0 || place >= this.queue.length) return;
    this.place = place;
    const { title, artist } = this.songs.song(this.queue[place]);
    this.title.textContent = `${place + 1} of ${this.queue.length}: ${title}${artist ? ` by ${artist}` : ""}`;
    this.element.querySelector("[data-previous]").disabled = place === 0;
    this.element.querySelector("[data-next]").disabled = place === this.queue.length - 1;
    this.audio.src = this.address(this.queue[place]);
    // Some browsers block playback until the user presses the play button of the audio element.
    this.audio.play().catch(() => {});
  }
}
