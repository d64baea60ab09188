// The address may still name a place on the page, by a link used before the form was sent: the browser would go there again.
const summary = document.querySelector(".error-summary[autofocus]");
if (summary && window.location.hash) {
  window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
  summary.focus();
}
