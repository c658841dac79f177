// Songs and folders dropped anywhere on the page or picked: sent two at a time, each with its own row, each living on as
// the row of a song.

import { given } from "./given.js";
import { announce, renew, watch } from "./live_status.js";
import { Cancelled, Refused, Sending } from "./sending.js";
import { Speed, leftText, sizeText } from "./speed.js";
import { counted, landed, remaining } from "./title.js";
import { UploadRow } from "./upload_row.js";

const SENT_AT_ONCE = 2;
// Of a large folder, only so many rows wait to be seen; the others come as it is their turn.
const ROWS_WAITING = 30;
const ROWS_DONE = 100;
const SHOWN_EVERY_MS = 400;

const form = document.querySelector("[data-upload]");
const songs = document.querySelector("[data-songs]");
// Where the page has no form of its own, it shows what is dropped on it in a part that was hidden before.
const tray = document.querySelector("[data-upload-tray]");
const panel = document.querySelector("[data-sending]");
const panelText = panel.querySelector("[data-sending-text]");
const panelBar = panel.querySelector("[data-sending-progress]");
const more = document.querySelector("[data-more]");
const note = document.querySelector("[data-skipped]");
const speed = new Speed();

let waiting = [];
const active = new Set();
const failed = new Set();
// Of what is being sent since nothing was: how many files and bytes, and how many are through.
let batch = { files: 0, bytes: 0, files_over: 0, bytes_over: 0 };

// --- Given ---------------------------------------------------------------------------------------

given(form, add);
addEventListener("beforeunload", (event) => {
  // Only what is still on its way stops by leaving; what has arrived is heard all the same.
  if (active.size || waiting.length) event.preventDefault();
});

function add({ songs: files, others }) {
  note.hidden = !others && files.length > 0;
  note.textContent = files.length
    ? `${others === 1 ? "1 file that is no song was" : `${others} files that are no songs were`} left out.`
    : "No songs were found in what was given.";
  tray?.removeAttribute("hidden");
  if (!files.length) return announce(note.textContent);
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
  document.querySelector("[data-all-songs]")?.removeAttribute("hidden");
  const uploads = files.map(uploadOf);
  // Where this drop's rows stand, however the rows around them change.
  const place = document.createElement("li");
  place.hidden = true;
  songs.prepend(place);
  for (const upload of uploads) {
    const reason = refusal(upload.file);
    upload.place = place;
    if (!reason) waiting.push(upload);
    else {
      failed.add(upload);
      show(upload).fails(reason, false);
    }
  }
  const sent = uploads.filter((upload) => !upload.row);
  batch.files += sent.length;
  batch.bytes += sent.reduce((sum, upload) => sum + upload.file.size, 0);
  counted(sent.length);
  if (sent.length) announce(sent.length === 1 ? `Sending ${sent[0].file.name}` : `Sending ${sent.length} songs`);
  next();
}

const uploadOf = (file) => ({ file, row: null, place: null, sending: null, bytes: 0, resumed: stopped(file) });

// What has arrived of a file before its page was left; each is gone on with once.
function stopped(file) {
  const rows = [...document.querySelectorAll("[data-arriving]")];
  const name = file.name.normalize("NFC");
  const row = rows.find(({ dataset }) => dataset.name === name && Number(dataset.size) === file.size);
  row?.remove();
  return row?.dataset.address ?? "";
}

function refusal(file) {
  if (!file.size) return "The file is empty: choose one that holds sound.";
  if (file.size <= Number(form.dataset.maxBytes)) return "";
  const size = `${Math.ceil(file.size / 1e6).toLocaleString("en")} MB`;
  return `The file has ${size}, and at most ${form.dataset.maxText} are allowed: choose a smaller one, or the same song in a compressed format.`;
}

// --- Sent ----------------------------------------------------------------------------------------

function next() {
  while (active.size < SENT_AT_ONCE && waiting.length) send(waiting.shift());
  draw();
}

async function send(upload) {
  active.add(upload);
  show(upload).begins();
  upload.sending = new Sending(upload.file, {
    begin: form.dataset.begin,
    partBytes: Number(form.dataset.partBytes),
    token,
    resumed: upload.resumed,
    on: {
      bytes: (bytes) => moved(upload, bytes),
      pause: (seconds, offline) => upload.row.pauses(seconds, offline),
    },
  });
  upload.resumed = "";
  try {
    const answer = await upload.sending.run();
    over(upload);
    arrived(upload, answer.song);
  } catch (error) {
    over(upload);
    if (!(error instanceof Cancelled)) {
      failed.add(upload);
      const known = error instanceof Refused;
      // What arrived of it is gone on with.
      if (known && error.again) upload.resumed = upload.sending.address;
      upload.row.fails(
        known ? error.message : "Something went wrong in this page: load it again.",
        known && error.again,
      );
      if (!known) console.error(error);
    }
  }
  next();
}

function moved(upload, bytes) {
  if (bytes > upload.bytes) speed.add(bytes - upload.bytes);
  upload.bytes = bytes;
  if (active.has(upload)) upload.row.sends(bytes, speed.secondsFor((upload.file.size - bytes) * active.size));
  drawSoon();
}

function over(upload) {
  active.delete(upload);
  batch.files_over += 1;
  batch.bytes_over += upload.file.size;
}

function arrived(upload, song) {
  // The same file again leads to the row that is there already.
  songs.querySelector(`[data-song="${song.id}"]`)?.remove();
  upload.row.arrives(song);
  if (!song.over) landed();
  renew(upload.row.element, song.card).then(() => watch());
  const done = [...songs.querySelectorAll("[data-song]:not([data-unfinished])")];
  for (const row of done.slice(ROWS_DONE)) row.remove();
}

function again(upload) {
  if (active.has(upload)) return upload.sending.hurry();
  failed.delete(upload);
  waiting.unshift(upload);
  batch.files += 1;
  batch.bytes += upload.file.size;
  counted(1);
  next();
}

function remove(upload) {
  if (active.has(upload)) upload.sending.cancel();
  else if (waiting.includes(upload)) {
    waiting = waiting.filter((other) => other !== upload);
    over(upload);
  }
  if (!failed.delete(upload)) counted(-1);
  upload.row?.element.remove();
  draw();
}

// The cookie, and not the form, since signing in again in another tab makes a new one.
function token() {
  const cookie = document.cookie.split("; ").find((text) => text.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : form.elements.csrfmiddlewaretoken.value;
}

// --- Shown ---------------------------------------------------------------------------------------

function show(upload) {
  if (!upload.row) {
    upload.row = new UploadRow(upload.file, { onAgain: () => again(upload), onRemove: () => remove(upload) });
    upload.place.before(upload.row.element);
  }
  return upload.row;
}

let drawing = 0;
const drawSoon = () => {
  drawing ||= setTimeout(draw, SHOWN_EVERY_MS);
};

function draw() {
  clearTimeout(drawing);
  drawing = 0;
  const unsent = [...active].reduce((sum, { file, bytes }) => sum + file.size - bytes, 0);
  let ahead = unsent;
  for (const [index, upload] of waiting.slice(0, ROWS_WAITING).entries()) {
    ahead += upload.file.size - upload.bytes;
    show(upload).waits(index + 1, speed.secondsFor(ahead));
  }
  const hidden = waiting.length - ROWS_WAITING;
  more.hidden = hidden <= 0;
  more.textContent = hidden === 1 ? "1 more waits to be sent." : `${hidden.toLocaleString("en")} more wait to be sent.`;
  remaining({ here: active.size + waiting.length });
  panel.hidden = !active.size && !waiting.length;
  if (panel.hidden) {
    batch = { files: 0, bytes: 0, files_over: 0, bytes_over: 0 };
    return;
  }
  const sent = batch.bytes_over + [...active].reduce((sum, { bytes }) => sum + bytes, 0);
  const rest = leftText(speed.secondsFor(Math.max(batch.bytes - sent, 0)));
  const number = Math.min(batch.files_over + active.size, batch.files);
  panelText.textContent = `Sending ${number} of ${batch.files}, ${sizeText(sent)} of ${sizeText(batch.bytes)}${rest && `: ${rest}`}. Stay on this page until they are sent.`;
  panelBar.value = batch.bytes ? (100 * sent) / batch.bytes : 0;
}

panel.querySelector("[data-cancel-all]").addEventListener("click", () => {
  const all = [...waiting, ...active];
  waiting = [];
  for (const upload of all) {
    if (!active.has(upload)) over(upload);
    remove(upload);
  }
  announce("Nothing more is sent.");
});

// What stopped before can be given up without leaving the page.
document.addEventListener("submit", async (event) => {
  const row = event.target.closest("[data-arriving]");
  if (!row) return;
  event.preventDefault();
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  const answer = await fetch(row.dataset.address, { method: "DELETE", headers }).catch(() => null);
  if (answer?.ok || answer?.status === 404) row.remove();
  else event.target.submit();
});
