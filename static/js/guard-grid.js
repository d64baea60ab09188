// The grid of a month by keyboard: one cell at a time has the focus, and what is entered in it comes into a dialog.
// Without this script each cell has its links, and its entry is a page.
const table = document.getElementById("grille");
const dialog = document.getElementById("saisie");
const content = document.getElementById("saisie-contenu");
const spoken = document.getElementById("annonce-grille");
const WEEK = 7;
let held = null;

const rowsOf = () => [...table.tBodies[0].rows];
const cellsOf = (row) => [...row.querySelectorAll("td")];
const nameOf = (cell) => ({ row: cell.parentElement.id, day: cell.dataset.day });
const cellAt = ({ row, day }) => document.getElementById(row)?.querySelector(`td[data-day="${day}"]`);

function prepare(root) {
  for (const cell of root.querySelectorAll("td")) cell.tabIndex = -1;
  // They are reached through the cell.
  for (const link of root.querySelectorAll("td a")) link.tabIndex = -1;
}

function hold(cell) {
  const before = held && cellAt(held);
  if (before) before.tabIndex = -1;
  cell.tabIndex = 0;
  held = nameOf(cell);
}

function goTo(cell) {
  if (!cell) return;
  hold(cell);
  cell.focus();
}

function beside(cell, down, right) {
  const rows = rowsOf();
  const cells = cellsOf(cell.parentElement);
  const row = rows[rows.indexOf(cell.parentElement) + down];
  return row && cellsOf(row)[Math.min(Math.max(cells.indexOf(cell) + right, 0), cells.length - 1)];
}

function open(cell, letter = "") {
  hold(cell);
  const address = new URL(cell.querySelector(".cell-entry").href);
  if (letter) address.searchParams.set("debut", letter);
  content.replaceChildren();
  window.htmx.ajax("GET", address.pathname + address.search, { source: content, target: content, swap: "innerHTML" });
}

function cancel(cell) {
  const standing = cell.querySelectorAll(".guard-chip:not(.is-cancelled)");
  if (standing.length === 1) window.location.assign(standing[0].dataset.cancel);
  else if (standing.length > 1) open(cell);
}

const MOVES = {
  ArrowLeft: (cell) => beside(cell, 0, -1),
  ArrowRight: (cell) => beside(cell, 0, 1),
  ArrowUp: (cell) => beside(cell, -1, 0),
  ArrowDown: (cell) => beside(cell, 1, 0),
  PageUp: (cell) => beside(cell, 0, -WEEK),
  PageDown: (cell) => beside(cell, 0, WEEK),
  Home: (cell, far) => cellsOf(far ? rowsOf()[0] : cell.parentElement)[0],
  End: (cell, far) => cellsOf(far ? rowsOf().at(-1) : cell.parentElement).at(-1),
};

function onKey(event) {
  const cell = event.target;
  if (!cell.matches("td") || event.altKey || event.metaKey) return;
  const move = MOVES[event.key];
  if (move) {
    event.preventDefault();
    goTo(move(cell, event.ctrlKey));
  } else if (event.ctrlKey) {
    // A shortcut of the browser.
  } else if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    open(cell);
  } else if (event.key === "Delete") {
    event.preventDefault();
    cancel(cell);
  } else if (/^\p{L}$/u.test(event.key)) {
    event.preventDefault();
    open(cell, event.key);
  }
}

function onClick(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest(".cell-entry");
  if (!link) return;
  event.preventDefault();
  open(link.closest("td"));
}

function showDialog() {
  if (!dialog.open) dialog.showModal();
  const wrong = content.querySelector(".error-summary");
  const first = content.querySelector("form :is(input:not([type=hidden]), select)") || content.querySelector("a[href]");
  (wrong || first)?.focus();
  if (!wrong && first?.matches("[type=text]")) first.setSelectionRange(first.value.length, first.value.length);
}

// Today in the middle, or on a phone alone, behind the column that stays; no day is cut at its start.
function showDay(region, day) {
  const kept = day.parentElement.cells[0].offsetWidth;
  const middle = day.offsetLeft - (region.clientWidth + kept - day.offsetWidth) / 2;
  const start = [...day.parentElement.cells].slice(1).find((cell) => cell.offsetLeft - kept >= middle) ?? day;
  region.scrollLeft = start.offsetLeft - kept;
}

function ready() {
  table.setAttribute("role", "grid");
  table.setAttribute("aria-describedby", "aide-clavier");
  document.getElementById("aide-clavier").hidden = false;
  const region = table.closest(".table-region");
  region.removeAttribute("tabindex");
  prepare(table.tBodies[0]);
  const today = document.getElementById("aujourdhui");
  const first = cellsOf(rowsOf()[0])[today ? today.cellIndex - 1 : 0];
  hold(first);
  if (today) showDay(region, today);
  table.addEventListener("keydown", onKey);
  table.addEventListener("click", onClick);
  table.addEventListener("focusin", (event) => event.target.matches("td") && hold(event.target));
  content.addEventListener("click", (event) => event.target.closest("[data-close]") && dialog.close());
  dialog.addEventListener("close", () => goTo(cellAt(held)));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === content) showDialog();
  });
  document.addEventListener("guardEntered", (event) => {
    const { row, day, text, summary } = event.detail;
    prepare(document.getElementById(row));
    held = { row, day };
    document.getElementById("compte").textContent = summary;
    spoken.textContent = text;
    if (dialog.open) dialog.close();
    else goTo(cellAt(held));
  });
  table.dataset.ready = "true";
}

if (table && window.htmx) ready();
