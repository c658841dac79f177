// Other words for the same song without a new page; the address keeps the choice.

const section = document.querySelector("[data-words]");
const choices = [...section.querySelectorAll("[data-vocabulary]")];

function choose(key) {
  for (const choice of choices) {
    if (choice.dataset.vocabulary === key) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  }
  for (const panel of section.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== key;
}

for (const choice of choices) {
  choice.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(choice.dataset.vocabulary);
    const address = new URL(choice.href);
    history.replaceState(null, "", address.pathname + address.search);
  });
}
