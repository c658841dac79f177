// Switches between the mood vocabularies without loading a page. The URL keeps the choice.

const section = document.querySelector("[data-vocabularies]");
const links = [...(section?.querySelectorAll("[data-vocabulary]") ?? [])];

function select(key) {
  for (const link of links) {
    if (link.dataset.vocabulary === key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const panel of section.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== key;
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    select(link.dataset.vocabulary);
    const address = new URL(link.href);
    history.replaceState(null, "", address.pathname + address.search);
  });
}
