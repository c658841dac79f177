// Sums up a batch when all of its songs are uploaded and analysed: "52 done, 2 failed", with the failed ones listed.

import { announce, track } from "./live_status.js";
import { gettext, grouped, ngettext } from "./texts.js";

const KEY = "upload-batch";
const panel = document.querySelector("[data-batch]");
const panelText = panel.querySelector("[data-batch-text]");
const failureList = panel.querySelector("[data-batch-failures]");
const retryButton = panel.querySelector("[data-batch-retry]");

// Status by song id, null while a song is unfinished; and the files that could not be uploaded.
let songs = new Map();
let failures = [];
let duplicates = 0;
let uploading = () => false;

// `isUploading` tells whether files are still to be uploaded.
export function loadBatch(isUploading) {
  uploading = isUploading;
  load();
}

// Files that are added to an unfinished batch belong to it.
export function startBatch() {
  if (!uploading() && [...songs.values()].every(Boolean)) reset();
}

export function addSong(id, { isDuplicate }) {
  if (isDuplicate) duplicates += 1;
  songs.set(id, null);
  save();
  track([id]);
}

// `retry` is called if the user wants to try the file again; null if that cannot help. Two files may have one name.
export function addFailure(file, message, retry) {
  failures.push({ file, name: file.name, message, retry });
  save();
  show();
}

export function removeFailure(file) {
  failures = failures.filter((failure) => failure.file !== file);
  save();
  show();
}

document.addEventListener("song-finished", ({ detail: song }) => {
  if (!songs.has(song.id)) return;
  songs.set(song.id, { status: song.status, title: song.title, error: song.error, url: song.url });
  save();
  show();
});

document.addEventListener("song-requeued", ({ detail: { id } }) => {
  if (!songs.has(id)) return;
  songs.set(id, null);
  save();
  track([id]);
  show();
});

export function show() {
  const results = [...songs.values()];
  const isFinished = !uploading() && results.every(Boolean);
  const total = results.length + failures.length;
  panel.hidden = !isFinished || total < 2;
  if (panel.hidden) return;
  const count = (status) => results.filter((song) => song.status === status).length;
  const failed = [
    ...results
      .filter((song) => song.status === "failed")
      .map(({ title, error, url }) => ({ name: title, message: error, url })),
    ...failures,
  ];
  const parts = [
    gettext("%(count)s done", { count: grouped(count("done")) }),
    failed.length && gettext("%(count)s failed", { count: grouped(failed.length) }),
    count("cancelled") && gettext("%(count)s cancelled", { count: grouped(count("cancelled")) }),
  ].filter(Boolean);
  const duplicateText =
    duplicates && ngettext("You already had %(count)s of them.", "You already had %(count)s of them.", duplicates);
  panelText.textContent = [`${parts.join(", ")}.`, duplicateText].filter(Boolean).join(" ");
  failureList.replaceChildren(...failed.map(failureItem));
  failureList.hidden = !failed.length;
  retryButton.hidden = !retryable().length;
}

function failureItem({ name, message, url }) {
  const item = document.createElement("li");
  const title = document.createElement(url ? "a" : "strong");
  title.dir = "auto";
  title.textContent = name;
  if (url) title.href = url;
  item.append(title, ` ${message}`);
  return item;
}

// Failed songs whose row offers a retry, and failed files that may be uploaded again.
function retryable() {
  const forms = [...songs]
    .filter(([, song]) => song?.status === "failed")
    .map(([id]) => document.querySelector(`[data-song="${id}"] form[data-retry-song]`))
    .filter(Boolean);
  return [...forms, ...failures.filter((failure) => failure.retry)];
}

retryButton.addEventListener("click", () => {
  for (const one of retryable()) {
    if (one instanceof HTMLFormElement) one.requestSubmit();
    else one.retry();
  }
  announce("Retrying");
});

panel.querySelector("[data-batch-dismiss]").addEventListener("click", reset);

function reset() {
  songs = new Map();
  failures = [];
  duplicates = 0;
  save();
  show();
}

// The next page of this tab continues, though it cannot upload a file again.
function save() {
  try {
    const files = failures.map(({ name, message }) => ({ name, message }));
    sessionStorage.setItem(KEY, JSON.stringify({ songs: [...songs], failures: files, duplicates }));
  } catch {
    // Without storage, a batch ends with its page.
  }
}

function load() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY));
    if (!stored) return;
    songs = new Map(stored.songs);
    ({ failures, duplicates } = stored);
  } catch {
    return;
  }
  track([...songs].filter(([, song]) => !song).map(([id]) => id));
  show();
}
