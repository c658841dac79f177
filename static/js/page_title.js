// "3 of 12" in the title of the page while songs are unfinished, so that the browser's tab shows the progress.

import { gettext } from "./texts.js";

const KEY = "unfinished-songs";
const plainTitle = document.title;
const site = plainTitle.split(" · ").at(-1);
// `uploading` songs are not sent yet, `onServer` ones are queued or analysed. `uploadedAt` has the times of uploads that
// the server's count does not contain yet.
const state = { total: load(), uploading: 0, onServer: 0, uploadedAt: [] };

// Adds to the number of songs that the title counts; negative for songs that were removed.
export function addToTotal(songs) {
  state.total = Math.max(state.total + songs, 0);
}

export function setRemaining({ uploading = state.uploading, onServer = state.onServer, askedAt = 0 }) {
  // An older answer of the server does not count the uploads that ended after its request.
  const uploadedAt = state.uploadedAt.filter((at) => at > askedAt);
  Object.assign(state, { uploading, onServer, uploadedAt });
  show();
}

export function countUploaded() {
  state.uploadedAt.push(performance.now());
}

function show() {
  const uploading = state.uploading + state.uploadedAt.length;
  const left = uploading + state.onServer;
  // While this page uploads it knows the total, and the server may count a song early.
  if (!uploading && left) state.total = Math.max(state.total, left);
  const { total } = state;
  if (!left && total && document.hidden) setProgress(gettext("%(count)s of %(count)s done", { count: total }));
  else if (left) setProgress(gettext("%(done)s of %(total)s", { done: Math.max(total - left, 0), total }));
  else {
    state.total = 0;
    setTitle(plainTitle);
  }
  save(state.total);
}

function setProgress(text) {
  setTitle(`${text} · ${site}`);
}

function setTitle(text) {
  if (document.title !== text) document.title = text;
}

// The next page of this tab continues to count.
function load() {
  try {
    return Number(sessionStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
}

function save(total) {
  try {
    sessionStorage.setItem(KEY, String(total));
  } catch {
    // Without storage, the next page starts to count again.
  }
}

document.addEventListener("visibilitychange", () => document.hidden || show());
