// Ways to add files to a page: two buttons, and a drop anywhere on it.

import { filesFromDrop, filesFromInput } from "./dropped_files.js";

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

// Calls `onFiles({ files, skipped })` for each choice and each drop.
export function watchFiles(form, onFiles) {
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      const picked = filesFromInput(input.files);
      input.value = "";
      onFiles(picked);
    });
  }
  // Phones have no folders to choose.
  if (!("webkitdirectory" in HTMLInputElement.prototype))
    for (const part of form.querySelectorAll("#folder, label[for=folder]")) part.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("input[name=file]").click();
  });

  let depth = 0;
  function setDepth(value) {
    depth = Math.max(value, 0);
    form.classList.toggle("over", depth > 0);
    document.documentElement.toggleAttribute("data-dropping", depth > 0);
  }
  document.addEventListener("dragenter", (event) => carriesFiles(event) && setDepth(depth + 1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && setDepth(depth - 1));
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    onFiles(await filesFromDrop(event.dataTransfer));
  });
}
