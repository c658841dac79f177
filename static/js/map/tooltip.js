// A tooltip beside the highlighted song.

import { gettext } from "../texts.js";

export class Tooltip {
  constructor(element, songs, view) {
    Object.assign(this, { element, songs, view });
  }

  description(index) {
    const { title, artist, mood } = this.songs.song(index);
    const [valence, arousal] = [this.songs.valence[index], this.songs.arousal[index]].map((value) => value.toFixed(1));
    return `${title}${artist ? ` by ${artist}` : ""}: ${moodText(mood)}, valence ${valence}, arousal ${arousal}`;
  }

  show(index) {
    this.element.hidden = index < 0;
    if (index < 0) return;
    const { title, artist, mood } = this.songs.song(index);
    this.element.replaceChildren(
      line("strong", title),
      ...(artist ? [line("span", artist)] : []),
      line("em", moodText(mood)),
    );
    const { element, view } = this;
    const x = view.x(this.songs.valence[index]);
    const y = view.y(this.songs.arousal[index]);
    // On the side with more room.
    const left = x > view.width / 2 ? x - element.offsetWidth - 16 : x + 16;
    const top = Math.min(Math.max(y - element.offsetHeight / 2, 4), view.height - element.offsetHeight - 4);
    element.style.setProperty("transform", `translate(${Math.round(Math.max(left, 4))}px, ${Math.round(top)}px)`);
  }
}

export function moodText({ name, yours }) {
  return yours ? gettext("%(mood)s (your mood)", { mood: name }) : name;
}

function line(name, text) {
  const element = document.createElement(name);
  element.dir = "auto";
  element.textContent = text;
  return element;
}
