// The selected songs: count, list, queue of the player, comparison, bulk actions and the link to the history.

import { play } from "../queue/start.js";
import { Songs } from "./songs.js";
import { moodText } from "./tooltip.js";
import { box, outlineText, within } from "./outline.js";
import { gettext, grouped, ngettext } from "../texts.js";

const MAX_LISTED = 100;
// The limit of the server.
const MAX_SENT = 500;
const MAX_SAVED = 3000;

export class Selection {
  // `load` fetches the songs of a filter; used where the map draws a sample, so that all songs of an outline count.
  constructor(map, songs, load) {
    Object.assign(this, { map, songs, load });
    this.part = (name) => map.querySelector(`[data-${name}]`);
    this.announcer = document.querySelector("[data-announcer]");
    this.changed = () => {};
    this.highlight = () => {};
    // The filter with which the history shows the same songs; null if there is none.
    this.filter = null;
    this.outline = [];
    // The selected songs: indexes, or of a sample the songs themselves, which need not be drawn. There may be more.
    this.list = [];
    this.count = 0;
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
    this.part("play").addEventListener("click", () => this.play());
    this.part("selected-songs").addEventListener("click", ({ target }) => {
      const button = target.closest("[data-play-song]");
      if (button) this.play(this.song(this.list[Number(button.dataset.playSong)]).id);
    });
    for (const event of ["pointerover", "focusin"]) {
      this.part("selected-songs").addEventListener(event, ({ target }) => {
        const entry = this.list[Number(target.closest("[data-place]")?.dataset.place ?? -1)];
        this.highlight(entry === undefined ? -1 : this.indexOf(entry));
      });
    }
    this.part("selected-songs").addEventListener("pointerleave", () => this.highlight(-1));
  }

  selectOutline(outline, add) {
    const filter = { area: outlineText(outline) };
    if (this.songs.partial) return this.ask(outline, filter);
    const onlyOutline = !add || !this.songs.selected.includes(1);
    this.songs.select(within(outline), add);
    this.update(outline, onlyOutline ? filter : null);
  }

  selectBox(bounds) {
    const [valence_from, valence_to, arousal_from, arousal_to] = bounds;
    const filter = { valence_from, valence_to, arousal_from, arousal_to };
    const corners = [
      [valence_from, arousal_from],
      [valence_to, arousal_from],
      [valence_to, arousal_to],
      [valence_from, arousal_to],
    ];
    if (this.songs.partial) return this.ask(corners, filter);
    this.songs.select(box(bounds), false);
    this.update(corners, filter);
  }

  toggle(index) {
    if (this.songs.partial) return this.toggleDrawn(index);
    this.songs.selected[index] ^= 1;
    this.update([], null);
  }

  // Songs of a sample are selected one by one, or by an outline.
  toggleDrawn(index) {
    const song = this.songs.song(index);
    const others = this.filter ? [] : this.list.filter(({ id }) => id !== song.id);
    const list = this.songs.selected[index] && !this.filter ? others : [...others, song];
    this.choose([], null, list, list.length);
  }

  clear() {
    if (!this.count && !this.outline.length) return;
    if (this.songs.partial) return this.choose([], null, [], 0);
    this.songs.clear();
    this.update([], null);
  }

  update(outline, filter) {
    const list = this.songs.selectedIndexes;
    this.choose(outline, filter, list, list.length);
  }

  choose(outline, filter, list, count) {
    Object.assign(this, { outline, filter, list, count });
    this.mark();
    this.show();
    this.changed(outline);
    this.announce(this.part("count").textContent);
  }

  // The server counts the songs of an outline, and names the newest of them.
  async ask(outline, filter) {
    Object.assign(this, { outline, filter, list: [] });
    this.mark();
    this.changed(outline);
    try {
      const found = new Songs(await this.load(filter, { newest: "yes" }));
      // Another selection came in between.
      if (this.filter !== filter) return;
      const list = Array.from({ length: found.count }, (_, index) => found.song(index));
      this.choose(outline, filter, list, found.total);
    } catch (error) {
      if (this.filter === filter) this.choose([], null, [], 0);
      this.announce(gettext("The songs could not be counted. Select them again."));
      console.warn(error);
    }
  }

  // Of a sample: marks the songs that are drawn and selected.
  mark() {
    const { songs, filter, list } = this;
    if (!songs.partial) return;
    songs.clear();
    if (filter) songs.select(filter.area ? within(this.outline) : box(Object.values(filter)), false);
    else for (const { id } of list) if (songs.indexOf(id) >= 0) songs.selected[songs.indexOf(id)] = 1;
  }

  announce(text) {
    this.announcer.textContent = text;
  }

  show() {
    const { list, count } = this;
    this.part("count").textContent = count
      ? ngettext("%(count)s song selected", "%(count)s songs selected", count)
      : gettext("No songs selected");
    this.part("selected").hidden = !count;
    const library = this.part("open-library");
    library.hidden = !this.filter;
    if (this.filter) library.href = `${this.map.dataset.library}?${this.queryFor(this.filter)}`;
    const compare = this.part("open-compare");
    compare.hidden = count !== 2;
    if (count === 2) {
      const [a, b] = list.map((entry) => this.song(entry).id);
      compare.href = `${this.map.dataset.compare}?${new URLSearchParams({ a, b })}`;
    }
    this.fillForm();
    this.part("selected-songs").replaceChildren(
      ...list.slice(0, MAX_LISTED).map((entry, place) => this.row(entry, place)),
    );
    const more = this.part("more");
    more.hidden = count <= MAX_LISTED;
    more.textContent = gettext("and %(count)s more", { count: grouped(count - MAX_LISTED) });
  }

  song(entry) {
    return typeof entry === "number" ? this.songs.song(entry) : entry;
  }

  indexOf(entry) {
    return typeof entry === "number" ? entry : this.songs.indexOf(entry.id);
  }

  // Bulk actions send the filter, or the ids of songs that were selected one by one.
  fillForm() {
    const form = this.part("bulk-form");
    const byFilter = Boolean(this.filter);
    this.part("bulk").hidden = !byFilter && this.count > MAX_SENT;
    form.elements.query.value = byFilter ? this.queryFor(this.filter) : this.map.dataset.query;
    const fields = byFilter
      ? [["all", "yes"]]
      : this.list.slice(0, MAX_SENT).map((entry) => ["song", this.song(entry).id]);
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

  row(entry, place) {
    const { title, artist, mood } = this.song(entry);
    const row = document.createElement("li");
    row.dataset.place = place;
    const mark = this.map.querySelector(`[data-legend] .mood-${mood.css}`).cloneNode(true);
    mark.classList.toggle("open", !mood.certain);
    const link = Object.assign(document.createElement("a"), {
      href: this.songAddress(entry),
      textContent: title,
      dir: "auto",
    });
    const facts = Object.assign(document.createElement("span"), { className: "soft small" });
    facts.textContent = artist ? `${moodText(mood)} · ${artist}` : moodText(mood);
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "plain small",
      textContent: gettext("Play"),
    });
    button.dataset.playSong = place;
    button.setAttribute("aria-label", gettext("Play %(title)s", { title }));
    row.append(mark, link, facts, button);
    return row;
  }

  songAddress(entry) {
    return this.map.dataset.song.replace("00000000-0000-0000-0000-000000000000", this.song(entry).id);
  }

  // As bulk actions do: the songs of the filter, or those that were selected one by one.
  play(from = null) {
    play(this.map.dataset.queue, { form: new FormData(this.part("bulk-form")), from });
  }

  state() {
    const { outline, filter, list, songs } = this;
    if (songs.partial) return { outline, filter, songs: filter ? [] : list };
    const ids = songs.selectedIndexes.slice(0, MAX_SAVED).map((index) => songs.rows[index][0]);
    return { ids, outline, filter };
  }

  restore({ ids, outline, filter, songs }) {
    if (this.songs.partial) {
      if (filter) this.ask(outline, filter);
      else this.choose([], null, songs, songs.length);
      return;
    }
    const saved = new Set(ids);
    this.songs.rows.forEach(([id], index) => {
      this.songs.selected[index] = saved.has(id) ? 1 : 0;
    });
    this.update(outline, filter);
  }
}
