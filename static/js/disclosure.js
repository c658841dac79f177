// Opens folded sections that a link or the address points into, and all of them for printing.

const folded = () => document.querySelectorAll("details.disclosure");

function reveal(id) {
  const target = id && document.getElementById(id);
  for (let part = target?.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  return target;
}

// Also for a second click on the same link, which changes no address.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) reveal(decodeURIComponent(link.hash.slice(1)));
});
window.addEventListener("hashchange", () => reveal(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView());
if (location.hash) reveal(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();

let openedForPrint = [];
window.addEventListener("beforeprint", () => {
  openedForPrint = [...folded()].filter((part) => !part.open);
  for (const part of openedForPrint) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of openedForPrint) part.open = false;
});
