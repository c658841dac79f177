// The status page refreshes itself until it is paused, and says when it cannot. htmx keeps the focus on what has an id.

import { gettext } from "./texts.js";

const offline = document.querySelector("[data-offline]");
const pause = document.querySelector("[data-pause]");
let paused = false;

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? gettext("Refresh again") : gettext("Pause");
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (paused || document.hidden) event.preventDefault();
});

// Signed out: go to the sign-in page, which is no part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 200 || xhr.responseText.includes('id="status"')) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, () => {
    offline.hidden = false;
  });
}
document.addEventListener("htmx:afterSwap", () => {
  offline.hidden = true;
});
