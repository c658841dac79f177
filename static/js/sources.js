// The pages of sources refresh their progress. What changed is announced, but not every number.

const announcer = document.querySelector("[data-announcer]");
let state = document.querySelector("[data-live]")?.dataset.state;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});

// Signed out, or the source is removed: go where the server says. Of a server that fails, htmx asks again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status >= 500) return;
  if (xhr.status === 200 && xhr.responseText.includes(`id="${target.id}"`)) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

document.addEventListener("htmx:afterSettle", () => {
  const live = document.querySelector("[data-live]");
  if (!live || live.dataset.state === state) return;
  state = live.dataset.state;
  if (announcer) announcer.textContent = state;
});
