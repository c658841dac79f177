// What a person says is saved without leaving the page, so that the music plays on.

// Parts of the page that tell of it are marked; each is exchanged for its like in the answer.
function renew(answer) {
  for (const part of document.querySelectorAll("[data-renewed]")) {
    const fresh = answer.querySelector(`[data-renewed="${part.dataset.renewed}"]`);
    if (fresh) part.replaceWith(document.adoptNode(fresh));
  }
}

function tell(answer) {
  const status = document.querySelector("[data-verdict-status]");
  const text = [...answer.querySelectorAll(".messages .message")].map((message) => message.textContent.trim());
  // Only what changes after it stands in the page is read aloud.
  if (status) requestAnimationFrame(() => (status.textContent = text.join(" ")));
}

// The focus stays where it was: on the same button, or on what stands there in its place.
function refocus(name, value) {
  const part = document.querySelector(`[data-renewed="${name}"]`);
  const same = part?.querySelector(`button[name="verdict"][value="${CSS.escape(value)}"]`);
  (same ?? part?.querySelector("button, a[href], select"))?.focus({ preventScroll: true });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-verdict]") || form.dataset.plain) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(form, button);
  const name = form.closest("[data-renewed]")?.dataset.renewed ?? "your-ear";
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok) throw new Error(`${response.status}`);
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!answer.getElementById("your-ear")) throw new Error("another page");
    renew(answer);
    tell(answer);
    refocus(name, button?.value ?? "");
  } catch {
    // Signed out, or the server away: the form as it is without a script says which.
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  }
});
