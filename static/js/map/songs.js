// The songs of the map, stored in columns, with searches by position.

export class Songs {
  // A map of more songs than were sent draws a sample, and loads others when the view changes.
  constructor(answer) {
    this.partial = answer.total > answer.songs.length;
    this.load(answer);
  }

  load({ total, moods, artists, songs }) {
    this.total = total;
    this.count = songs.length;
    this.moods = moods;
    this.artists = artists;
    this.rows = songs;
    this.valence = Float64Array.from(songs, (song) => song[3]);
    this.arousal = Float64Array.from(songs, (song) => song[4]);
    this.mood = Uint16Array.from(songs, (song) => song[5]);
    this.selected = new Uint8Array(this.count);
  }

  song(index) {
    const [hex, title, artist] = this.rows[index];
    return {
      id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      title,
      artist: this.artists[artist],
      mood: this.moods[this.mood[index]],
    };
  }

  // The index of a song that is drawn, or -1.
  indexOf(id) {
    const hex = id.replaceAll("-", "");
    return this.rows.findIndex((row) => row[0] === hex);
  }

  get selectedIndexes() {
    const indexes = [];
    for (let index = 0; index < this.count; index++) if (this.selected[index]) indexes.push(index);
    return indexes;
  }

  // Selects the songs at positions that fulfil the condition. `add` keeps earlier ones selected.
  select(condition, add) {
    for (let index = 0; index < this.count; index++) {
      if (condition(this.valence[index], this.arousal[index])) this.selected[index] = 1;
      else if (!add) this.selected[index] = 0;
    }
  }

  clear() {
    this.selected.fill(0);
  }

  // The index of the song nearest to a pixel, or -1 if none is within `reach` pixels.
  nearest(view, x, y, reach) {
    const { perValence, perArousal, x0, y0 } = view.scale;
    let best = -1;
    let least = reach * reach;
    for (let index = this.count - 1; index >= 0; index--) {
      const dx = perValence * this.valence[index] + x0 - x;
      const dy = perArousal * this.arousal[index] + y0 - y;
      const distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  }

  // The index of the next song in a direction. Sideways distance counts twice.
  next(view, from, [right, down]) {
    const { perValence, perArousal } = view.scale;
    let best = -1;
    let least = Infinity;
    for (let index = 0; index < this.count; index++) {
      const dx = perValence * (this.valence[index] - this.valence[from]);
      const dy = perArousal * (this.arousal[index] - this.arousal[from]);
      const ahead = dx * right + dy * down;
      const aside = Math.abs(dx * down) + Math.abs(dy * right);
      if (index === from || ahead < 0 || aside > ahead || (ahead === 0 && index < from)) continue;
      const cost = ahead + 2 * aside;
      if (cost < least) [best, least] = [index, cost];
    }
    return best;
  }
}
