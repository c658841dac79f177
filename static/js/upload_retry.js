// When an upload is tried again: after delays that grow from a second to five minutes.

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 300_000;

// `attempts` is the number of tries before that failed without progress. Up to a quarter less, so that the pages of many
// users do not come back at the same moment. `leastSeconds` is what the server asked for.
export function retryDelayMs(attempts, leastSeconds = 0) {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** attempts, MAX_DELAY_MS);
  return Math.max(delay * (1 - Math.random() / 4), Math.min((leastSeconds || 0) * 1000, MAX_DELAY_MS));
}

// `ended` resolves after so many milliseconds; or earlier, when the connection is back, when the user looks at the page
// again, and when `end` is called. Until then, `report(seconds)` is called every second.
export function waitForRetry(ms, report) {
  let end;
  const ended = new Promise((resolve) => {
    const until = performance.now() + ms;
    const tick = () => report(Math.max(Math.ceil((until - performance.now()) / 1000), 1));
    const onVisible = () => document.hidden || end();
    const interval = setInterval(tick, 1000);
    const timer = setTimeout(() => end(), ms);
    end = () => {
      clearInterval(interval);
      clearTimeout(timer);
      removeEventListener("online", end);
      document.removeEventListener("visibilitychange", onVisible);
      resolve();
    };
    addEventListener("online", end);
    document.addEventListener("visibilitychange", onVisible);
    tick();
  });
  return { ended, end };
}
