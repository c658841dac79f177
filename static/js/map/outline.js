// A drawn outline: simplification and point-in-polygon test. The server uses the same rule, so the history shows exactly
// the songs that are selected here.

export const MAX_CORNERS = 64;

// Corners as they appear in the URL: at most MAX_CORNERS, with three decimals.
export function corners(points) {
  let reduced = points;
  for (let tolerance = 0.004; ; tolerance *= 1.5) {
    reduced = simplify(points, tolerance);
    if (reduced.length <= MAX_CORNERS) break;
  }
  return reduced.map((point) => point.map((value) => Math.round(Math.min(Math.max(value, 1), 9) * 1000) / 1000));
}

export function outlineText(outline) {
  return outline.map(([valence, arousal]) => `${valence}_${arousal}`).join("-");
}

export function box([valenceFrom, valenceTo, arousalFrom, arousalTo]) {
  return (valence, arousal) =>
    valence >= valenceFrom && valence <= valenceTo && arousal >= arousalFrom && arousal <= arousalTo;
}

// Even-odd rule: a point is inside if an odd number of edges lies to its right.
export function within(outline) {
  const edges = outline.map((start, index) => [start, outline[(index + 1) % outline.length]]);
  return (valence, arousal) => {
    let inside = false;
    for (const [[x, y], [endX, endY]] of edges) {
      if (y === endY || arousal < Math.min(y, endY) || arousal >= Math.max(y, endY)) continue;
      const slope = (endX - x) / (endY - y);
      if (valence < arousal * slope + (x - slope * y)) inside = !inside;
    }
    return inside;
  };
}

// Removes corners within the tolerance of the line between their neighbours (Ramer-Douglas-Peucker).
function simplify(points, tolerance) {
  if (points.length < 4) return points;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    let [farthest, distance] = [-1, tolerance];
    for (let index = first + 1; index < last; index++) {
      const away = fromLine(points[index], points[first], points[last]);
      if (away > distance) [farthest, distance] = [index, away];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, index) => keep[index]);
}

function fromLine([x, y], [x1, y1], [x2, y2]) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (!length) return Math.hypot(x - x1, y - y1);
  return Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}
