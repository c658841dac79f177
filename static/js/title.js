// "3 of 12" in the page's title, as long as songs are on their way: seen in the tab while one does something else.

const KEY = "songs-on-their-way";
const plain = document.title;
const site = plain.split(" · ").at(-1);
const state = { total: kept(), here: 0, there: 0, landed: [] };

// Songs that have come on their way, less those that a person took off it again; shown with what remains.
export function counted(songs) {
  state.total = Math.max(state.total + songs, 0);
}

// How many are still to be sent from this page; how many wait or are heard on the server, which was asked at that time.
export function remaining({ here = state.here, there = state.there, asked = 0 }) {
  // Of what came there since, the server did not know yet.
  const landedSince = state.landed.filter((at) => at > asked);
  Object.assign(state, { here, there, landed: landedSince });
  show();
}

// A song has come to the server, which counts it from the next time on that it is asked.
export function landed() {
  state.landed.push(performance.now());
}

function show() {
  const sent = state.here + state.landed.length;
  const left = sent + state.there;
  // As long as something is sent, the page knows how many there are, and the server may count one of them early.
  if (!sent && left) state.total = Math.max(state.total, left);
  if (!left && state.total && document.hidden) title(`${state.total} of ${state.total} done · ${site}`);
  else if (left) title(`${Math.max(state.total - left, 0)} of ${state.total} · ${site}`);
  else {
    state.total = 0;
    title(plain);
  }
  keep(state.total);
}

function title(text) {
  if (document.title !== text) document.title = text;
}

// A page that is left for the next one counts on.
function kept() {
  try {
    return Number(sessionStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
}

function keep(total) {
  try {
    sessionStorage.setItem(KEY, String(total));
  } catch {
    // Without storage, the next page begins to count anew.
  }
}

document.addEventListener("visibilitychange", () => document.hidden || show());
