// Moves a dot along the song's trajectory in the valence-arousal plane while the song plays.

import { follow } from "./player.js";

const line = document.querySelector("[data-trajectory]");
const dot = document.querySelector("[data-trajectory-dot]");

if (line && dot) {
  const points = [...line.points].map(({ x, y }) => ({ x, y }));
  const times = line.dataset.times.split(" ").map(Number);

  const pointAt = (seconds) => {
    const next = times.findIndex((time) => time > seconds);
    if (next === 0) return points[0];
    if (next < 0) return points.at(-1);
    const fraction = (seconds - times[next - 1]) / (times[next] - times[next - 1]);
    const [from, to] = [points[next - 1], points[next]];
    return { x: from.x + fraction * (to.x - from.x), y: from.y + fraction * (to.y - from.y) };
  };

  follow((seconds) => {
    const { x, y } = pointAt(seconds);
    dot.setAttribute("cx", x.toFixed(1));
    dot.setAttribute("cy", y.toFixed(1));
    dot.setAttribute("visibility", seconds > 0 ? "visible" : "hidden");
  });
}
