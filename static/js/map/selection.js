// The selected songs: count, list, playlist, comparison, bulk actions and the link to the history.

import { Playlist } from "./playlist.js";
import { moodText } from "./tooltip.js";
import { box, outlineText, within } from "./outline.js";

const MAX_LISTED = 100;
// The limit of the server.
const MAX_SENT = 500;
const MAX_SAVED = 3000;

export class Selection {
  constructor(map, songs) {
    Object.assign(this, { map, songs });
    this.part = (name) => map.querySelector(`[data-${name}]`);
    this.announcer = document.querySelector("[data-announcer]");
    this.changed = () => {};
    this.highlight = () => {};
    // The filter with which the history shows the same songs; null if there is none.
    this.filter = null;
    this.outline = [];
    this.playlist = new Playlist(this.part("player"), (index) => this.audioAddress(index), songs);
    this.listen();
  }

  listen() {
    for (const button of this.map.querySelectorAll("[data-region]")) {
      button.addEventListener("click", () => this.selectBox(button.dataset.region.split(" ").map(Number)));
    }
    this.part("range-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      const [v1, v2, a1, a2] = ["valence_from", "valence_to", "arousal_from", "arousal_to"].map((name) =>
        Number(form.get(name)),
      );
      this.selectBox([Math.min(v1, v2), Math.max(v1, v2), Math.min(a1, a2), Math.max(a1, a2)]);
    });
    this.part("clear").addEventListener("click", () => {
      this.clear();
      this.part("over").focus();
    });
    this.part("play").addEventListener("click", () => this.playlist.play(this.songs.selectedIndexes, 0));
    this.part("selected-songs").addEventListener("click", ({ target }) => {
      const play = target.closest("[data-play-song]");
      if (play)
        this.playlist.play(
          this.songs.selectedIndexes,
          this.songs.selectedIndexes.indexOf(Number(play.dataset.playSong)),
        );
    });
    for (const event of ["pointerover", "focusin"]) {
      this.part("selected-songs").addEventListener(event, ({ target }) => {
        this.highlight(Number(target.closest("[data-index]")?.dataset.index ?? -1));
      });
    }
    this.part("selected-songs").addEventListener("pointerleave", () => this.highlight(-1));
  }

  selectOutline(outline, add) {
    const onlyOutline = !add || !this.songs.selected.includes(1);
    this.songs.select(within(outline), add);
    this.update(outline, onlyOutline ? { area: outlineText(outline) } : null);
  }

  selectBox(bounds) {
    const [valence_from, valence_to, arousal_from, arousal_to] = bounds;
    this.songs.select(box(bounds), false);
    const corners = [
      [valence_from, arousal_from],
      [valence_to, arousal_from],
      [valence_to, arousal_to],
      [valence_from, arousal_to],
    ];
    this.update(corners, { valence_from, valence_to, arousal_from, arousal_to });
  }

  toggle(index) {
    this.songs.selected[index] ^= 1;
    this.update([], null);
  }

  clear() {
    if (!this.songs.selected.includes(1) && !this.outline.length) return;
    this.songs.clear();
    this.update([], null);
  }

  update(outline, filter) {
    Object.assign(this, { outline, filter });
    this.show();
    this.changed(outline);
    this.announce(this.part("count").textContent);
  }

  announce(text) {
    this.announcer.textContent = text;
  }

  show() {
    const selected = this.songs.selectedIndexes;
    const count = selected.length;
    this.part("count").textContent = count
      ? `${count.toLocaleString("en")} song${count === 1 ? "" : "s"} selected`
      : "No songs selected";
    this.part("selected").hidden = !count;
    const library = this.part("open-library");
    library.hidden = !this.filter;
    if (this.filter) library.href = `${this.map.dataset.library}?${this.queryFor(this.filter)}`;
    const compare = this.part("open-compare");
    compare.hidden = count !== 2;
    if (count === 2) {
      const [a, b] = selected.map((index) => this.songs.song(index).id);
      compare.href = `${this.map.dataset.compare}?${new URLSearchParams({ a, b })}`;
    }
    this.fillForm(selected);
    this.part("selected-songs").replaceChildren(...selected.slice(0, MAX_LISTED).map((index) => this.row(index)));
    const more = this.part("more");
    more.hidden = count <= MAX_LISTED;
    more.textContent = `and ${(count - MAX_LISTED).toLocaleString("en")} more`;
  }

  // Bulk actions send the filter, or the ids of songs that were selected one by one.
  fillForm(selected) {
    const form = this.part("bulk-form");
    const byFilter = Boolean(this.filter);
    this.part("bulk").hidden = !byFilter && selected.length > MAX_SENT;
    form.elements.query.value = byFilter ? this.queryFor(this.filter) : this.map.dataset.query;
    const fields = byFilter
      ? [["all", "yes"]]
      : selected.slice(0, MAX_SENT).map((index) => ["song", this.songs.song(index).id]);
    this.part("bulk-songs").replaceChildren(
      ...fields.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })),
    );
  }

  // The filter of the map, narrowed to this part of the plane.
  queryFor(filter) {
    const query = new URLSearchParams(this.map.dataset.query);
    for (const [name, value] of Object.entries(filter)) {
      // 1 and 9 are the ends of the scale: no limit.
      if (value === 1 || value === 9) continue;
      const current = query.has(name) ? Number(query.get(name)) : null;
      if (current === null || name === "area") query.set(name, value);
      else query.set(name, name.endsWith("_from") ? Math.max(current, value) : Math.min(current, value));
    }
    return query;
  }

  row(index) {
    const { title, artist, mood } = this.songs.song(index);
    const row = document.createElement("li");
    row.dataset.index = index;
    const mark = this.map.querySelector(`[data-legend] .mood-${mood.css}`).cloneNode(true);
    mark.classList.toggle("open", !mood.certain);
    const link = Object.assign(document.createElement("a"), {
      href: this.songAddress(index),
      textContent: title,
      dir: "auto",
    });
    const facts = Object.assign(document.createElement("span"), { className: "soft small" });
    facts.textContent = artist ? `${moodText(mood)} · ${artist}` : moodText(mood);
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

  state() {
    const ids = this.songs.selectedIndexes.slice(0, MAX_SAVED).map((index) => this.songs.rows[index][0]);
    return { ids, outline: this.outline, filter: this.filter };
  }

  restore({ ids, outline, filter }) {
    const saved = new Set(ids);
    this.songs.rows.forEach(([id], index) => {
      this.songs.selected[index] = saved.has(id) ? 1 : 0;
    });
    this.outline = outline;
    this.filter = filter;
    this.show();
    this.changed(outline);
  }
}
