// Keyboard control of the map: arrows move between songs, other keys zoom, select and open.

const DIRECTIONS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

export function handleKeys(ui) {
  const { canvas, view, songs, renderer, selection } = ui;

  const actions = {
    Enter: () => renderer.state.hovered >= 0 && ui.open(renderer.state.hovered),
    " ": () => {
      const index = renderer.state.hovered;
      if (index >= 0) selection.toggle(index);
    },
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: () => {
      view.show(view.home);
      ui.viewChanged();
    },
    Escape: () => {
      selection.clear();
      ui.highlight(-1);
    },
  };

  function zoom(factor) {
    const index = renderer.state.hovered;
    if (index < 0) view.zoomMiddle(factor);
    else view.zoomAt(factor, view.x(songs.valence[index]), view.y(songs.arousal[index]));
    ui.viewChanged();
  }

  function step(direction) {
    const from = renderer.state.hovered;
    const { left, right, top, bottom } = view.field;
    // The first step goes to the song nearest the centre of the view.
    const index =
      from < 0
        ? songs.nearest(view, (left + right) / 2, (top + bottom) / 2, Infinity)
        : songs.next(view, from, direction);
    if (index < 0) return;
    view.reveal(songs.valence[index], songs.arousal[index]);
    ui.viewChanged();
    ui.highlight(index, true);
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = event.key in DIRECTIONS ? () => step(DIRECTIONS[event.key]) : actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  canvas.addEventListener("blur", () => ui.highlight(-1));
}
