// Upload speed over the last seconds, and the time that the rest takes at that speed.

import { gettext, ngettext } from "./texts.js";

const WINDOW_MS = 12_000;
const MIN_MS = 1500;

export class TransferSpeed {
  #samples = [];

  add(bytes) {
    const now = performance.now();
    this.#samples.push({ now, bytes });
    while (this.#samples.length && now - this.#samples[0].now > WINDOW_MS) this.#samples.shift();
  }

  // Seconds for so many bytes; null if too little was measured.
  secondsFor(bytes) {
    if (this.#samples.length < 2) return null;
    const elapsed = performance.now() - this.#samples[0].now;
    const total = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0);
    return elapsed < MIN_MS || !total ? null : (bytes / total) * (elapsed / 1000);
  }
}

export function leftText(seconds) {
  if (seconds === null) return "";
  if (seconds < 8) return gettext("a few seconds left");
  if (seconds < 55)
    return gettext("about %(count)s seconds left", { count: Math.max(Math.round(seconds / 10), 1) * 10 });
  const minutes = Math.max(Math.round(seconds / 60), 1);
  if (minutes < 60) return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes);
  const hours = Math.round(minutes / 6) / 10;
  return ngettext("about %(count)s hour left", "about %(count)s hours left", hours);
}

export const waitText = (seconds) => (seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

export function sizeText(bytes) {
  if (bytes < 1e6) return `${Math.max(Math.round(bytes / 1e3), 1)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
