// Saves Agree, Disagree and corrections without leaving the page, so that the music keeps playing.

// Replaces each part of the page that shows the verdict with the same part of the answer.
function refresh(answer) {
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const newPart = answer.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
    if (newPart) part.replaceWith(document.adoptNode(newPart));
  }
}

function announce(answer) {
  const status = document.querySelector("[data-verdict-status]");
  const messages = [...answer.querySelectorAll(".messages .message")].map((message) => message.textContent.trim());
  // Screen readers only read changes of an element that is already in the page.
  if (status) requestAnimationFrame(() => (status.textContent = messages.join(" ")));
}

// Keeps the focus on the same button, or on the first control of its part.
function restoreFocus(name, value) {
  const part = document.querySelector(`[data-refresh="${name}"]`);
  const same = part?.querySelector(`button[name="verdict"][value="${CSS.escape(value)}"]`);
  (same ?? part?.querySelector("button, a[href], select"))?.focus({ preventScroll: true });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-verdict]") || form.dataset.plain) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(form, button);
  const name = form.closest("[data-refresh]")?.dataset.refresh ?? "your-ear";
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok) throw new Error(`${response.status}`);
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!answer.getElementById("your-ear")) throw new Error("another page");
    refresh(answer);
    announce(answer);
    restoreFocus(name, button?.value ?? "");
  } catch {
    // Signed out, or no answer: submit the form without a script, and the browser shows which.
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  }
});
