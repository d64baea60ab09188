// Charts of what stands in the table beside them: for the eye only, so they are hidden from screen readers.
// <figure data-chart="id" hidden><div><canvas>: `id` names a json_script {labels, unit, axis, series: [{label, values}]}.
const COLOURS = 5;
const BAR = 30;
const TILE = 8;

// Not by colour alone: plain, stripes, dots, lines, crosses.
const MARKS = [
  () => {},
  (pen) => {
    pen.moveTo(0, TILE);
    pen.lineTo(TILE, 0);
    pen.moveTo(-1, 1);
    pen.lineTo(1, -1);
    pen.moveTo(TILE - 1, TILE + 1);
    pen.lineTo(TILE + 1, TILE - 1);
  },
  (pen) => pen.arc(TILE / 2, TILE / 2, 1.25, 0, 2 * Math.PI),
  (pen) => {
    pen.moveTo(0, TILE / 2);
    pen.lineTo(TILE, TILE / 2);
  },
  (pen) => {
    pen.moveTo(TILE / 2, 1);
    pen.lineTo(TILE / 2, TILE - 1);
    pen.moveTo(1, TILE / 2);
    pen.lineTo(TILE - 1, TILE / 2);
  },
];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function colour(place) {
  return token(`--chart-${(place % COLOURS) + 1}`);
}

function paint(place) {
  const tile = document.createElement("canvas");
  tile.width = TILE;
  tile.height = TILE;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour(place);
  pen.fillRect(0, 0, TILE, TILE);
  pen.strokeStyle = token("--surface");
  pen.lineWidth = 1.5;
  pen.beginPath();
  MARKS[place % MARKS.length](pen);
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function draw(figure) {
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  window.Chart.defaults.font.size = 14;
  const ink = token("--ink");
  const line = token("--line");
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const canvas = figure.querySelector("canvas");
  canvas.parentElement.style.height = `${data.labels.length * BAR + 110}px`;
  figure.hidden = false;
  const language = document.documentElement.lang;
  const sign = language === "fr" ? " : " : ": ";
  const locale = language === "en" ? "en-GB" : `${language}-BE`;
  const isMoney = data.unit === "€";
  const shown = new Intl.NumberFormat(locale, isMoney ? { style: "currency", currency: "EUR" } : {});
  window.Chart.getChart(canvas)?.destroy();
  new window.Chart(canvas, {
    type: "bar",
    data: {
      labels: data.labels,
      datasets: data.series.map((each, place) => ({
        label: each.label,
        data: each.values,
        backgroundColor: paint(place),
        borderColor: colour(place),
        borderWidth: 1,
      })),
    },
    options: {
      indexAxis: "y",
      locale,
      maintainAspectRatio: false,
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 },
      color: ink,
      scales: {
        x: { stacked: true, title: { display: true, text: data.axis, color: ink }, ticks: { color: ink }, grid: { color: line } },
        y: { stacked: true, ticks: { color: ink, autoSkip: false }, grid: { display: false } },
      },
      plugins: {
        legend: { position: "top", labels: { color: ink, boxWidth: 24 } },
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label}${sign}${shown.format(item.parsed.x)}${isMoney ? "" : ` ${data.unit}`}` },
        },
      },
    },
  });
}

// Without the library the table is all there is, as without script.
if (window.Chart) {
  const drawAll = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
  drawAll();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}
