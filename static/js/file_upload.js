// Uploads one file by the tus protocol. Continues where it stopped after a lost connection, a restart of the server, or
// a reload of the page, and keeps trying until the file is uploaded, rejected or cancelled.

import "../vendor/tus-js-client/tus.min.js";
import { retryDelayMs, waitForRetry } from "./upload_retry.js";
import { gettext, isTranslated } from "./texts.js";

const FIRST_CHUNK_BYTES = 65_536; // Enough for the server to see whether it is audio, before the rest is sent.
const SMALL_FILE_BYTES = 1_000_000;
const MAX_HASHED_BYTES = 64_000_000;
const NO_PROGRESS_MS = 30_000;
const NO_ANSWER_MS = 180_000;
const MAX_CREATIONS = 3;
// Limits of the user, which no waiting changes.
const FINAL_CODES = ["too_many_uploads", "quota_exceeded"];
const ERROR_TEXTS = {
  disk_full: () => gettext("The server’s disk is full: delete songs that you do not need, then try again."),
  file_changed: () => gettext("The file was changed on its way: send it again from its start."),
  file_empty: () => gettext("The file is empty: choose an audio file."),
  file_too_large: () =>
    gettext("The file is too large: choose a smaller one, or the same song in a compressed format."),
  not_audio: () => gettext("The file is not in a known audio format: choose a song."),
  quota_exceeded: () => gettext("Your quota is used up: delete songs, or ask the owner for a larger quota."),
  too_many_uploads: () => gettext("You have too many unfinished uploads: cancel some of them."),
};

// `retryable`: whether the same file may succeed later.
export class UploadError extends Error {
  constructor(message, retryable = false) {
    super(message);
    this.retryable = retryable;
  }
}

export class UploadCancelled extends Error {}

// An answer that says nothing about the upload itself.
class ServerBusy extends Error {
  constructor(response) {
    super(gettext("The server answered with status %(status)s.", { status: response.getStatus() }));
    this.response = response;
  }
}

export class FileUpload {
  #file;
  #options;
  #tus = null;
  #settle = null;
  #cancelled = false;
  #attempts = 0;
  #creations = 0;
  #watchdog = 0;
  #endWait = null;

  // Options: `endpoint`, `chunkBytes`, `csrfToken()`; `uploadUrl` of an unfinished upload of this file, if there is one;
  // `onProgress(bytes)`; and `onWait(seconds, problem)`, called every second until the next attempt, where `problem` is
  // the message of the server, or empty where it did not answer.
  constructor(file, options) {
    this.#file = file;
    this.#options = options;
  }

  // Resolves to `{ songUrl, isDuplicate }`; rejects with an UploadError or UploadCancelled. May be called again after an
  // error, and continues then.
  async run() {
    this.#attempts = this.#creations = 0;
    this.#tus ??= await this.#create();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.#cancelled) reject(new UploadCancelled());
      else this.#tus.start();
    });
  }

  cancel() {
    this.#cancelled = true;
    this.#stopWatchdog();
    this.#endWait?.();
    // Deletes it on the server too. If that fails, it expires there.
    this.#tus?.abort(true).catch(() => {});
    this.#settle?.reject(new UploadCancelled());
  }

  retryNow() {
    this.#endWait?.();
  }

  async #create() {
    const file = this.#file;
    const sha256 = await checksum(file);
    const upload = new window.tus.Upload(file, {
      endpoint: this.#options.endpoint,
      uploadUrl: this.#options.uploadUrl || null,
      metadata: {
        filename: file.name,
        filetype: file.type,
        lastModified: file.lastModified,
        ...(sha256 && { sha256 }),
      },
      chunkSize: file.size <= SMALL_FILE_BYTES ? this.#options.chunkBytes : FIRST_CHUNK_BYTES,
      headers: { Accept: "application/json" },
      // Attempts are counted here, where the user sees when the next one is.
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      onBeforeRequest: (request) => this.#beforeRequest(request),
      onAfterResponse: (request, response) => this.#afterResponse(request, response),
      onProgress: (bytes) => this.#options.onProgress(bytes),
      onChunkComplete: () => {
        this.#attempts = 0;
        upload.options.chunkSize = this.#options.chunkBytes;
      },
      onSuccess: ({ lastResponse }) => this.#succeed(lastResponse),
      onError: (error) => this.#handleError(error),
    });
    if (!this.#options.uploadUrl) {
      const previous = await upload.findPreviousUploads();
      if (previous.length) upload.resumeFromPreviousUpload(previous.at(-1));
    }
    return upload;
  }

  async #beforeRequest(request) {
    request.setHeader("X-CSRFToken", this.#options.csrfToken());
    if (request.getMethod() === "POST" && this.#creations >= MAX_CREATIONS)
      throw new UploadError(gettext("The server lost this file several times: try again later."), true);
    if (request.getMethod() === "PATCH") {
      try {
        await this.#file.slice(0, 1).arrayBuffer();
      } catch {
        throw new UploadError(gettext("The file can no longer be read. It was moved or changed: choose it again."));
      }
    }
    this.#startWatchdog(NO_PROGRESS_MS);
    const sending = request.getUnderlyingObject().upload;
    sending.addEventListener("progress", () => this.#startWatchdog(NO_PROGRESS_MS));
    sending.addEventListener("loadend", () => this.#startWatchdog(NO_ANSWER_MS));
  }

  #afterResponse(request, response) {
    this.#stopWatchdog();
    // Thrown here and not left to tus-js-client, which would forget the upload and start a new one.
    if (response.getStatus() === 401)
      throw new UploadError(gettext("You are signed out: sign in again in another tab, then retry here."), true);
    if (response.getStatus() === 403 && !FINAL_CODES.includes(codeOf(response)))
      throw new UploadError(gettext("This page is out of date: load it again, then choose the file again."));
    if (request.getMethod() === "HEAD" && isTemporary(response)) throw new ServerBusy(response);
    if (request.getMethod() === "POST" && response.getStatus() === 201) this.#creations += 1;
    if (request.getMethod() === "POST" && response.getHeader("Upload-Song")) {
      // The server has this song already. abort() forgets the headers, so it comes second.
      this.#succeed(response);
      this.#tus.abort();
    }
  }

  #succeed(response) {
    this.#stopWatchdog();
    this.#settle.resolve({
      songUrl: response.getHeader("Upload-Song"),
      isDuplicate: response.getHeader("Upload-Duplicate") === "true",
    });
  }

  async #handleError(error) {
    this.#stopWatchdog();
    if (this.#cancelled) return;
    const cause = error.causingError;
    if (cause instanceof UploadError) return this.#settle.reject(cause);
    const response = cause instanceof ServerBusy ? cause.response : error.originalResponse;
    const status = response?.getStatus() ?? 0;
    // Another offset, or another upload, which tus-js-client finds out when it starts again.
    if (status === 409 && this.#attempts === 0) {
      this.#attempts += 1;
      return this.#tus.start();
    }
    const isGone = [404, 410].includes(status) && error.originalRequest?.getMethod() === "PATCH";
    if (!response || isTemporary(response) || isGone || status === 409)
      return this.#startAfterWait(response ? messageOf(response) : "", Number(response?.getHeader("Retry-After")));
    this.#settle.reject(new UploadError(messageOf(response), FINAL_CODES.includes(codeOf(response))));
  }

  async #startAfterWait(problem = "", leastSeconds = 0) {
    const ms = retryDelayMs(this.#attempts, leastSeconds);
    this.#attempts += 1;
    const wait = waitForRetry(ms, (seconds) => this.#options.onWait(seconds, problem));
    this.#endWait = wait.end;
    await wait.ended;
    this.#endWait = null;
    if (!this.#cancelled) this.#tus.start();
  }

  #startWatchdog(ms) {
    this.#stopWatchdog();
    this.#watchdog = setTimeout(() => {
      // Nothing moves, and the browser has not noticed that the connection is lost.
      this.#tus.abort();
      this.#startAfterWait();
    }, ms);
  }

  #stopWatchdog() {
    clearTimeout(this.#watchdog);
  }
}

// The SHA-256 of a file that is not too large, so that a song that is on the server already is not sent again. Empty
// where the browser has no crypto.subtle: it has it on this machine and over HTTPS.
async function checksum(file) {
  if (!globalThis.crypto?.subtle || file.size > MAX_HASHED_BYTES) return "";
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}

// The server, or a proxy in front of it, may answer otherwise later.
function isTemporary(response) {
  const status = response.getStatus();
  return (status >= 500 || [408, 423, 425, 429].includes(status)) && !FINAL_CODES.includes(codeOf(response));
}

function errorOf(response) {
  try {
    return JSON.parse(response.getBody()).error ?? {};
  } catch {
    return {};
  }
}

const codeOf = (response) => errorOf(response).code ?? "";

function messageOf(response) {
  const { code, message, request_id: requestId } = errorOf(response);
  // The API says its errors in English.
  if (isTranslated && ERROR_TEXTS[code]) return ERROR_TEXTS[code]();
  if (message && requestId && response.getStatus() === 500) return `${message} (Request ${requestId})`;
  if (message) return message;
  if (response.getStatus() === 507) return gettext("The server’s disk is full.");
  if (response.getStatus() >= 500) return gettext("The server answers with an error. Its log says more.");
  return gettext("The server did not accept the file: load the page again.");
}
