// Shows the saliency map of the 2D network on the spectrogram. The server computes it on request, which takes a moment.

import { formatTime } from "./format_time.js";
import { player } from "./player.js";

const TIMEOUT_MS = 180_000;

const panel = player.querySelector("[data-saliency]");

if (panel) {
  const buttons = [...panel.querySelectorAll("[data-saliency-side]")];
  const status = panel.querySelector("[data-saliency-status]");
  const legend = panel.querySelector("[data-saliency-legend]");
  const list = panel.querySelector("[data-saliency-places]");
  const overlay = player.querySelector("[data-saliency-image]");
  const results = new Map();
  let requested = "";

  for (const button of buttons) button.addEventListener("click", () => select(button));

  async function select(button) {
    const side = button.dataset.saliencySide;
    requested = side;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    overlay.hidden = legend.hidden = true;
    status.textContent = "";
    list.replaceChildren();
    if (!side) return;
    try {
      if (!results.has(side)) results.set(side, await load(button));
      const { image, places } = results.get(side);
      if (requested !== side) return;
      overlay.src = image;
      await overlay.decode();
      if (requested !== side) return;
      overlay.hidden = legend.hidden = false;
      showPlaces(button.dataset.mood, places);
    } catch (error) {
      if (requested === side) status.textContent = error.message;
    }
  }

  async function load(button) {
    const side = button.dataset.saliencySide;
    const image = await fetchWhenReady(button.dataset.picture, side);
    const places = await fetchWhenReady(button.dataset.places, side);
    return { image: URL.createObjectURL(await image.blob()), places: (await places.json()).places };
  }

  // Until the result is ready, the server answers 202 and says when to ask again.
  async function fetchWhenReady(address, side) {
    const deadline = Date.now() + TIMEOUT_MS;
    while (Date.now() < deadline) {
      const response = await fetch(address, { headers: { Accept: "application/json, image/png" } }).catch(() => null);
      if (response?.status === 200) return response;
      if (response && response.status !== 202) throw new Error(await errorMessage(response));
      if (requested === side) status.textContent = "Computing the saliency map …";
      const wait_s = Number(response?.headers.get("Retry-After")) || 1;
      await new Promise((resolve) => setTimeout(resolve, 1000 * wait_s));
    }
    throw new Error("This takes longer than expected. The worker may be busy with other songs. Try again later.");
  }

  async function errorMessage(response) {
    const answer = await response.json().catch(() => null);
    return answer?.error?.message ?? "The saliency map could not be computed. Try again later.";
  }

  // The image as text: the most salient places, each a link that plays it.
  function showPlaces(mood, places) {
    if (!places.length) {
      status.textContent = `No single place matters most for ${mood}: the 2D network uses the whole song.`;
      return;
    }
    status.textContent = `Without these places the 2D network’s score for ${mood} would be lower:`;
    list.replaceChildren(...places.map(placeItem));
  }

  function placeItem(place) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "play-link number";
    link.href = `${list.dataset.saliencyPlaces}?start=${place.start_s}&end=${place.end_s}`;
    Object.assign(link.dataset, { passage: "", start: place.start_s, end: place.end_s });
    link.textContent = `${formatTime(place.start_s)}–${formatTime(place.end_s)}`;
    const details = document.createElement("span");
    details.className = "soft number";
    details.textContent = ` ${band(place.low_hz, place.high_hz)}, ${drop(place.fall)}`;
    item.append(link, details);
    return item;
  }

  const band = (low, high) => (low ? `${hertz(low)} to ${hertz(high)}` : `below ${hertz(high)}`);
  const hertz = (value) => (value < 1000 ? `${Math.round(value / 10) * 10} Hz` : `${(value / 1000).toFixed(1)} kHz`);
  const drop = (fall) => `−${(100 * fall).toFixed(1)} percentage points there`;
}
