// The queue in this tab's sessionStorage, so that the next page goes on with it. A page that is left while it plays
// leaves a note for the next one; a copied or restored tab has no such note, and stays silent.

const SONGS = "queue songs";
const STATE = "queue state";
const HANDOVER = "queue handover";
const VOLUME = "queue volume";
// A note that is older belongs to a tab that was closed and opened again.
const HANDOVER_MS = 30_000;

// `storage` is a name, since browsers that forbid storage fail on the first use of it.
function write(storage, name, value) {
  try {
    window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden: then the queue ends with this page.
  }
}

function read(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(name));
  } catch {
    return null;
  }
}

function remove(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Then there is nothing to remove.
  }
}

// Another user of this browser does not see what was played.
export function load(owner) {
  const state = read("sessionStorage", STATE);
  const list = read("sessionStorage", SONGS);
  if (state?.owner === owner && list?.length) return { ...state, list };
  forget();
  return null;
}

export const saveSongs = (list) => write("sessionStorage", SONGS, list);
export const saveState = (state) => write("sessionStorage", STATE, state);

export function forget() {
  for (const name of [SONGS, STATE, HANDOVER]) remove(name);
}

export const leaveHandover = () => write("sessionStorage", HANDOVER, Date.now());

// Whether the page before was left while it played.
export function handedOver() {
  const leftAt = read("sessionStorage", HANDOVER);
  return leftAt !== null && Date.now() - leftAt < HANDOVER_MS;
}

export const clearHandover = () => remove(HANDOVER);

export const saveVolume = (volume) => write("localStorage", VOLUME, volume);

export function savedVolume() {
  const volume = read("localStorage", VOLUME);
  return typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 1;
}
