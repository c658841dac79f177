// Switches between the light and the dark theme without loading a page, and closes menus that lose the focus.

const form = document.querySelector("[data-appearance]");

form?.addEventListener("submit", (event) => {
  const theme = event.submitter?.value;
  if (!theme) return;
  event.preventDefault();
  const root = document.documentElement;
  // That of the cookie which the server sets without JavaScript.
  const path = form.dataset.appearance.replace(/(.)\/$/, "$1");
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (theme === "auto") {
    delete root.dataset.theme;
    document.cookie = `theme=; path=${path}; max-age=0; samesite=lax${secure}`;
  } else {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=${path}; max-age=${365 * 24 * 3600}; samesite=lax${secure}`;
  }
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
});

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
