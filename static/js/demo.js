// Says that the demo songs are being made, which takes some seconds, and lets nobody ask twice.

function show(form, busy) {
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", String(busy));
  button.textContent = busy ? button.dataset.busy : button.dataset.label;
  form.querySelector("[data-status]").textContent = busy ? form.dataset.demo : "";
}

// On the document, since lists are exchanged without a new page, and the form with them.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-demo]");
  if (!form) return;
  if (form.querySelector("button").getAttribute("aria-disabled") === "true") event.preventDefault();
  else show(form, true);
});

// Whoever comes back by the browser's own button finds the page as it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("[data-demo]")) show(form, false);
});
