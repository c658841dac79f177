// The upload queue: files that were dropped on the page or chosen are uploaded two at a time, each with a row of its own,
// which becomes the row of the song.

import { watchFiles } from "./file_picker.js";
import { FileUpload, UploadCancelled, UploadError } from "./file_upload.js";
import { announce, refreshRow, watch } from "./live_status.js";
import { addToTotal, countUploaded, setRemaining } from "./page_title.js";
import { TransferSpeed, leftText, sizeText } from "./transfer_speed.js";
import * as batch from "./upload_batch.js";
import { UploadRow } from "./upload_row.js";
import { gettext, grouped, ngettext } from "./texts.js";

const PARALLEL_UPLOADS = 2;
// Of a large folder only so many queued files have a row. The others get theirs when it is their turn.
const MAX_QUEUED_ROWS = 30;
const MAX_FINISHED_ROWS = 100;
const DRAW_EVERY_MS = 400;

const form = document.querySelector("[data-upload]");
const list = document.querySelector("[data-songs]");
// Pages without an upload form show what is dropped on them in a part that is hidden before.
const tray = document.querySelector("[data-upload-tray]");
const panel = document.querySelector("[data-uploading]");
const panelText = panel.querySelector("[data-uploading-text]");
const panelBar = panel.querySelector("[data-uploading-progress]");
const moreText = document.querySelector("[data-more]");
const skippedText = document.querySelector("[data-skipped]");
const speed = new TransferSpeed();

let queued = [];
const active = new Set();
const failed = new Set();
// Files and bytes since the queue was last empty, and how many of them are finished.
let totals = { files: 0, bytes: 0, finishedFiles: 0, finishedBytes: 0 };

const isUploading = () => active.size + queued.length > 0;

batch.loadBatch(isUploading);
watchFiles(form, addFiles);
addEventListener("beforeunload", (event) => {
  // Only uploads stop when the page is left. Uploaded songs are analysed all the same.
  if (isUploading()) event.preventDefault();
});

// --- Add -----------------------------------------------------------------------------------------

function addFiles({ files, skipped }) {
  skippedText.hidden = !skipped && files.length > 0;
  skippedText.textContent = files.length
    ? ngettext("Skipped %(count)s file that is not audio.", "Skipped %(count)s files that are not audio.", skipped)
    : gettext("There are no audio files in that folder.");
  tray?.removeAttribute("hidden");
  if (!files.length) return announce(skippedText.textContent);
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
  document.querySelector("[data-all-songs]")?.removeAttribute("hidden");
  batch.startBatch();
  // Rows of these files go in front of this marker, whatever happens to the rows around them.
  const marker = document.createElement("li");
  marker.hidden = true;
  list.prepend(marker);
  const uploads = files.map((file) => ({
    file,
    marker,
    row: null,
    transfer: null,
    bytes: 0,
    uploadUrl: unfinishedUrl(file),
  }));
  for (const upload of uploads) {
    const problem = sizeProblem(upload.file);
    if (!problem) queued.push(upload);
    else fail(upload, problem, false);
  }
  const accepted = uploads.filter((upload) => !failed.has(upload));
  totals.files += accepted.length;
  totals.bytes += accepted.reduce((sum, upload) => sum + upload.file.size, 0);
  addToTotal(accepted.length);
  if (accepted.length)
    announce(accepted.length === 1 ? `Uploading ${accepted[0].file.name}` : `Uploading ${accepted.length} songs`);
  startNext();
}

// The URL of an unfinished upload of this file, which the page lists. Each is continued once.
function unfinishedUrl(file) {
  const rows = [...document.querySelectorAll("[data-unfinished-upload]")];
  const row = rows.find(
    ({ dataset }) =>
      dataset.name === file.name.normalize("NFC") &&
      Number(dataset.size) === file.size &&
      dataset.lastModified === String(file.lastModified),
  );
  row?.remove();
  showUnfinishedCount();
  return row?.dataset.url ?? "";
}

function sizeProblem(file) {
  if (!file.size) return gettext("The file is empty: choose an audio file.");
  if (file.size <= Number(form.dataset.maxBytes)) return "";
  const size = `${grouped(Math.ceil(file.size / 1e6))} MB`;
  return gettext(
    "The file has %(size)s, and at most %(limit)s are allowed: choose a smaller file, or the same song in a compressed format.",
    { size, limit: form.dataset.maxText },
  );
}

// --- Upload --------------------------------------------------------------------------------------

function startNext() {
  while (active.size < PARALLEL_UPLOADS && queued.length) start(queued.shift());
  draw();
}

async function start(upload) {
  active.add(upload);
  rowOf(upload).showStarted();
  upload.transfer ??= new FileUpload(upload.file, {
    endpoint: form.dataset.endpoint,
    chunkBytes: Number(form.dataset.chunkBytes),
    csrfToken,
    uploadUrl: upload.uploadUrl,
    onProgress: (bytes) => showProgress(upload, bytes),
    onWait: (seconds, problem) => upload.row.showWaiting(seconds, problem),
  });
  try {
    const result = await upload.transfer.run();
    finish(upload);
    showSong(upload, result);
  } catch (error) {
    finish(upload);
    if (error instanceof UploadError) fail(upload, error.message, error.retryable);
    else if (!(error instanceof UploadCancelled)) {
      fail(upload, gettext("Something went wrong in this page: load it again."), false);
      console.error(error);
    }
  }
  startNext();
}

function showProgress(upload, bytes) {
  if (bytes > upload.bytes) speed.add(bytes - upload.bytes);
  upload.bytes = bytes;
  if (active.has(upload)) upload.row.showProgress(bytes, speed.secondsFor((upload.file.size - bytes) * active.size));
  drawSoon();
}

function finish(upload) {
  active.delete(upload);
  totals.finishedFiles += 1;
  totals.finishedBytes += upload.file.size;
}

function fail(upload, message, retryable) {
  failed.add(upload);
  upload.retryable = retryable;
  rowOf(upload).showError(message, retryable);
  batch.addFailure(upload.file, message, retryable ? () => retry(upload) : null);
}

async function showSong(upload, { songUrl, isDuplicate }) {
  const id = songUrl.match(/[\da-f-]{36}/)[0];
  const cardUrl = form.dataset.cardUrl.replace(/[\da-f-]{36}/, id);
  // The same song may have a row already.
  list.querySelector(`[data-song="${id}"]`)?.remove();
  upload.row.showUploaded(id, cardUrl);
  countUploaded();
  batch.addSong(id, { isDuplicate });
  const row = await refreshRow(upload.row.element, cardUrl).catch(() => null);
  if (row && isDuplicate) showDuplicate(row);
  watch();
  const finished = [...list.querySelectorAll("[data-song]:not([data-unfinished])")];
  for (const old of finished.slice(MAX_FINISHED_ROWS)) old.remove();
}

function showDuplicate(row) {
  const note = document.createElement("span");
  note.className = "soft small";
  note.textContent = gettext("You already have this song");
  row.querySelector(".song-title").append(note);
  const title = row.querySelector(".song-title strong").textContent;
  announce(gettext("You already have this song: %(title)s", { title }));
}

function retry(upload) {
  if (active.has(upload)) return upload.transfer.retryNow();
  failed.delete(upload);
  batch.removeFailure(upload.file);
  queued.unshift(upload);
  totals.files += 1;
  totals.bytes += upload.file.size;
  addToTotal(1);
  startNext();
}

function remove(upload) {
  if (active.has(upload)) upload.transfer.cancel();
  else if (queued.includes(upload)) {
    queued = queued.filter((other) => other !== upload);
    upload.transfer?.cancel();
    finish(upload);
  }
  if (failed.delete(upload)) {
    // What is on the server of a file that could be retried is not needed any more.
    if (upload.retryable) upload.transfer?.cancel();
    batch.removeFailure(upload.file);
  } else addToTotal(-1);
  upload.row?.element.remove();
  draw();
}

// From the cookie and not from the form, since signing in again in another tab changes it.
function csrfToken() {
  const cookie = document.cookie.split("; ").find((text) => text.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : form.elements.csrfmiddlewaretoken.value;
}

// --- Show ----------------------------------------------------------------------------------------

function rowOf(upload) {
  if (!upload.row) {
    upload.row = new UploadRow(upload.file, { onRetry: () => retry(upload), onRemove: () => remove(upload) });
    upload.marker.before(upload.row.element);
  }
  return upload.row;
}

let drawTimer = 0;
const drawSoon = () => {
  drawTimer ||= setTimeout(draw, DRAW_EVERY_MS);
};

function draw() {
  clearTimeout(drawTimer);
  drawTimer = 0;
  let bytesAhead = [...active].reduce((sum, { file, bytes }) => sum + file.size - bytes, 0);
  for (const [index, upload] of queued.slice(0, MAX_QUEUED_ROWS).entries()) {
    bytesAhead += upload.file.size - upload.bytes;
    rowOf(upload).showQueued(index + 1, speed.secondsFor(bytesAhead));
  }
  const more = queued.length - MAX_QUEUED_ROWS;
  moreText.hidden = more <= 0;
  moreText.textContent = ngettext("%(count)s more file queued.", "%(count)s more files queued.", more);
  setRemaining({ uploading: active.size + queued.length });
  panel.hidden = !isUploading();
  batch.show();
  if (panel.hidden) {
    totals = { files: 0, bytes: 0, finishedFiles: 0, finishedBytes: 0 };
    return;
  }
  const sent = totals.finishedBytes + [...active].reduce((sum, { bytes }) => sum + bytes, 0);
  const left = leftText(speed.secondsFor(Math.max(totals.bytes - sent, 0)));
  const number = Math.min(totals.finishedFiles + active.size, totals.files);
  const values = { number, files: totals.files, sent: sizeText(sent), size: sizeText(totals.bytes), left };
  panelText.textContent = left
    ? gettext(
        "Uploading %(number)s of %(files)s, %(sent)s of %(size)s, %(left)s. Stay on this page until the upload is done.",
        values,
      )
    : gettext(
        "Uploading %(number)s of %(files)s, %(sent)s of %(size)s. Stay on this page until the upload is done.",
        values,
      );
  panelBar.value = totals.bytes ? (100 * sent) / totals.bytes : 0;
}

panel.querySelector("[data-cancel-all]").addEventListener("click", () => {
  for (const upload of [...queued, ...active]) remove(upload);
  announce(gettext("Uploads cancelled."));
});

// Deletes an unfinished upload without leaving the page.
document.addEventListener("submit", async (event) => {
  const row = event.target.closest("[data-unfinished-upload]");
  if (!row) return;
  event.preventDefault();
  const headers = { "X-CSRFToken": csrfToken(), "Tus-Resumable": "1.0.0", Accept: "application/json" };
  const response = await fetch(row.dataset.url, { method: "DELETE", headers }).catch(() => null);
  if (response?.ok || response?.status === 404 || response?.status === 410) {
    row.remove();
    showUnfinishedCount();
  } else event.target.submit();
});

// The form that deletes all of them is not needed for one.
function showUnfinishedCount() {
  const all = document.querySelector("[data-unfinished-uploads]");
  if (all && document.querySelectorAll("[data-unfinished-upload]").length < 2) all.hidden = true;
}
