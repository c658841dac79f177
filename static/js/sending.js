// One file on its way to the server, in parts: it goes on where it stopped, after a broken connection, after a restart
// of the server, and after its page was left and the file was chosen again.

const FIRST_BYTES = 65_536; // Enough to see whether it is sound at all, before the rest is sent.
const SMALL_BYTES = 1_000_000;
const OVERLAP_BYTES = 65_536; // Sent again where a file was chosen again: the server compares it with what it has.
const HASHED_BYTES = 64_000_000;
const SILENT_MS = 30_000;
const ANSWER_MS = 180_000;
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const FAULTS = 6;
const BEGINNINGS = 3;

// `again`: whether trying once more makes sense.
export class Refused extends Error {
  constructor(message, again = false) {
    super(message);
    this.again = again;
  }
}
export class Cancelled extends Error {}

// Nobody's fault, or the server's for a while: worth another try by itself.
class Broken extends Error {
  constructor(fault) {
    super("broken");
    this.fault = fault;
  }
}

export class Sending {
  // `resumed`: the address of what arrived of this file before. `on.bytes` is told how much has arrived or is on its way,
  // `on.pause` how many seconds until the next try, and whether the browser is without a connection.
  constructor(file, { begin, partBytes, token, resumed = "", on }) {
    Object.assign(this, { file, begin, partBytes, token, on });
    this.address = resumed;
    this.offset = null;
    this.proven = !resumed;
    this.beginnings = 0;
    this.cancelled = false;
    this.request = null;
    this.wake = null;
  }

  // The server's answer with the song.
  async run() {
    let tries = 0;
    let faults = 0;
    for (;;) {
      try {
        const answer = await this.step();
        tries = faults = 0;
        if (answer?.song && !this.cancelled) return answer;
      } catch (error) {
        if (this.cancelled) throw new Cancelled();
        if (!(error instanceof Broken)) throw error;
        if (error.fault && (faults += 1) >= FAULTS)
          throw new Refused(
            "The server answers with a fault again and again: its log says more. Try again later.",
            true,
          );
        // What became of the part is not known: ask.
        this.offset = null;
        await this.pause(PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
      }
      if (this.cancelled) throw new Cancelled();
    }
  }

  cancel() {
    this.cancelled = true;
    // An announcement is heard to its end: its answer says what there is to be given up.
    if (this.address) this.request?.abort();
    this.wake?.();
    this.giveUp();
  }

  giveUp() {
    if (!this.address) return;
    const headers = { "X-CSRFToken": this.token(), Accept: "application/json" };
    fetch(this.address, { method: "DELETE", headers, keepalive: true }).catch(() => {});
  }

  hurry() {
    this.wake?.();
  }

  async step() {
    if (!this.address) return this.announce();
    if (this.offset === null) return this.locate();
    return this.part();
  }

  async announce() {
    if ((this.beginnings += 1) > BEGINNINGS)
      throw new Refused("The server lost this file several times: try again later.", true);
    const form = new FormData();
    form.append("name", this.file.name);
    form.append("size", this.file.size);
    form.append("sha256", await this.checksum());
    if (this.cancelled) return null;
    const answer = await this.ask("POST", this.begin, { body: form });
    if (answer.song) return answer;
    this.address = answer.address;
    this.offset = answer.received_bytes;
    if (this.cancelled) this.giveUp();
    return null;
  }

  async locate() {
    const answer = await this.ask("GET", this.address);
    if (!answer) return null;
    this.offset = answer.received_bytes;
    this.on.bytes(this.offset);
    return null;
  }

  async part() {
    const from = this.proven ? this.offset : Math.max(this.offset - OVERLAP_BYTES, 0);
    const length = from || this.file.size <= SMALL_BYTES ? this.partBytes : FIRST_BYTES;
    const body = this.file.slice(from, from + length);
    try {
      await body.slice(0, 1).arrayBuffer();
    } catch {
      throw new Refused("The file can no longer be read, since it was moved or changed: choose it again.");
    }
    const answer = await this.ask("PATCH", this.address, { body, from });
    if (!answer) return null;
    this.proven = true;
    if (answer.song) return answer;
    this.offset = answer.received_bytes;
    this.on.bytes(this.offset);
    return null;
  }

  // What is here already need not be sent; browsers make checksums only where the page came over https or from this machine.
  async checksum() {
    if (!globalThis.crypto?.subtle || this.file.size > HASHED_BYTES) return "";
    try {
      const digest = await crypto.subtle.digest("SHA-256", await this.file.arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      return "";
    }
  }

  // The answer; null where something has to be asked again first.
  async ask(method, address, { body = null, from = 0 } = {}) {
    const request = await this.exchange(method, address, body, from);
    const { status, response, responseURL } = request;
    if (responseURL && new URL(responseURL).pathname !== address)
      throw new Refused("You are no longer signed in: sign in again in another tab, then send again from here.", true);
    if (status >= 200 && status < 300 && response) return response;
    const code = response?.error?.code;
    if (code === "offset_wrong") {
      this.offset = null;
      return null;
    }
    if (method !== "POST" && (status === 404 || code === "part_differs")) {
      // Removed meanwhile, or the beginning of another file: from its start, then.
      this.address = "";
      this.offset = null;
      this.proven = true;
      this.on.bytes(0);
      return null;
    }
    if (!status || status === 408 || status === 429 || (status >= 500 && status !== 507))
      throw new Broken(Boolean(status));
    if (status === 403)
      throw new Refused("The server did not know this page any more: load it again, and choose the file again.");
    throw new Refused(
      response?.error?.message ?? "The server did not take the song: load the page again.",
      status === 507 || status === 409,
    );
  }

  exchange(method, address, body, from) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.request = request;
      let watchdog = 0;
      const watch = (ms) => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => request.abort(), ms);
      };
      request.upload.addEventListener("progress", (event) => {
        watch(SILENT_MS);
        if (method === "PATCH") this.on.bytes(Math.min(from + event.loaded, this.file.size));
      });
      request.upload.addEventListener("loadend", () => watch(ANSWER_MS));
      request.addEventListener("loadend", () => {
        clearTimeout(watchdog);
        this.request = null;
        resolve(request);
      });
      request.open(method, address);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.token());
      if (method === "PATCH") {
        request.setRequestHeader("Upload-Offset", String(from));
        request.setRequestHeader("Content-Type", "application/octet-stream");
      }
      watch(SILENT_MS);
      request.send(body);
    });
  }

  // Ends early when the connection comes back, when the person looks at the page again, or when they ask for it.
  pause(ms) {
    return new Promise((resolve) => {
      const until = Date.now() + ms;
      const tell = () => this.on.pause(Math.max(Math.ceil((until - Date.now()) / 1000), 1), !navigator.onLine);
      const seen = () => document.hidden || end();
      const every = setInterval(tell, 1000);
      const timer = setTimeout(() => end(), ms);
      const end = () => {
        clearInterval(every);
        clearTimeout(timer);
        removeEventListener("online", end);
        document.removeEventListener("visibilitychange", seen);
        this.wake = null;
        resolve();
      };
      addEventListener("online", end);
      document.addEventListener("visibilitychange", seen);
      this.wake = end;
      tell();
    });
  }
}
