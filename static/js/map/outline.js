// A drawn outline: as few corners as its shape needs, and what lies within. The server counts by the same rule, so that
// the history shows exactly the songs that were chosen here.

export const MOST_CORNERS = 64;

// Corners as an address carries them and the server reads them back: three digits behind the point.
export function corners(points) {
  let kept = points;
  for (let tolerance = 0.004; ; tolerance *= 1.5) {
    kept = simplified(points, tolerance);
    if (kept.length <= MOST_CORNERS) break;
  }
  return kept.map((point) => point.map((value) => Math.round(Math.min(Math.max(value, 1), 9) * 1000) / 1000));
}

export function text(outline) {
  return outline.map(([valence, arousal]) => `${valence}_${arousal}`).join("-");
}

export function box([valenceFrom, valenceTo, arousalFrom, arousalTo]) {
  return (valence, arousal) =>
    valence >= valenceFrom && valence <= valenceTo && arousal >= arousalFrom && arousal <= arousalTo;
}

// Inside, an odd number of edges lie to the right.
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

// Leaves out corners that lie within the tolerance of the line between their neighbours (Ramer, Douglas, Peucker).
function simplified(points, tolerance) {
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
