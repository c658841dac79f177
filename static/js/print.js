// The browser's own dialogue prints the sheet, or keeps it as a PDF.

const button = document.querySelector("[data-print]");
button.hidden = false;
document.querySelector("[data-without-script]").hidden = true;
button.addEventListener("click", () => window.print());
