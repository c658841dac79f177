// Paints the plane, the songs in it, and what is drawn or pointed at.

import { Raster } from "./raster.js";

const NEUTRAL = 5;
const FEW = 40;
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2];

export class Painting {
  // Three layers: the plane, the songs, and whatever is over them.
  constructor({ ground, points, over }, view, songs, marks) {
    Object.assign(this, { view, songs, marks });
    this.canvases = [ground, points, over];
    this.pens = { ground: ground.getContext("2d"), over: over.getContext("2d") };
    this.raster = new Raster(points);
    this.faded = null;
    this.waiting = 0;
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
    this.later();
  }

  // With the next frame, all of it or what is over the songs alone.
  later(all = true) {
    this.stale ||= all;
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      if (this.ratio) this.paint();
    });
  }

  // The colours are the theme's; asked for anew when it changes, not with each frame.
  retheme() {
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
    this.later();
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

  // Smaller the more there are, larger the nearer one looks.
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
    const some = songs.chosen.includes(1);
    const plain = songs.moods.map((mood) => marks.stamp(mood, this.faded !== null && mood.css !== this.faded));
    const faded = songs.moods.map((mood) => marks.stamp(mood, true));
    raster.clear();
    for (const wanted of some ? [0, 1] : [0]) {
      const stamps = some && !wanted ? faded : plain;
      for (let index = 0; index < songs.count; index++) {
        if (songs.chosen[index] !== wanted) continue;
        const x = (perValence * songs.valence[index] + x0) * ratio;
        const y = (perArousal * songs.arousal[index] + y0) * ratio;
        raster.put(stamps[songs.mood[index]], x, y, box);
      }
    }
    raster.show();
  }

  paintPlane(pen) {
    const { view } = this;
    const { left, right, top, bottom } = view.field;
    pen.font = `12px ${this.sans}`;
    pen.fillStyle = this.soft;
    pen.lineWidth = 1;
    pen.textBaseline = "alphabetic";
    this.rule(pen, NEUTRAL, view.x(NEUTRAL), top, view.x(NEUTRAL), bottom);
    this.rule(pen, NEUTRAL, left, view.y(NEUTRAL), right, view.y(NEUTRAL));
    for (const value of ticks(view.valence, (right - left) / 90)) {
      const x = view.x(value);
      this.rule(pen, value, x, top, x, bottom);
      pen.textAlign = "center";
      if (x < right - 60) pen.fillText(number(value), x, bottom + 17);
    }
    for (const value of ticks(view.arousal, (bottom - top) / 60)) {
      const y = view.y(value);
      this.rule(pen, value, left, y, right, y);
      pen.textAlign = "right";
      if (y > top + 40) pen.fillText(number(value), left - 7, y + 4);
    }
    pen.font = `italic 14px ${this.serif}`;
    pen.textAlign = "right";
    pen.fillText("pleasant →", right, bottom + 17);
    pen.save();
    pen.translate(left - 9, top);
    pen.rotate(-Math.PI / 2);
    pen.fillText("lively →", 0, 0);
    pen.restore();
  }

  rule(pen, value, x1, y1, x2, y2) {
    const { left, right, top, bottom } = this.view.field;
    if (x1 < left - 1 || x2 > right + 1 || y1 < top - 1 || y2 > bottom + 1) return;
    const neutral = Math.abs(value - NEUTRAL) < 1e-9;
    pen.strokeStyle = neutral ? this.strong : this.line;
    pen.setLineDash(neutral ? [5, 4] : []);
    pen.beginPath();
    pen.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    pen.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
    pen.stroke();
    pen.setLineDash([]);
  }

  // Each named region in the corner of what is in sight of it.
  paintRegions(pen) {
    const { view } = this;
    const { left, right, top, bottom } = view.field;
    pen.font = `italic 15px ${this.serif}`;
    pen.fillStyle = this.soft;
    for (const { words, pleasant, lively } of this.regions ?? []) {
      const width = pleasant ? right - Math.max(view.x(NEUTRAL), left) : Math.min(view.x(NEUTRAL), right) - left;
      const height = lively ? Math.min(view.y(NEUTRAL), bottom) - top : bottom - Math.max(view.y(NEUTRAL), top);
      if (width < pen.measureText(words).width + 20 || height < 36) continue;
      pen.textAlign = pleasant ? "right" : "left";
      this.write(pen, words, pleasant ? right - 10 : left + 10, lively ? top + 20 : bottom - 11);
    }
  }

  // Where the moods themselves lie: names for the parts of the plane in which there may be no song.
  paintPlaces(pen) {
    pen.font = `12px ${this.sans}`;
    pen.textAlign = "center";
    for (const { word, valence, arousal } of this.places ?? []) {
      this.write(pen, word, this.view.x(valence), this.view.y(arousal) + 4);
    }
  }

  // Words over songs stay readable.
  write(pen, words, x, y) {
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = this.raised;
    pen.strokeText(words, x, y);
    pen.fillStyle = this.ink;
    pen.fillText(words, x, y);
  }

  paintOver(pen) {
    this.paintRegions(pen);
    if (this.view.wide) this.paintPlaces(pen);
    const { hovered, outline } = this.state;
    if (outline.length > 1) {
      const { left, right, top, bottom } = this.view.field;
      pen.save();
      pen.beginPath();
      pen.rect(left, top, right - left, bottom - top);
      pen.clip();
      pen.beginPath();
      outline.forEach(([valence, arousal], index) => {
        pen[index ? "lineTo" : "moveTo"](this.view.x(valence), this.view.y(arousal));
      });
      pen.closePath();
      pen.globalAlpha = 0.08;
      pen.fillStyle = this.ink;
      pen.fill("evenodd");
      pen.globalAlpha = 1;
      pen.strokeStyle = this.ink;
      pen.lineWidth = 1.5;
      pen.setLineDash([4, 3]);
      pen.stroke();
      pen.restore();
    }
    const chosen = this.songs.chosenOnes;
    if (chosen.length <= FEW) for (const index of chosen) this.enlarge(pen, index);
    if (hovered >= 0) {
      const { x, y, size } = this.enlarge(pen, hovered);
      pen.strokeStyle = this.ink;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(x, y, size / 2 + 3, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  // Found again among thousands.
  enlarge(pen, index) {
    const picture = this.marks.picture(this.songs.moods[this.songs.mood[index]]);
    const size = Math.max((picture.width / this.ratio) * 1.35, 20);
    const x = this.view.x(this.songs.valence[index]);
    const y = this.view.y(this.songs.arousal[index]);
    pen.drawImage(picture, x - size / 2, y - size / 2, size, size);
    return { x, y, size };
  }

  clear(layer) {
    const pen = this.pens[layer];
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return pen;
  }
}

// A custom property as the colour that it is in this theme.
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

function number(value) {
  return String(Math.round(value * 100) / 100);
}
