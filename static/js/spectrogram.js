// A spectrogram that is drawn when the page asks for it: shown as soon as it is there, without another look at the page.

import { fetchDrawn } from "./drawn_picture.js";
import { player } from "./player.js";
import { gettext } from "./texts.js";

const image = player.querySelector("[data-drawn-spectrogram]");

if (image) {
  const status = player.querySelector("[data-spectrogram-status]");
  fetchDrawn(image.src, () => (status.textContent = gettext("Drawing the spectrogram …")))
    .then(async (response) => {
      image.src = URL.createObjectURL(await response.blob());
      status.textContent = "";
    })
    .catch((error) => (status.textContent = error.message));
}
