// The row of a file until the server's own row of the song replaces it.

import { announce } from "./live_status.js";
import { leftText, sizeText, waitText } from "./transfer_speed.js";

const template = document.querySelector("[data-upload-row]");

export class UploadRow {
  constructor(file, { onRetry, onRemove }) {
    this.file = file;
    this.element = template.content.firstElementChild.cloneNode(true);
    const find = (name) => this.element.querySelector(`[data-${name}]`);
    this.text = find("text");
    this.left = find("time-left");
    this.bar = find("progress");
    this.retryButton = find("retry");
    this.removeButton = find("remove");
    find("name").textContent = file.name;
    for (const label of this.element.querySelectorAll("[data-of]")) label.textContent = ` ${file.name}`;
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.retryButton.addEventListener("click", onRetry);
    this.removeButton.addEventListener("click", onRemove);
  }

  showQueued(place, seconds) {
    this.#show(place === 1 ? "Upload queued, next" : `Upload queued, number ${place}`, leftText(seconds));
    this.bar.value = 0;
  }

  showStarted() {
    this.#show("Uploading");
  }

  showProgress(bytes, seconds) {
    const percent = Math.floor((100 * bytes) / this.file.size);
    this.bar.value = percent;
    const text = percent < 100 ? `Uploading, ${percent} % of ${sizeText(this.file.size)}` : "Uploading, almost done";
    this.#show(text, percent < 100 ? leftText(seconds) : "");
  }

  // `problem` is the message of the server, or empty where it did not answer.
  showWaiting(seconds, problem) {
    const offline = !navigator.onLine;
    const state = offline ? "You are offline" : problem || "Connection lost";
    if (this.text.textContent !== state) announce(`${this.file.name}: ${state}`);
    this.#show(state, offline ? "Continues when the connection is back" : `Trying again in ${waitText(seconds)}`);
    this.#showRetry("Try now");
  }

  showError(message, retryable) {
    this.#show(`Failed: ${message}`);
    this.text.classList.add("problem");
    this.bar.hidden = true;
    if (retryable) this.#showRetry("Retry");
    this.removeButton.firstChild.textContent = "Dismiss";
    announce(`${this.file.name} failed: ${message}`);
  }

  // From here on the row is that of a song: live.js updates it.
  showUploaded(songId, cardUrl) {
    this.#show("Queued");
    this.bar.value = 0;
    Object.assign(this.element.dataset, { song: songId, card: cardUrl, status: "", unfinished: "" });
  }

  #show(text, left = "") {
    if (this.text.textContent !== text) this.text.textContent = text;
    if (this.left.textContent !== left) this.left.textContent = left;
    this.text.classList.remove("problem");
    this.bar.hidden = false;
    this.retryButton.hidden = true;
    this.removeButton.firstChild.textContent = "Cancel";
  }

  #showRetry(label) {
    this.retryButton.firstChild.textContent = label;
    this.retryButton.hidden = false;
  }
}
