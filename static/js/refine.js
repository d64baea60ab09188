// A part of the page could not be had: the page itself says why, as it does without script.
const looksAgain = (element) => element.matches("[hx-trigger^='every']");

function openAnew(element) {
  // A page that answers a form is asked by its address: the form is not sent again.
  if (looksAgain(element)) window.location.assign(element.getAttribute("hx-get"));
  else window.location.reload();
}

function tellSilence(element) {
  const words = element.querySelector("[data-silence]");
  if (words) words.hidden = false;
}

document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  // A server that restarts is there again soon: what one is typing is worth the wait.
  if (looksAgain(elt) && xhr.status >= 500) tellSilence(elt);
  else openAnew(elt);
});

document.addEventListener("htmx:sendError", (event) => {
  if (looksAgain(event.detail.elt)) tellSilence(event.detail.elt);
});

let heldFocus = "";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, pathInfo, target, xhr } = event.detail;
  const asked = new URL(pathInfo.finalRequestPath, window.location.href).pathname;
  // Led elsewhere, to the identification say: there is no such part on that page.
  if (xhr.status < 400 && xhr.responseURL && new URL(xhr.responseURL).pathname !== asked) {
    event.detail.shouldSwap = false;
    openAnew(elt);
    return;
  }
  heldFocus = target.contains(document.activeElement) ? target.id : "";
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  // Who is still typing is told what is wrong, and goes on typing.
  for (const element of fragment.querySelectorAll("[autofocus]")) element.removeAttribute("autofocus");
  // What is read aloud is read once.
  if (target.id === "annonce") event.detail.shouldSwap = target.textContent.trim() !== fragment.textContent.trim();
});

document.addEventListener("htmx:afterSettle", () => {
  // What had the focus is gone: its place keeps it.
  if (heldFocus && document.activeElement === document.body) document.getElementById(heldFocus)?.focus({ preventScroll: true });
  heldFocus = "";
});
