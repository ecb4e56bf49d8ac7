// Says that a file is on its way; a page that one comes back to says nothing any more.
const said = document.querySelector("#sending");
said.closest("form").addEventListener("submit", () => {
  said.textContent = said.dataset.words;
});
addEventListener("pageshow", () => {
  said.textContent = "";
});
