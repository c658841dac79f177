// What of the plane is in sight: from valence and arousal to pixels and back, zoomed and moved.

const LEAST = 1;
const MOST = 9;
const CLOSEST = 0.15;
const WIDE = 5.5;
const MARGIN = { left: 40, right: 12, top: 12, bottom: 34 };

export class View {
  // `home` is [valence from, to, arousal from, to], which holds all songs.
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
    this.show([LEAST, MOST, LEAST, MOST]);
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

  // How much larger songs lie apart than where all of them are in sight.
  get zoom() {
    return (this.home[1] - this.home[0]) / (this.valence[1] - this.valence[0]);
  }

  // Whether so much of the plane is in sight that most of it may be empty.
  get wide() {
    return this.arousal[1] - this.arousal[0] > WIDE;
  }

  // Pixels are x = perValence * valence + x0 and y = perArousal * arousal + y0; for loops over many songs.
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

  // The place of the plane under a pixel.
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

  // Moves as little as puts the place well in sight.
  reveal(valence, arousal) {
    this.valence = holding(this.valence, valence);
    this.arousal = holding(this.arousal, arousal);
  }
}

function around([low, high], centre, factor) {
  const span = Math.min(Math.max((high - low) / factor, CLOSEST), MOST - LEAST);
  const from = centre - ((centre - low) / (high - low)) * span;
  return shifted([from, from + span], 0);
}

// Never beyond the plane.
function shifted([low, high], by) {
  const span = high - low;
  const from = Math.min(Math.max(low + by, LEAST), MOST - span);
  return [from, from + span];
}

function holding([low, high], value) {
  const air = (high - low) * 0.06;
  if (value < low + air) return shifted([low, high], value - air - low);
  if (value > high - air) return shifted([low, high], value + air - high);
  return [low, high];
}
