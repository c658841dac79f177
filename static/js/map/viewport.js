// The visible part of the plane: converts between valence and arousal and pixels, zooms and pans.

const MIN = 1;
const MAX = 9;
const MIN_SPAN = 0.15;
const WIDE_AROUSAL = 5.5;
const MARGIN = { left: 40, right: 12, top: 12, bottom: 34 };

export class Viewport {
  // `home` is [valence from, to, arousal from, to], and contains all songs.
  constructor(home) {
    this.home = home;
    this.width = 0;
    this.height = 0;
    this.show(home);
  }

  show([valenceFrom, valenceTo, arousalFrom, arousalTo]) {
    this.valence = [valenceFrom, valenceTo];
    this.arousal = [arousalFrom, arousalTo];
  }

  showPlane() {
    this.show([MIN, MAX, MIN, MAX]);
  }

  get bounds() {
    return [...this.valence, ...this.arousal];
  }

  set bounds(bounds) {
    this.show(bounds);
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
  }

  get field() {
    return {
      left: MARGIN.left,
      top: MARGIN.top,
      right: this.width - MARGIN.right,
      bottom: this.height - MARGIN.bottom,
    };
  }

  // 1 where all songs are visible.
  get zoom() {
    return (this.home[1] - this.home[0]) / (this.valence[1] - this.valence[0]);
  }

  // Whether most of the visible plane may be empty.
  get wide() {
    return this.arousal[1] - this.arousal[0] > WIDE_AROUSAL;
  }

  // For loops over many songs: x = perValence * valence + x0, y = perArousal * arousal + y0.
  get scale() {
    const { left, right, top, bottom } = this.field;
    const perValence = (right - left) / (this.valence[1] - this.valence[0]);
    const perArousal = -(bottom - top) / (this.arousal[1] - this.arousal[0]);
    return {
      perValence,
      perArousal,
      x0: left - perValence * this.valence[0],
      y0: bottom - perArousal * this.arousal[0],
    };
  }

  x(valence) {
    const { perValence, x0 } = this.scale;
    return perValence * valence + x0;
  }

  y(arousal) {
    const { perArousal, y0 } = this.scale;
    return perArousal * arousal + y0;
  }

  // Valence and arousal at a pixel.
  at(x, y) {
    const { left, right, top, bottom } = this.field;
    return [
      this.valence[0] + ((x - left) / (right - left)) * (this.valence[1] - this.valence[0]),
      this.arousal[0] + ((bottom - y) / (bottom - top)) * (this.arousal[1] - this.arousal[0]),
    ];
  }

  zoomAt(factor, x, y) {
    const [valence, arousal] = this.at(x, y);
    this.valence = around(this.valence, valence, factor);
    this.arousal = around(this.arousal, arousal, factor);
  }

  zoomMiddle(factor) {
    const { left, right, top, bottom } = this.field;
    this.zoomAt(factor, (left + right) / 2, (top + bottom) / 2);
  }

  move(pixelsX, pixelsY) {
    const { left, right, top, bottom } = this.field;
    this.valence = shifted(this.valence, (-pixelsX / (right - left)) * (this.valence[1] - this.valence[0]));
    this.arousal = shifted(this.arousal, (pixelsY / (bottom - top)) * (this.arousal[1] - this.arousal[0]));
  }

  // Pans as little as needed to show the position.
  reveal(valence, arousal) {
    this.valence = holding(this.valence, valence);
    this.arousal = holding(this.arousal, arousal);
  }
}

function around([low, high], centre, factor) {
  const span = Math.min(Math.max((high - low) / factor, MIN_SPAN), MAX - MIN);
  const from = centre - ((centre - low) / (high - low)) * span;
  return shifted([from, from + span], 0);
}

// Stays within the plane.
function shifted([low, high], by) {
  const span = high - low;
  const from = Math.min(Math.max(low + by, MIN), MAX - span);
  return [from, from + span];
}

function holding([low, high], value) {
  const air = (high - low) * 0.06;
  if (value < low + air) return shifted([low, high], value - air - low);
  if (value > high - air) return shifted([low, high], value + air - high);
  return [low, high];
}
