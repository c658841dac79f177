// Mouse, touch and pen: highlight, open, pan, zoom, and draw loops and boxes.

import { corners } from "./outline.js";

const CLICK_PIXELS = 5;
const REACH = { mouse: 14, pen: 14, touch: 26 };
const EVERY_PIXELS = 3;

export function handlePointer(ui) {
  const { canvas, view, renderer, songs, selection } = ui;
  const pointers = new Map();
  let drag = null;
  let pinch = null;

  setMode("move");
  canvas.addEventListener("mode", ({ detail }) => setMode(detail));

  function setMode(mode) {
    ui.mode = mode;
    canvas.dataset.mode = mode;
    for (const button of ui.map.querySelectorAll("button[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
  }

  function pixelOf(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  const songUnder = (event) => songs.nearest(view, ...pixelOf(event), REACH[event.pointerType] ?? 14);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, pixelOf(event));
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      [drag, pinch] = [null, spread(pointers)];
      renderer.state.outline = [];
      return;
    }
    const start = pixelOf(event);
    // Shift draws a loop even in the move mode.
    const mode = ui.mode === "move" && event.shiftKey ? "loop" : ui.mode;
    drag = { mode, start, last: start, trail: [view.at(...start)], far: false, add: event.shiftKey };
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch") hover(event);
      return;
    }
    const here = pixelOf(event);
    pointers.set(event.pointerId, here);
    if (pinch && pointers.size === 2) {
      const now = spread(pointers);
      view.move(now.x - pinch.x, now.y - pinch.y);
      view.zoomAt(now.apart / pinch.apart, now.x, now.y);
      pinch = now;
      ui.viewChanged();
    } else if (drag) dragTo(here);
  });

  function hover(event) {
    const index = songUnder(event);
    canvas.classList.toggle("over-song", index >= 0);
    ui.highlight(index);
  }

  function dragTo(here) {
    drag.far ||= distance(drag.start, here) > CLICK_PIXELS;
    if (!drag.far) return;
    if (drag.mode === "move") {
      view.move(here[0] - drag.last[0], here[1] - drag.last[1]);
      drag.last = here;
      ui.viewChanged();
      return;
    }
    if (drag.mode === "loop") {
      if (distance(drag.last, here) < EVERY_PIXELS) return;
      drag.trail.push(view.at(...here));
    } else drag.trail = rectangle(view.at(...drag.start), view.at(...here));
    drag.last = here;
    renderer.state.outline = drag.trail;
    renderer.schedule(false);
  }

  canvas.addEventListener("pointerup", (event) => {
    const dragged = drag;
    release(event);
    if (!dragged) return;
    if (!dragged.far) {
      const index = songUnder(event);
      if (index < 0) return ui.highlight(-1);
      // On touch screens, the first tap highlights a song and the second one opens it. In the drawing modes, a click selects.
      const highlighted = renderer.state.hovered === index;
      ui.highlight(index);
      if (dragged.mode !== "move" || event.shiftKey) selection.toggle(index);
      else if (event.pointerType !== "touch" || highlighted) ui.open(index);
    } else if (dragged.mode !== "move" && dragged.trail.length > 2) {
      selection.selectOutline(corners(dragged.trail), dragged.add);
    }
  });

  canvas.addEventListener("pointercancel", (event) => {
    release(event);
    renderer.state.outline = [];
    renderer.schedule(false);
  });

  function release(event) {
    pointers.delete(event.pointerId);
    if (pointers.size < 2) pinch = null;
    if (!pointers.size) drag = null;
  }

  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && document.activeElement !== canvas) ui.highlight(-1);
  });

  canvas.addEventListener(
    "wheel",
    (event) => {
      // The wheel scrolls the page. With Ctrl, or as a pinch on a touchpad, it zooms.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      view.zoomAt(Math.exp(-event.deltaY / 180), ...pixelOf(event));
      ui.viewChanged();
    },
    { passive: false },
  );

  canvas.addEventListener("dblclick", (event) => {
    if (songUnder(event) >= 0) return;
    view.zoomAt(event.shiftKey ? 0.5 : 2, ...pixelOf(event));
    ui.viewChanged();
  });
}

function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x2 - x1, y2 - y1);
}

function spread(pointers) {
  const [[x1, y1], [x2, y2]] = [...pointers.values()];
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
