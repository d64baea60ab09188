// A part of the page could not be had: the page itself says why, as it does without script.
document.addEventListener("htmx:responseError", () => window.location.reload());
