// The row of a file until the server's own row of the song replaces it.

import { announce } from "./live_status.js";
import { leftText, sizeText, waitText } from "./transfer_speed.js";
import { gettext } from "./texts.js";

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
    this.bar.setAttribute("aria-label", gettext("Progress of %(name)s", { name: file.name }));
    this.retryButton.addEventListener("click", onRetry);
    this.removeButton.addEventListener("click", onRemove);
  }

  showQueued(place, seconds) {
    const text =
      place === 1 ? gettext("Upload queued, next") : gettext("Upload queued, number %(number)s", { number: place });
    this.#show(text, leftText(seconds));
    this.bar.value = 0;
  }

  showStarted() {
    this.#show(gettext("Uploading"));
  }

  showProgress(bytes, seconds) {
    const percent = Math.floor((100 * bytes) / this.file.size);
    this.bar.value = percent;
    const text =
      percent < 100
        ? gettext("Uploading, %(percent)s % of %(size)s", { percent, size: sizeText(this.file.size) })
        : gettext("Uploading, almost done");
    this.#show(text, percent < 100 ? leftText(seconds) : "");
  }

  // `problem` is the message of the server, or empty where it did not answer.
  showWaiting(seconds, problem) {
    const offline = !navigator.onLine;
    const state = offline ? gettext("You are offline") : problem || gettext("Connection lost");
    if (this.text.textContent !== state) announce(`${this.file.name}: ${state}`);
    this.#show(
      state,
      offline
        ? gettext("Continues when the connection is back")
        : gettext("Trying again in %(time)s", { time: waitText(seconds) }),
    );
    this.#showRetry(gettext("Try now"));
  }

  showError(message, retryable) {
    this.#show(gettext("Failed: %(reason)s", { reason: message }));
    this.text.classList.add("problem");
    this.bar.hidden = true;
    if (retryable) this.#showRetry(gettext("Retry"));
    this.removeButton.firstChild.textContent = gettext("Dismiss");
    announce(gettext("%(name)s failed: %(reason)s", { name: this.file.name, reason: message }));
  }

  // From here on the row is that of a song: live.js updates it.
  showUploaded(songId, cardUrl) {
    this.#show(gettext("Queued"));
    this.bar.value = 0;
    Object.assign(this.element.dataset, { song: songId, card: cardUrl, status: "", unfinished: "" });
  }

  #show(text, left = "") {
    if (this.text.textContent !== text) this.text.textContent = text;
    if (this.left.textContent !== left) this.left.textContent = left;
    this.text.classList.remove("problem");
    this.bar.hidden = false;
    this.retryButton.hidden = true;
    this.removeButton.firstChild.textContent = gettext("Cancel");
  }

  #showRetry(label) {
    this.retryButton.firstChild.textContent = label;
    this.retryButton.hidden = false;
  }
}
