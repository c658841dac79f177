// A small player at the bottom of the window, shown while the main player is scrolled out of view.

import { formatTime } from "./format_time.js";
import { audio, follow, moodAt, player, toggle } from "./player.js";
import { gettext } from "./texts.js";

const find = (name) => player.querySelector(`[data-${name}]`);
const mini = find("mini");
const button = find("mini-play");
let playerVisible = true;
let started = false;

function show() {
  mini.hidden = playerVisible || !started;
}

new IntersectionObserver(([entry]) => {
  playerVisible = entry.isIntersecting;
  show();
}).observe(find("controls"));

for (const name of ["play", "pause", "ended"]) {
  audio.addEventListener(name, () => {
    started ||= !audio.paused;
    button.setAttribute("aria-label", audio.paused ? gettext("Play") : gettext("Pause"));
    show();
  });
}

button.addEventListener("click", toggle);
follow((seconds) => {
  find("mini-time").textContent = formatTime(seconds);
  find("mini-mood").textContent = moodAt(seconds);
});
