// Shows the saliency map of the 2D network on the spectrogram. The server computes it on request, which takes a moment.

import { fetchDrawn } from "./drawn_picture.js";
import { formatTime } from "./format_time.js";
import { player } from "./player.js";
import { gettext } from "./texts.js";

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
    const onWait = () => {
      if (requested === side) status.textContent = gettext("Computing the saliency map …");
    };
    const image = await fetchDrawn(button.dataset.picture, onWait);
    const places = await fetchDrawn(button.dataset.places, onWait);
    return { image: URL.createObjectURL(await image.blob()), places: (await places.json()).places };
  }

  // The image as text: the most salient places, each a link that plays it.
  function showPlaces(mood, places) {
    if (!places.length) {
      status.textContent = gettext("No single place matters most for %(mood)s: the 2D network uses the whole song.", {
        mood,
      });
      return;
    }
    status.textContent = gettext("Without these places the 2D network’s score for %(mood)s would be lower:", { mood });
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

  const band = (low, high) => {
    const ends = { low: hertz(low), high: hertz(high) };
    return low ? gettext("%(low)s to %(high)s", ends) : gettext("below %(high)s", ends);
  };
  const hertz = (value) => (value < 1000 ? `${Math.round(value / 10) * 10} Hz` : `${(value / 1000).toFixed(1)} kHz`);
  const drop = (fall) => gettext("−%(points)s percentage points there", { points: (100 * fall).toFixed(1) });
}
