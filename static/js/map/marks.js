// The mood markers: the shapes and colours of the legend, drawn once and then copied for each song.

const PLAIN = 0.92;
const FADED = 0.16;

export class Marks {
  constructor(legend) {
    this.legend = legend;
    this.cache = new Map();
  }

  // Clears the cache when size, pixel ratio or background changes.
  prepare(radius, ratio, paper) {
    const key = `${radius} ${ratio} ${paper}`;
    if (key === this.key) return;
    Object.assign(this, { key, radius, ratio, paper });
    this.cache.clear();
  }

  // A mood's marker as a canvas: filled if the mood is certain, outlined if it is mixed.
  image({ css, certain }) {
    return this.cached(`${css} ${certain}`, () => this.draw(css, certain));
  }

  // The same marker as pixels for Raster.
  stamp(mood, faded) {
    return this.cached(`${mood.css} ${mood.certain} ${faded}`, () => {
      const image = this.image(mood);
      const side = image.width;
      const { data } = image.getContext("2d").getImageData(0, 0, side, side);
      for (let index = 3; index < data.length; index += 4) data[index] *= faded ? FADED : PLAIN;
      return { side, pixels: new Uint32Array(data.buffer) };
    });
  }

  cached(key, make) {
    if (!this.cache.has(key)) this.cache.set(key, make());
    return this.cache.get(key);
  }

  draw(css, certain) {
    const mark = this.legend.querySelector(`.mood-${css}`);
    const shape = document.getElementById(`marker-${css}`).getAttribute("d");
    const colour = getComputedStyle(mark).fill;
    const side = Math.ceil((this.radius * 2.2 + 3) * this.ratio);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const scale = (this.radius / 10) * this.ratio;
    context.translate(side / 2, side / 2);
    context.scale(scale, scale);
    const path = new Path2D(shape);
    context.lineJoin = "round";
    // A border in the background colour separates overlapping markers.
    context.strokeStyle = this.paper;
    context.lineWidth = (2.2 * this.ratio) / scale;
    context.stroke(path);
    context.fillStyle = certain ? colour : this.paper;
    context.fill(path);
    if (!certain) {
      context.clip(path);
      context.strokeStyle = colour;
      context.lineWidth = Math.max((2.6 * this.ratio) / scale, 6);
      context.stroke(path);
    }
    return canvas;
  }
}
