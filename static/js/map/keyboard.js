// The map on the keyboard: from song to song, closer and farther, chosen and opened.

const DIRECTIONS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

export function listenToKeys(desk) {
  const { canvas, view, songs, painting, selection } = desk;

  const actions = {
    Enter: () => painting.state.hovered >= 0 && desk.visit(painting.state.hovered),
    " ": () => {
      const index = painting.state.hovered;
      if (index >= 0) selection.toggle(index);
    },
    "+": () => closer(1.5),
    "=": () => closer(1.5),
    "-": () => closer(1 / 1.5),
    0: () => {
      view.show(view.home);
      desk.moved();
    },
    Escape: () => {
      selection.clear();
      desk.point(-1);
    },
  };

  function closer(factor) {
    const index = painting.state.hovered;
    if (index < 0) view.zoomMiddle(factor);
    else view.zoomAt(factor, view.x(songs.valence[index]), view.y(songs.arousal[index]));
    desk.moved();
  }

  function step(direction) {
    const from = painting.state.hovered;
    const { left, right, top, bottom } = view.field;
    // The first step goes to the song in the middle of what is in sight.
    const index =
      from < 0
        ? songs.nearest(view, (left + right) / 2, (top + bottom) / 2, Infinity)
        : songs.next(view, from, direction);
    if (index < 0) return;
    view.reveal(songs.valence[index], songs.arousal[index]);
    desk.moved();
    desk.point(index, true);
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = event.key in DIRECTIONS ? () => step(DIRECTIONS[event.key]) : actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  canvas.addEventListener("blur", () => desk.point(-1));
}
