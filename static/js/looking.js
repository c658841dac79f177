// What the 2D network looked at, laid over the spectrogram. It is drawn when it is asked for, which takes a moment.

import { clock } from "./clock.js";
import { player } from "./player.js";

const PATIENCE_MS = 180_000;

const panel = player.querySelector("[data-looking]");

if (panel) {
  const buttons = [...panel.querySelectorAll("[data-look]")];
  const status = panel.querySelector("[data-looking-words]");
  const legend = panel.querySelector("[data-looking-legend]");
  const list = panel.querySelector("[data-looking-places]");
  const overlay = player.querySelector("[data-looked]");
  const drawn = new Map();
  let asked = "";

  for (const button of buttons) button.addEventListener("click", () => choose(button));

  async function choose(button) {
    const side = button.dataset.look;
    asked = side;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    overlay.hidden = legend.hidden = true;
    status.textContent = "";
    list.replaceChildren();
    if (!side) return;
    try {
      if (!drawn.has(side)) drawn.set(side, await draw(button));
      const { picture, places } = drawn.get(side);
      if (asked !== side) return;
      overlay.src = picture;
      await overlay.decode();
      if (asked !== side) return;
      overlay.hidden = legend.hidden = false;
      tell(button.dataset.mood, places);
    } catch (error) {
      if (asked === side) status.textContent = error.message;
    }
  }

  async function draw(button) {
    const side = button.dataset.look;
    const picture = await once(button.dataset.picture, side);
    const places = await once(button.dataset.places, side);
    return { picture: URL.createObjectURL(await picture.blob()), places: (await places.json()).places };
  }

  // The answer once it is there; until then the server says when to ask again.
  async function once(address, side) {
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      const response = await fetch(address, { headers: { Accept: "application/json, image/png" } }).catch(() => null);
      if (response?.status === 200) return response;
      if (response && response.status !== 202) throw new Error(await reason(response));
      if (asked === side) status.textContent = "The network looks at the song again, a patch at a time …";
      const pause_s = Number(response?.headers.get("Retry-After")) || 1;
      await new Promise((resolve) => setTimeout(resolve, 1000 * pause_s));
    }
    throw new Error("This takes longer than it should; the worker may be busy with other songs. Try again later.");
  }

  async function reason(response) {
    const answer = await response.json().catch(() => null);
    return answer?.error?.message ?? "The picture could not be drawn. Try again later.";
  }

  // The picture in words: where the network looked most, each place to be heard.
  function tell(mood, places) {
    if (!places.length) {
      status.textContent = `No single place speaks for ${mood}: the 2D network takes it from the whole.`;
      return;
    }
    status.textContent = `Without these places the 2D network would find it less ${mood}:`;
    list.replaceChildren(...places.map(line));
  }

  function line(place) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "hear number";
    link.href = `${list.dataset.lookingPlaces}?start=${place.start_s}&end=${place.end_s}`;
    Object.assign(link.dataset, { passage: "", start: place.start_s, end: place.end_s });
    link.textContent = `${clock(place.start_s)}–${clock(place.end_s)}`;
    const rest = document.createElement("span");
    rest.className = "soft number";
    rest.textContent = ` ${band(place.low_hz, place.high_hz)}, ${points(place.fall)}`;
    item.append(link, rest);
    return item;
  }

  const band = (low, high) => (low ? `${hertz(low)} to ${hertz(high)}` : `below ${hertz(high)}`);
  const hertz = (value) => (value < 1000 ? `${Math.round(value / 10) * 10} Hz` : `${(value / 1000).toFixed(1)} kHz`);
  const points = (fall) => `−${(100 * fall).toFixed(1)} listeners in a hundred there`;
}
