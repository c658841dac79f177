// Saves Agree, Disagree and corrections without leaving the page, so that the music keeps playing.

// Replaces each part of the page that shows the verdict with the same part of the answer.
function refresh(answer) {
  document.title = answer.title;
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

// The part with the focus is new: focus the rejected form, or the first control.
function restoreFocus() {
  const verdict = document.getElementById("verdict");
  const rejected = verdict.querySelector("select[aria-describedby]");
  (rejected ?? verdict.querySelector("button, summary")).focus({ preventScroll: true });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-verdict]") || form.dataset.plain) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(form, button);
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    // A rejected correction comes back as the same page with the error in its form.
    if (!response.ok && response.status !== 400) throw new Error(`${response.status}`);
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!answer.getElementById("verdict")) throw new Error("another page");
    refresh(answer);
    announce(answer);
    restoreFocus();
  } catch {
    // Signed out, or no answer: submit the form without a script, and the browser shows which.
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  }
});
