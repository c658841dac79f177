// A file's row from the moment it is given until the server's own row takes its place.

import { announce } from "./live_status.js";
import { leftText, sizeText } from "./speed.js";

const blank = document.querySelector("[data-upload-row]");

export class UploadRow {
  constructor(file, { onAgain, onRemove }) {
    this.file = file;
    this.element = blank.content.firstElementChild.cloneNode(true);
    const find = (name) => this.element.querySelector(`[data-${name}]`);
    this.text = find("text");
    this.left = find("time-left");
    this.bar = find("progress");
    this.again = find("retry");
    this.remove = find("remove");
    find("name").textContent = file.name;
    for (const label of this.element.querySelectorAll("[data-of]")) label.textContent = ` ${file.name}`;
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.again.addEventListener("click", onAgain);
    this.remove.addEventListener("click", onRemove);
  }

  waits(place, seconds) {
    this.#show(place === 1 ? "Waiting to be sent, next" : `Waiting to be sent, number ${place}`, leftText(seconds));
    this.bar.value = 0;
  }

  begins() {
    this.#show("Uploading");
  }

  sends(bytes, seconds) {
    const percent = Math.floor((100 * bytes) / this.file.size);
    this.bar.value = percent;
    const text = percent < 100 ? `Uploading, ${percent} % of ${sizeText(this.file.size)}` : "Uploading, almost there";
    this.#show(text, percent < 100 ? leftText(seconds) : "");
  }

  pauses(seconds, offline) {
    const text = offline ? "There is no connection" : "The connection broke off";
    const then = offline ? "It goes on as soon as there is one" : `It goes on in ${seconds} s`;
    this.#show(text, then);
    this.again.firstChild.textContent = "Go on now";
    this.again.hidden = false;
    this.#wrong(false);
  }

  fails(reason, again) {
    this.#show(reason);
    this.#wrong(true);
    this.bar.hidden = true;
    this.again.firstChild.textContent = "Send again";
    this.again.hidden = !again;
    this.remove.firstChild.textContent = "Dismiss";
    announce(`${this.file.name}: ${reason}`);
  }

  arrives(song) {
    this.#show(song.text);
    Object.assign(this.element.dataset, { song: song.id, card: song.card, status: song.status });
    if (!song.over) this.element.dataset.unfinished = "";
  }

  #show(text, left = "") {
    if (this.text.textContent !== text) this.text.textContent = text;
    if (this.left.textContent !== left) this.left.textContent = left;
    this.#wrong(false);
    this.bar.hidden = false;
    this.again.hidden = true;
    this.remove.firstChild.textContent = "Cancel";
  }

  #wrong(is) {
    this.text.classList.toggle("problem", is);
  }
}
