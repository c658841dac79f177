// Pictures that the server draws on request. Until one is ready, it answers 202 and says when to ask again.

import { gettext } from "./texts.js";

const TIMEOUT_MS = 180_000;

export async function fetchDrawn(address, onWait) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const response = await fetch(address, { headers: { Accept: "application/json, image/png" } }).catch(() => null);
    if (response?.status === 200) return response;
    if (response && response.status !== 202) throw new Error(await errorMessage(response));
    onWait();
    const wait_s = Number(response?.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 * wait_s));
  }
  throw new Error(
    gettext("This takes longer than expected. The worker may be busy with other songs. Try again later."),
  );
}

async function errorMessage(response) {
  const answer = await response.json().catch(() => null);
  return answer?.error?.message ?? gettext("The picture could not be drawn. Try again later.");
}
