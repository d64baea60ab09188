// Beside each typed day a button that opens the browser's own calendar. Without this script, or such a calendar, one types.
const TYPED = /^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\s*$/;
const ICON =
  '<svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6">' +
  '<path d="M3 4.5h14v12H3zM3 8.5h14M6.5 2.5v4M13.5 2.5v4"/></svg>';

function readTyped(text) {
  const found = TYPED.exec(text);
  return found ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : "";
}

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function labelOf(field) {
  const label = field.labels[0]?.cloneNode(true);
  label?.querySelectorAll("[aria-hidden]").forEach((mark) => mark.remove());
  return label?.textContent.trim() || "";
}

function addPicker(field) {
  const { calendar, earliest, latest } = field.dataset;
  // It only lends its calendar: what is read, reached by Tab and sent is the typed field.
  const picker = made("input", { type: "date", className: "day-picker", min: earliest, max: latest, tabIndex: -1 });
  picker.setAttribute("aria-hidden", "true");
  const words = made("span", { className: "visually-hidden" }, `${calendar}, ${labelOf(field)}`);
  const button = made("button", { type: "button", className: "btn btn-outline-primary day-button", innerHTML: ICON }, words);
  const hadFocus = document.activeElement === field;
  const entry = made("span", { className: "day-entry" });
  field.replaceWith(entry);
  entry.append(field, button, picker);
  if (hadFocus) field.focus({ preventScroll: true });

  const follow = () => {
    picker.value = readTyped(field.value);
  };
  follow();
  field.addEventListener("input", follow);
  field.form?.addEventListener("reset", () => setTimeout(follow));
  picker.addEventListener("change", (event) => event.stopPropagation());
  picker.addEventListener("input", (event) => {
    event.stopPropagation();
    field.value = picker.value.split("-").reverse().join("-");
    // Whatever looks at what is typed looks at this too.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  button.addEventListener("click", () => {
    follow();
    picker.showPicker();
  });
}

function addPickers(root) {
  for (const field of root.querySelectorAll("input[data-calendar]:not([readonly], :disabled, .day-entry > *)")) addPicker(field);
}

if ("showPicker" in HTMLInputElement.prototype) {
  addPickers(document);
  document.addEventListener("htmx:load", (event) => addPickers(event.detail.elt));
}
