// The marks of moods, with the shapes and the colours that the page itself has, drawn once and stamped many times.

const PLAIN = 0.92;
const FADED = 0.16;

export class Marks {
  constructor(legend) {
    this.legend = legend;
    this.drawn = new Map();
  }

  // Anew for a theme, a screen or a size.
  prepare(radius, ratio, paper) {
    const key = `${radius} ${ratio} ${paper}`;
    if (key === this.key) return;
    Object.assign(this, { key, radius, ratio, paper });
    this.drawn.clear();
  }

  // A mood's mark as a canvas, filled where the mood is certain, open where it is mixed.
  picture({ css, certain }) {
    return this.once(`${css} ${certain}`, () => this.draw(css, certain));
  }

  // The same as pixels for a Raster.
  stamp(mood, faded) {
    return this.once(`${mood.css} ${mood.certain} ${faded}`, () => {
      const picture = this.picture(mood);
      const side = picture.width;
      const { data } = picture.getContext("2d").getImageData(0, 0, side, side);
      for (let index = 3; index < data.length; index += 4) data[index] *= faded ? FADED : PLAIN;
      return { side, pixels: new Uint32Array(data.buffer) };
    });
  }

  once(key, make) {
    if (!this.drawn.has(key)) this.drawn.set(key, make());
    return this.drawn.get(key);
  }

  draw(css, certain) {
    const mark = this.legend.querySelector(`.mood-${css}`);
    const shape = document.getElementById(`marker-${css}`).getAttribute("d");
    const colour = getComputedStyle(mark).fill;
    const side = Math.ceil((this.radius * 2.2 + 3) * this.ratio);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const scale = (this.radius / 10) * this.ratio;
    pen.translate(side / 2, side / 2);
    pen.scale(scale, scale);
    const path = new Path2D(shape);
    pen.lineJoin = "round";
    // A rim of paper keeps neighbours apart.
    pen.strokeStyle = this.paper;
    pen.lineWidth = (2.2 * this.ratio) / scale;
    pen.stroke(path);
    pen.fillStyle = certain ? colour : this.paper;
    pen.fill(path);
    if (!certain) {
      pen.clip(path);
      pen.strokeStyle = colour;
      pen.lineWidth = Math.max((2.6 * this.ratio) / scale, 6);
      pen.stroke(path);
    }
    return canvas;
  }
}
