// Opens the browser's print dialogue, which can also save a PDF.

const button = document.querySelector("[data-print]");
button.hidden = false;
document.querySelector("[data-without-script]").hidden = true;
button.addEventListener("click", () => window.print());
