// Draws the plane, the songs, and on top the outline and the highlighted song.

import { gettext } from "../texts.js";
import { Raster } from "./raster.js";

const NEUTRAL = 5;
const FEW = 40;
// Of the names of the moods, in pixels; shifts are in lines, tried in this order.
const [LABEL_LINE, LABEL_GAP] = [15, 2];
const LABEL_SHIFTS = [0, -1, 1, -2, 2, -3, 3];
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2];

export class Renderer {
  // Three layers: the plane, the songs, and an overlay.
  constructor({ ground, points, over }, view, songs, marks) {
    Object.assign(this, { view, songs, marks });
    this.canvases = [ground, points, over];
    this.contexts = { ground: ground.getContext("2d"), over: over.getContext("2d") };
    this.raster = new Raster(points);
    this.faded = null;
    this.frame = 0;
    this.state = { hovered: -1, outline: [] };
  }

  resize() {
    const { width, height } = this.canvases[0].getBoundingClientRect();
    if (!width) return;
    this.ratio = Math.min(window.devicePixelRatio || 1, 3);
    this.view.resize(width, height);
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.raster.resize();
    this.schedule();
  }

  // Draws with the next frame: everything, or the overlay only.
  schedule(all = true) {
    this.stale ||= all;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.ratio) this.paint();
    });
  }

  // Colours and fonts come from CSS. They are read when the theme changes, not with each frame.
  updateColours() {
    const style = getComputedStyle(document.documentElement);
    Object.assign(this, {
      ink: resolved("--ink"),
      soft: resolved("--ink-soft"),
      line: resolved("--line"),
      strong: resolved("--line-strong"),
      raised: resolved("--raised"),
      sans: style.getPropertyValue("--sans"),
      serif: style.getPropertyValue("--serif"),
    });
    this.schedule();
  }

  paint() {
    this.marks.prepare(this.radius(), this.ratio, this.raised);
    if (this.stale) {
      this.paintPlane(this.clear("ground"));
      this.paintSongs();
    }
    this.stale = false;
    this.paintOver(this.clear("over"));
  }

  // Smaller with more songs, larger with more zoom.
  radius() {
    const { songs, view } = this;
    const plain = songs.count > 4000 ? 3.2 : songs.count > 1000 ? 4.5 : songs.count > 200 ? 6 : 8;
    return Math.round(Math.min(plain * Math.max(view.zoom, 0.6) ** 0.45, 11) * 4) / 4;
  }

  paintSongs() {
    const { songs, view, marks, raster, ratio } = this;
    const { perValence, perArousal, x0, y0 } = view.scale;
    const box = Object.fromEntries(
      Object.entries(view.field).map(([side, pixels]) => [side, Math.round(pixels * ratio)]),
    );
    const anySelected = songs.selected.includes(1);
    const plain = songs.moods.map((mood) => marks.stamp(mood, this.faded !== null && mood.css !== this.faded));
    const faded = songs.moods.map((mood) => marks.stamp(mood, true));
    raster.clear();
    for (const flag of anySelected ? [0, 1] : [0]) {
      const stamps = anySelected && !flag ? faded : plain;
      for (let index = 0; index < songs.count; index++) {
        if (songs.selected[index] !== flag) continue;
        const x = (perValence * songs.valence[index] + x0) * ratio;
        const y = (perArousal * songs.arousal[index] + y0) * ratio;
        raster.draw(stamps[songs.mood[index]], x, y, box);
      }
    }
    raster.show();
  }

  paintPlane(context) {
    const { view } = this;
    const { left, right, top, bottom } = view.field;
    const [pleasant, lively] = [gettext("pleasant →"), gettext("lively →")];
    // Tick labels leave room for the axis titles.
    context.font = `italic 14px ${this.serif}`;
    const [pleasantWidth, livelyWidth] = [pleasant, lively].map((title) => context.measureText(title).width);
    context.font = `12px ${this.sans}`;
    context.fillStyle = this.soft;
    context.lineWidth = 1;
    context.textBaseline = "alphabetic";
    this.rule(context, NEUTRAL, view.x(NEUTRAL), top, view.x(NEUTRAL), bottom);
    this.rule(context, NEUTRAL, left, view.y(NEUTRAL), right, view.y(NEUTRAL));
    for (const value of ticks(view.valence, (right - left) / 90)) {
      const x = view.x(value);
      this.rule(context, value, x, top, x, bottom);
      context.textAlign = "center";
      if (x < right - pleasantWidth - 12) context.fillText(number(value), x, bottom + 17);
    }
    for (const value of ticks(view.arousal, (bottom - top) / 60)) {
      const y = view.y(value);
      this.rule(context, value, left, y, right, y);
      context.textAlign = "right";
      if (y > top + livelyWidth + 10) context.fillText(number(value), left - 7, y + 4);
    }
    context.font = `italic 14px ${this.serif}`;
    context.textAlign = "right";
    context.fillText(pleasant, right, bottom + 17);
    context.save();
    context.translate(left - 9, top);
    context.rotate(-Math.PI / 2);
    context.fillText(lively, 0, 0);
    context.restore();
  }

  rule(context, value, x1, y1, x2, y2) {
    const { left, right, top, bottom } = this.view.field;
    if (x1 < left - 1 || x2 > right + 1 || y1 < top - 1 || y2 > bottom + 1) return;
    const neutral = Math.abs(value - NEUTRAL) < 1e-9;
    context.strokeStyle = neutral ? this.strong : this.line;
    context.setLineDash(neutral ? [5, 4] : []);
    context.beginPath();
    context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
    context.stroke();
    context.setLineDash([]);
  }

  // The name of each region, in the corner of its visible part.
  paintRegions(context) {
    const { view } = this;
    const { left, right, top, bottom } = view.field;
    context.font = `italic 15px ${this.serif}`;
    context.fillStyle = this.soft;
    for (const { label, pleasant, lively } of this.regions ?? []) {
      const width = pleasant ? right - Math.max(view.x(NEUTRAL), left) : Math.min(view.x(NEUTRAL), right) - left;
      const height = lively ? Math.min(view.y(NEUTRAL), bottom) - top : bottom - Math.max(view.y(NEUTRAL), top);
      if (width < context.measureText(label).width + 20 || height < 36) continue;
      context.textAlign = pleasant ? "right" : "left";
      this.writeText(context, label, pleasant ? right - 10 : left + 10, lively ? top + 20 : bottom - 11);
    }
  }

  // The names of the moods at their own positions, or above or below them where another name is there.
  paintPlaces(context) {
    context.font = `12px ${this.sans}`;
    context.textAlign = "center";
    const written = [];
    for (const { word, valence, arousal } of this.places ?? []) {
      const label = { x: this.view.x(valence), half: context.measureText(word).width / 2 + LABEL_GAP };
      const y = this.view.y(arousal) + 4;
      label.y = LABEL_SHIFTS.map((lines) => y + lines * LABEL_LINE).find((at) => isFree(at, label, written)) ?? y;
      written.push(label);
      this.writeText(context, word, label.x, label.y);
    }
  }

  // Text with an outline, readable over songs.
  writeText(context, label, x, y) {
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = this.raised;
    context.strokeText(label, x, y);
    context.fillStyle = this.ink;
    context.fillText(label, x, y);
  }

  paintOver(context) {
    this.paintRegions(context);
    if (this.view.wide) this.paintPlaces(context);
    const { hovered, outline } = this.state;
    if (outline.length > 1) {
      const { left, right, top, bottom } = this.view.field;
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      context.beginPath();
      outline.forEach(([valence, arousal], index) => {
        context[index ? "lineTo" : "moveTo"](this.view.x(valence), this.view.y(arousal));
      });
      context.closePath();
      context.globalAlpha = 0.08;
      context.fillStyle = this.ink;
      context.fill("evenodd");
      context.globalAlpha = 1;
      context.strokeStyle = this.ink;
      context.lineWidth = 1.5;
      context.setLineDash([4, 3]);
      context.stroke();
      context.restore();
    }
    const selected = this.songs.selectedIndexes;
    if (selected.length <= FEW) for (const index of selected) this.enlarge(context, index);
    if (hovered >= 0) {
      const { x, y, size } = this.enlarge(context, hovered);
      context.strokeStyle = this.ink;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, size / 2 + 3, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // Larger, so that it stands out among thousands.
  enlarge(context, index) {
    const image = this.marks.image(this.songs.moods[this.songs.mood[index]]);
    const size = Math.max((image.width / this.ratio) * 1.35, 20);
    const x = this.view.x(this.songs.valence[index]);
    const y = this.view.y(this.songs.arousal[index]);
    context.drawImage(image, x - size / 2, y - size / 2, size, size);
    return { x, y, size };
  }

  clear(layer) {
    const context = this.contexts[layer];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return context;
  }
}

// The colour that a CSS custom property has in the current theme.
const probe = document.createElement("i");
function resolved(name) {
  probe.hidden = true;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.setProperty("color", `var(${name})`);
  return getComputedStyle(probe).color;
}

function ticks([low, high], most) {
  const step = STEPS.find((size) => (high - low) / size <= most) ?? 4;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step);
}

// Whether a label at this height overlaps none of those written before.
function isFree(y, { x, half }, written) {
  return written.every((other) => Math.abs(other.y - y) >= LABEL_LINE || Math.abs(other.x - x) >= other.half + half);
}

function number(value) {
  return String(Math.round(value * 100) / 100);
}
