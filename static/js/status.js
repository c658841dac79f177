// The status page refreshes itself, and says when it cannot.

const offline = document.querySelector("[data-offline]");

// Signed out: go to the sign-in page, which is no part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 200 || xhr.responseText.includes('id="status"')) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, () => {
    offline.hidden = false;
  });
}
document.addEventListener("htmx:afterSwap", () => {
  offline.hidden = true;
});
