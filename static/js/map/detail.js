// Of a map that draws a sample: loads the songs of the visible part after each change of the view.

const AFTER_MS = 250;

export class Detail {
  // `load` fetches the songs of a part of the plane; `loaded` draws them.
  constructor(view, load, loaded) {
    Object.assign(this, { view, load, loaded });
    this.shown = this.part();
  }

  // Rounded outwards.
  part() {
    const [valence_from, valence_to, arousal_from, arousal_to] = this.view.bounds;
    const [down, up] = [Math.floor, Math.ceil].map((round) => (value) => round(value * 1000) / 1000);
    return {
      valence_from: down(valence_from),
      valence_to: up(valence_to),
      arousal_from: down(arousal_from),
      arousal_to: up(arousal_to),
    };
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.update(), AFTER_MS);
  }

  async update() {
    const part = this.part();
    if (JSON.stringify(part) === JSON.stringify(this.shown)) return;
    this.shown = part;
    try {
      const answer = await this.load(part);
      // Another change of the view came in between.
      if (this.shown === part) this.loaded(answer);
    } catch (error) {
      // The songs that are drawn stay.
      console.warn(error);
    }
  }
}
