// How fast bytes leave, over the last seconds, and how long the rest of them takes.

const WINDOW_MS = 12_000;
const LEAST_MS = 1500;

export class Speed {
  #sent = [];

  add(bytes) {
    const now = performance.now();
    this.#sent.push({ now, bytes });
    while (this.#sent.length && now - this.#sent[0].now > WINDOW_MS) this.#sent.shift();
  }

  // Seconds for so many bytes; null as long as too little was seen to say.
  secondsFor(bytes) {
    if (this.#sent.length < 2) return null;
    const took = performance.now() - this.#sent[0].now;
    const sent = this.#sent.reduce((sum, { bytes: some }) => sum + some, 0);
    return took < LEAST_MS || !sent ? null : (bytes / sent) * (took / 1000);
  }
}

export function leftText(seconds) {
  if (seconds === null) return "";
  if (seconds < 8) return "a few seconds left";
  if (seconds < 55) return `about ${Math.max(Math.round(seconds / 10), 1) * 10} seconds left`;
  const minutes = Math.max(Math.round(seconds / 60), 1);
  if (minutes < 60) return `about ${minutes} minute${minutes === 1 ? "" : "s"} left`;
  const hours = Math.round(minutes / 6) / 10;
  return `about ${hours} hour${hours === 1 ? "" : "s"} left`;
}

export function sizeText(bytes) {
  if (bytes < 1e6) return `${Math.max(Math.round(bytes / 1e3), 1)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
