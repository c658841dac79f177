// Songs dropped anywhere on the page or picked, sent one by one with their progress; each then lives on as a row of the list.

import { announce, renew, watch } from "./live.js";

const SENT_AT_ONCE = 2;

const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const songs = document.querySelector("[data-songs]");
const blank = document.querySelector("[data-upload-row]");
const waiting = [];
let sending = 0;

input.addEventListener("change", () => {
  add(input.files);
  input.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  input.click();
});

let depth = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  form.classList.add("over");
});
document.addEventListener("dragleave", () => {
  depth = Math.max(depth - 1, 0);
  if (!depth) form.classList.remove("over");
});
document.addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  form.classList.remove("over");
  add(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  // Only what is still on its way is lost by leaving; what has arrived is heard all the same.
  if (sending || waiting.length) event.preventDefault();
});

function add(files) {
  const rows = [...files].map(rowOf);
  if (!rows.length) return;
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
  songs.prepend(...rows.map((upload) => upload.row));
  rows.forEach((upload) => {
    const reason = refusal(upload.file);
    if (reason) fail(upload, reason, false);
    else waiting.push(upload);
  });
  announce(rows.length === 1 ? `Sending ${rows[0].file.name}` : `Sending ${rows.length} songs`);
  next();
}

function refusal(file) {
  if (!file.size) return "The file is empty: choose one that holds sound.";
  if (file.size <= Number(form.dataset.maxBytes)) return "";
  const size = `${Math.ceil(file.size / 1e6).toLocaleString("en")} MB`;
  return `The file has ${size}, and at most ${form.dataset.maxText} are allowed: choose a smaller one, or the same song in a compressed format.`;
}

function rowOf(file) {
  const row = blank.content.firstElementChild.cloneNode(true);
  const upload = {
    file,
    row,
    request: null,
    text: row.querySelector("[data-text]"),
    progress: row.querySelector("[data-progress]"),
    retry: row.querySelector("[data-retry]"),
    remove: row.querySelector("[data-remove]"),
  };
  row.querySelector("[data-name]").textContent = file.name;
  upload.progress.setAttribute("aria-label", `Progress of ${file.name}`);
  upload.retry.addEventListener("click", () => {
    reset(upload);
    waiting.push(upload);
    next();
  });
  upload.remove.addEventListener("click", () => {
    const place = waiting.indexOf(upload);
    if (place >= 0) waiting.splice(place, 1);
    upload.request?.abort();
    row.remove();
  });
  return upload;
}

function reset(upload) {
  upload.text.textContent = "Waiting to be sent";
  upload.text.classList.remove("problem");
  upload.progress.hidden = false;
  upload.progress.value = 0;
  upload.retry.hidden = true;
  upload.remove.textContent = "Cancel";
}

function fail(upload, reason, again) {
  upload.text.textContent = reason;
  upload.text.classList.add("problem");
  upload.progress.hidden = true;
  upload.retry.hidden = !again;
  upload.remove.textContent = "Dismiss";
  announce(`${upload.file.name}: ${reason}`);
}

function next() {
  while (sending < SENT_AT_ONCE && waiting.length) send(waiting.shift());
}

function send(upload) {
  sending += 1;
  const request = new XMLHttpRequest();
  upload.request = request;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("file", upload.file);

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((100 * event.loaded) / event.total);
    upload.progress.value = percent;
    upload.text.textContent = percent < 100 ? `Uploading, ${percent} %` : "Uploading, almost there";
  });
  request.addEventListener("load", () => arrived(upload, request));
  request.addEventListener("error", () => fail(upload, "The connection broke off: send the song again.", true));
  request.addEventListener("loadend", () => {
    sending -= 1;
    upload.request = null;
    next();
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.send(body);
}

function arrived(upload, request) {
  const answer = request.response;
  if (request.status >= 300 || !answer?.id) {
    const reason = answer?.error?.message ?? "The server did not take the song: load the page again and send it once more.";
    return fail(upload, reason, request.status >= 500 || !answer);
  }
  // The same file again leads to the row that is there already.
  document.querySelector(`[data-song="${answer.id}"]`)?.remove();
  upload.text.textContent = answer.text;
  upload.row.dataset.song = answer.id;
  upload.row.dataset.card = answer.card;
  upload.row.dataset.status = answer.status;
  renew(upload.row, answer.card).then(watch);
}
