// Ignores a second click on "Add five demo songs" while the first is being answered.

function show(form, busy) {
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", String(busy));
  button.textContent = busy ? button.dataset.busy : button.dataset.label;
}

// On the document: htmx replaces lists, and the form with them.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-demo]");
  if (!form) return;
  if (form.querySelector("button").getAttribute("aria-disabled") === "true") event.preventDefault();
  else show(form, true);
});

// The browser's back button shows the page as it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("[data-demo]")) show(form, false);
});
