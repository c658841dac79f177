// The mouse, the finger and the pen: pointing, opening, moving, zooming, and drawing loops and boxes.

import { corners } from "./outline.js";

const CLICK_PIXELS = 5;
const REACH = { mouse: 14, pen: 14, touch: 26 };
const EVERY_PIXELS = 3;

export function listenToPointer(desk) {
  const { canvas, view, painting, songs, selection } = desk;
  const fingers = new Map();
  let drag = null;
  let pinch = null;

  setMode("move");
  canvas.addEventListener("mode", ({ detail }) => setMode(detail));

  function setMode(mode) {
    desk.mode = mode;
    canvas.dataset.mode = mode;
    for (const button of desk.map.querySelectorAll("button[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  const under = (event) => songs.nearest(view, ...place(event), REACH[event.pointerType] ?? 14);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, place(event));
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 2) {
      [drag, pinch] = [null, spread(fingers)];
      painting.state.outline = [];
      return;
    }
    const start = place(event);
    // With Shift, a drag draws even where it would move.
    const mode = desk.mode === "move" && event.shiftKey ? "loop" : desk.mode;
    drag = { mode, start, last: start, trail: [view.at(...start)], far: false, add: event.shiftKey };
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) {
      if (event.pointerType !== "touch") hover(event);
      return;
    }
    const here = place(event);
    fingers.set(event.pointerId, here);
    if (pinch && fingers.size === 2) {
      const now = spread(fingers);
      view.move(now.x - pinch.x, now.y - pinch.y);
      view.zoomAt(now.apart / pinch.apart, now.x, now.y);
      pinch = now;
      desk.moved();
    } else if (drag) dragTo(here);
  });

  function hover(event) {
    const index = under(event);
    canvas.classList.toggle("over-song", index >= 0);
    desk.point(index);
  }

  function dragTo(here) {
    drag.far ||= distance(drag.start, here) > CLICK_PIXELS;
    if (!drag.far) return;
    if (drag.mode === "move") {
      view.move(here[0] - drag.last[0], here[1] - drag.last[1]);
      drag.last = here;
      desk.moved();
      return;
    }
    if (drag.mode === "loop") {
      if (distance(drag.last, here) < EVERY_PIXELS) return;
      drag.trail.push(view.at(...here));
    } else drag.trail = rectangle(view.at(...drag.start), view.at(...here));
    drag.last = here;
    painting.state.outline = drag.trail;
    painting.later(false);
  }

  canvas.addEventListener("pointerup", (event) => {
    const dragged = drag;
    release(event);
    if (!dragged) return;
    if (!dragged.far) {
      const index = under(event);
      if (index < 0) return desk.point(-1);
      // A finger names a song first, since it covers it; the second touch opens it. Drawing, a click chooses.
      const named = painting.state.hovered === index;
      desk.point(index);
      if (dragged.mode !== "move" || event.shiftKey) selection.toggle(index);
      else if (event.pointerType !== "touch" || named) desk.visit(index);
    } else if (dragged.mode !== "move" && dragged.trail.length > 2) {
      selection.drawn(corners(dragged.trail), dragged.add);
    }
  });

  canvas.addEventListener("pointercancel", (event) => {
    release(event);
    painting.state.outline = [];
    painting.later(false);
  });

  function release(event) {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    if (!fingers.size) drag = null;
  }

  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && document.activeElement !== canvas) desk.point(-1);
  });

  canvas.addEventListener(
    "wheel",
    (event) => {
      // The wheel alone scrolls the page; with Ctrl, or two fingers on a pad, it looks closer.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      view.zoomAt(Math.exp(-event.deltaY / 180), ...place(event));
      desk.moved();
    },
    { passive: false },
  );

  canvas.addEventListener("dblclick", (event) => {
    if (under(event) >= 0) return;
    view.zoomAt(event.shiftKey ? 0.5 : 2, ...place(event));
    desk.moved();
  });
}

function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x2 - x1, y2 - y1);
}

function spread(fingers) {
  const [[x1, y1], [x2, y2]] = [...fingers.values()];
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, apart: Math.max(Math.hypot(x2 - x1, y2 - y1), 1) };
}

function rectangle([v1, a1], [v2, a2]) {
  return [
    [v1, a1],
    [v2, a1],
    [v2, a2],
    [v1, a2],
  ];
}
