// The songs that were chosen on the map: told, listed, heard, compared, and opened in the history.

import { Playlist } from "./playlist.js";
import { box, text, within } from "./outline.js";

const LISTED = 100;
// As many as the server takes.
const MOST_SENT = 500;
const MOST_KEPT = 3000;

export class Selection {
  constructor(map, songs) {
    Object.assign(this, { map, songs });
    this.part = (name) => map.querySelector(`[data-${name}]`);
    this.announcer = document.querySelector("[data-announcer]");
    this.changed = () => {};
    this.pointed = () => {};
    // The question that the history asks to show the same songs; null where there is none.
    this.question = null;
    this.outline = [];
    this.playlist = new Playlist(this.part("player"), (index) => this.audioAddress(index), songs);
    this.listen();
  }

  listen() {
    for (const button of this.map.querySelectorAll("[data-region]")) {
      button.addEventListener("click", () => this.boxed(button.dataset.region.split(" ").map(Number)));
    }
    this.part("range-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      const [v1, v2, a1, a2] = ["valence_from", "valence_to", "arousal_from", "arousal_to"].map((name) =>
        Number(form.get(name)),
      );
      this.boxed([Math.min(v1, v2), Math.max(v1, v2), Math.min(a1, a2), Math.max(a1, a2)]);
    });
    this.part("clear").addEventListener("click", () => {
      this.clear();
      this.part("over").focus();
    });
    this.part("play").addEventListener("click", () => this.playlist.play(this.songs.chosenOnes, 0));
    this.part("found").addEventListener("click", ({ target }) => {
      const play = target.closest("[data-play-song]");
      if (play) this.playlist.play(this.songs.chosenOnes, this.songs.chosenOnes.indexOf(Number(play.dataset.playSong)));
    });
    for (const event of ["pointerover", "focusin"]) {
      this.part("found").addEventListener(event, ({ target }) => {
        this.pointed(Number(target.closest("[data-index]")?.dataset.index ?? -1));
      });
    }
    this.part("found").addEventListener("pointerleave", () => this.pointed(-1));
  }

  drawn(outline, add) {
    const alone = !add || !this.songs.chosen.includes(1);
    this.songs.choose(within(outline), add);
    this.settle(outline, alone ? { area: text(outline) } : null);
  }

  boxed(bounds) {
    const [valence_from, valence_to, arousal_from, arousal_to] = bounds;
    this.songs.choose(box(bounds), false);
    const corners = [
      [valence_from, arousal_from],
      [valence_to, arousal_from],
      [valence_to, arousal_to],
      [valence_from, arousal_to],
    ];
    this.settle(corners, { valence_from, valence_to, arousal_from, arousal_to });
  }

  toggle(index) {
    this.songs.chosen[index] ^= 1;
    this.settle([], null);
  }

  clear() {
    if (!this.songs.chosen.includes(1) && !this.outline.length) return;
    this.songs.letGo();
    this.settle([], null);
  }

  settle(outline, question) {
    Object.assign(this, { outline, question });
    this.show();
    this.changed(outline);
    this.announce(this.part("count").textContent);
  }

  announce(words) {
    this.announcer.textContent = words;
  }

  show() {
    const chosen = this.songs.chosenOnes;
    const count = chosen.length;
    this.part("count").textContent = count
      ? `${count.toLocaleString("en")} song${count === 1 ? "" : "s"} chosen`
      : "No songs chosen";
    this.part("found-part").hidden = !count;
    const library = this.part("open-library");
    library.hidden = !this.question;
    if (this.question) library.href = `${this.map.dataset.library}?${this.asked(this.question)}`;
    const compare = this.part("open-compare");
    compare.hidden = count !== 2;
    if (count === 2) {
      const [a, b] = chosen.map((index) => this.songs.song(index).id);
      compare.href = `${this.map.dataset.compare}?${new URLSearchParams({ a, b })}`;
    }
    this.fillForm(chosen);
    this.part("found").replaceChildren(...chosen.slice(0, LISTED).map((index) => this.row(index)));
    const more = this.part("more");
    more.hidden = count <= LISTED;
    more.textContent = `and ${(count - LISTED).toLocaleString("en")} more`;
  }

  // What is done with many songs at once is asked by a question, or for those that were chosen one by one.
  fillForm(chosen) {
    const form = this.part("bulk-form");
    const whole = Boolean(this.question);
    this.part("bulk").hidden = !whole && chosen.length > MOST_SENT;
    form.elements.query.value = whole ? this.asked(this.question) : this.map.dataset.query;
    const fields = whole
      ? [["all", "yes"]]
      : chosen.slice(0, MOST_SENT).map((index) => ["song", this.songs.song(index).id]);
    this.part("bulk-songs").replaceChildren(
      ...fields.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })),
    );
  }

  // The map's own question, and for this part of the plane besides.
  asked(question) {
    const query = new URLSearchParams(this.map.dataset.query);
    for (const [name, value] of Object.entries(question)) {
      // The ends of the scale bound nothing.
      if (value === 1 || value === 9) continue;
      const kept = query.has(name) ? Number(query.get(name)) : null;
      if (kept === null || name === "area") query.set(name, value);
      else query.set(name, name.endsWith("_from") ? Math.max(kept, value) : Math.min(kept, value));
    }
    return query;
  }

  row(index) {
    const { title, artist, mood } = this.songs.song(index);
    const row = document.createElement("li");
    row.dataset.index = index;
    const mark = this.map.querySelector(`[data-legend] .mood-${mood.css}`).cloneNode(true);
    mark.classList.toggle("open", !mood.certain);
    const link = Object.assign(document.createElement("a"), { href: this.songAddress(index), textContent: title });
    const facts = Object.assign(document.createElement("span"), { className: "soft small" });
    facts.textContent = artist ? `${mood.name} · ${artist}` : mood.name;
    const play = Object.assign(document.createElement("button"), {
      type: "button",
      className: "plain small",
      textContent: "Play",
    });
    play.dataset.playSong = index;
    play.setAttribute("aria-label", `Play ${title}`);
    row.append(mark, link, facts, play);
    return row;
  }

  songAddress(index) {
    return this.address(this.map.dataset.song, index);
  }

  audioAddress(index) {
    return this.address(this.map.dataset.audio, index);
  }

  address(pattern, index) {
    return pattern.replace("00000000-0000-0000-0000-000000000000", this.songs.song(index).id);
  }

  kept() {
    const ids = this.songs.chosenOnes.slice(0, MOST_KEPT).map((index) => this.songs.rows[index][0]);
    return { ids, outline: this.outline, question: this.question };
  }

  take({ ids, outline, question }) {
    const wanted = new Set(ids);
    this.songs.rows.forEach(([id], index) => {
      this.songs.chosen[index] = wanted.has(id) ? 1 : 0;
    });
    this.outline = outline;
    this.question = question;
    this.show();
    this.changed(outline);
  }
}
