// What plays while the player itself is out of sight: a line at the bottom of the window.

import { clock } from "./clock.js";
import { audio, follow, moodAt, player, toggle } from "./player.js";

const find = (name) => player.querySelector(`[data-${name}]`);
const mini = find("mini");
const button = find("mini-play");
let inSight = true;
let begun = false;

function show() {
  mini.hidden = inSight || !begun;
}

new IntersectionObserver(([entry]) => {
  inSight = entry.isIntersecting;
  show();
}).observe(find("controls"));

for (const name of ["play", "pause", "ended"]) {
  audio.addEventListener(name, () => {
    begun ||= !audio.paused;
    button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    show();
  });
}

button.addEventListener("click", toggle);
follow((seconds) => {
  find("mini-time").textContent = clock(seconds);
  find("mini-mood").textContent = moodAt(seconds);
});
