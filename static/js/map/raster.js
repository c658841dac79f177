// Puts thousands of small pictures into one, pixel by pixel: several times as fast as asking the canvas for each, where
// no graphics processor helps.

export class Raster {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  resize() {
    const { width, height } = this.canvas;
    this.image = this.pen.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  clear() {
    this.pixels.fill(0);
  }

  show() {
    this.pen.putImageData(this.image, 0, 0);
  }

  // `stamp` is { side, pixels }, its middle goes to x, y; nothing is put outside `box`, all in pixels of the device.
  put({ side, pixels }, x, y, box) {
    const { width } = this.canvas;
    const left = Math.round(x - side / 2);
    const top = Math.round(y - side / 2);
    const fromX = Math.max(box.left - left, 0);
    const toX = Math.min(box.right - left, side);
    const toY = Math.min(box.bottom - top, side);
    for (let row = Math.max(box.top - top, 0); row < toY; row++) {
      let target = (top + row) * width + left + fromX;
      let source = row * side + fromX;
      for (let column = fromX; column < toX; column++, target++, source++) {
        const above = pixels[source];
        const alpha = above >>> 24;
        if (alpha === 255 || this.pixels[target] === 0) {
          if (alpha) this.pixels[target] = above;
        } else if (alpha) this.pixels[target] = mixed(above, alpha, this.pixels[target]);
      }
    }
  }
}

// Alpha, blue, green, red from the highest byte down, as every browser's machine has them.
function mixed(above, alpha, below) {
  const rest = 255 - alpha;
  const red = ((above & 255) * alpha + (below & 255) * rest) / 255;
  const green = (((above >>> 8) & 255) * alpha + ((below >>> 8) & 255) * rest) / 255;
  const blue = (((above >>> 16) & 255) * alpha + ((below >>> 16) & 255) * rest) / 255;
  const opacity = alpha + ((below >>> 24) * rest) / 255;
  return (opacity << 24) | (blue << 16) | (green << 8) | red;
}
