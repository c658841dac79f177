// The ways in which a page is given files: two buttons, and a drop anywhere on it.

import { dropped, picked } from "./dropped.js";

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

export function given(form, add) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      const found = picked(input.files);
      input.value = "";
      add(found);
    });
  }
  // On phones, there are no folders to choose.
  if (!("webkitdirectory" in HTMLInputElement.prototype))
    for (const part of form.querySelectorAll("#folder, label[for=folder]")) part.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("input[name=file]").click();
  });

  let depth = 0;
  function hovers(change) {
    depth = Math.max(change ? depth + change : 0, 0);
    form.classList.toggle("over", depth > 0);
    document.documentElement.toggleAttribute("data-dropping", depth > 0);
  }
  document.addEventListener("dragenter", (event) => carriesFiles(event) && hovers(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && hovers(-1));
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    hovers(0);
    add(await dropped(event.dataTransfer));
  });
}
