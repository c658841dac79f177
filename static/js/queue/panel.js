// The list of the queue: choose, reorder, remove and clear songs.

import { gettext, ngettext } from "../texts.js";

const find = (root, name) => root.querySelector(`[data-${name}]`);

export class Panel {
  #panel;
  #toggle;
  #songs;
  #playback;

  constructor(bar, songs, playback) {
    this.#panel = find(bar, "panel");
    this.#toggle = find(bar, "toggle-panel");
    this.#songs = songs;
    this.#playback = playback;
    this.#toggle.addEventListener("click", () => this.#show(this.#panel.hidden));
    find(this.#panel, "clear-queue").addEventListener("click", () => this.#clear());
    find(this.#panel, "queue-songs").addEventListener("click", ({ target }) => this.#act(target.closest("button")));
    bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#panel.hidden) return;
      this.#show(false);
      this.#toggle.focus();
    });
    songs.addEventListener("change", () => {
      if (!this.#panel.hidden) this.#render();
    });
  }

  #show(open) {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.#render();
    this.#row(this.#songs.index)?.scrollIntoView({ block: "center" });
  }

  #row(index) {
    return find(this.#panel, "queue-songs").children[index];
  }

  #render() {
    const { list, index, length } = this.#songs;
    find(this.#panel, "queue-count").textContent = ngettext("%(count)s song", "%(count)s songs", length);
    const template = find(this.#panel, "queue-row");
    find(this.#panel, "queue-songs").replaceChildren(
      ...list.map((song, place) => {
        const row = template.content.cloneNode(true).firstElementChild;
        find(row, "row-title").textContent = song.title;
        find(row, "row-artist").textContent = song.artist;
        if (place === index) find(row, "choose").setAttribute("aria-current", "true");
        for (const [name, text] of [
          ["up", gettext("Move up: %(title)s", song)],
          ["down", gettext("Move down: %(title)s", song)],
          ["remove", gettext("Remove: %(title)s", song)],
        ]) {
          find(row, name).setAttribute("aria-label", text);
        }
        find(row, "up").disabled = place === 0;
        find(row, "down").disabled = place === length - 1;
        return row;
      }),
    );
  }

  #act(button) {
    if (!button) return;
    const index = [...find(this.#panel, "queue-songs").children].indexOf(button.closest("li"));
    if ("choose" in button.dataset) {
      this.#playback.go(index);
      find(this.#row(index), "choose").focus();
    } else if ("remove" in button.dataset) this.#remove(index);
    else this.#move(index, "up" in button.dataset ? -1 : 1);
  }

  // The focus stays on the same button of the same song, so that it can be pressed again.
  #move(index, step) {
    this.#songs.move(index, index + step);
    const row = this.#row(index + step);
    const [button, other] = step < 0 ? ["up", "down"] : ["down", "up"];
    (find(row, button).disabled ? find(row, other) : find(row, button)).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  #remove(index) {
    const { playing } = this.#playback;
    const wasCurrent = this.#songs.remove(index);
    if (!this.#songs.length) return this.#clear();
    if (wasCurrent) this.#playback.load({ play: playing });
    find(this.#row(Math.min(index, this.#songs.length - 1)), "remove").focus();
  }

  #clear() {
    this.#playback.pause();
    this.#songs.clear();
    this.#playback.load();
    this.#show(false);
    document.getElementById("content").focus();
  }
}
