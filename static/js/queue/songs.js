// The songs that are played one after another: their order, and which one is next.

export const REPEATS = ["off", "all", "one"];

export class Songs extends EventTarget {
  list = [];
  index = 0;
  shuffled = false;
  repeat = "off";

  get current() {
    return this.list[this.index] ?? null;
  }

  get length() {
    return this.list.length;
  }

  // Each song keeps its place in the list it comes from, so that shuffling can be undone.
  replace(list, index) {
    this.list = list.map((song, place) => ({ ...song, place }));
    this.index = index;
    if (this.shuffled) this.#shuffle();
    this.#changed();
  }

  restore({ list, index, shuffled, repeat }) {
    Object.assign(this, { list, index, shuffled, repeat });
    this.#changed();
  }

  go(index) {
    this.index = index;
    this.#changed();
  }

  // The index of the song before or after the current one, or null where there is none.
  neighbour(step) {
    const index = this.index + step;
    if (index >= 0 && index < this.length) return index;
    return this.repeat === "all" && this.length ? (index + this.length) % this.length : null;
  }

  // What follows when a song has ended by itself.
  get following() {
    return this.repeat === "one" ? this.index : this.neighbour(1);
  }

  move(from, to) {
    const { current } = this;
    this.list.splice(to, 0, ...this.list.splice(from, 1));
    this.index = this.list.indexOf(current);
    this.#changed();
  }

  // Returns whether it was the current song; the one after it is then the current one.
  remove(index) {
    const wasCurrent = index === this.index;
    this.list.splice(index, 1);
    if (index < this.index || this.index >= this.length) this.index = Math.max(0, this.index - 1);
    this.#changed();
    return wasCurrent;
  }

  clear() {
    this.list = [];
    this.index = 0;
    this.#changed();
  }

  toggleShuffle() {
    const { current } = this;
    this.shuffled = !this.shuffled;
    if (this.shuffled) this.#shuffle();
    else {
      this.list.sort((one, other) => one.place - other.place);
      this.index = Math.max(0, this.list.indexOf(current));
    }
    this.#changed();
  }

  cycleRepeat() {
    this.repeat = REPEATS[(REPEATS.indexOf(this.repeat) + 1) % REPEATS.length];
    this.#changed();
  }

  // The current song first, then all others in random order (Fisher and Yates).
  #shuffle() {
    const { current } = this;
    const others = this.list.filter((song) => song !== current);
    for (let last = others.length - 1; last > 0; last--) {
      const other = Math.floor(Math.random() * (last + 1));
      [others[last], others[other]] = [others[other], others[last]];
    }
    this.list = current ? [current, ...others] : others;
    this.index = 0;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
