// A dot that walks the song's way through the plane while it plays.

import { follow } from "./player.js";

const way = document.querySelector("[data-way]");
const dot = document.querySelector("[data-way-now]");

if (way && dot) {
  const points = [...way.points].map(({ x, y }) => ({ x, y }));
  const times = way.dataset.times.split(" ").map(Number);

  const at = (seconds) => {
    const after = times.findIndex((time) => time > seconds);
    if (after === 0) return points[0];
    if (after < 0) return points.at(-1);
    const part = (seconds - times[after - 1]) / (times[after] - times[after - 1]);
    const [from, to] = [points[after - 1], points[after]];
    return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
  };

  follow((seconds) => {
    const { x, y } = at(seconds);
    dot.setAttribute("cx", x.toFixed(1));
    dot.setAttribute("cy", y.toFixed(1));
    dot.setAttribute("visibility", seconds > 0 ? "visible" : "hidden");
  });
}
