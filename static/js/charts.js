// Charts of what stands in the table beside them: for the eye only, so they are hidden from screen readers.
// <figure data-chart="id" hidden><div><canvas>: `id` names a json_script {labels, unit, axis, series: [{label, values}]}.
const COLOURS = ["#1c4f8c", "#b8470b", "#1d7a5f", "#6b3fa0", "#8a1c4a"];
const INK = "#18202b";
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

function paint(place) {
  const tile = document.createElement("canvas");
  tile.width = TILE;
  tile.height = TILE;
  const pen = tile.getContext("2d");
  pen.fillStyle = COLOURS[place % COLOURS.length];
  pen.fillRect(0, 0, TILE, TILE);
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1.5;
  pen.beginPath();
  MARKS[place % MARKS.length](pen);
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function draw(figure) {
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  window.Chart.defaults.font.size = 14;
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const canvas = figure.querySelector("canvas");
  canvas.parentElement.style.height = `${data.labels.length * BAR + 110}px`;
  figure.hidden = false;
  const shown = new Intl.NumberFormat(document.documentElement.lang);
  new window.Chart(canvas, {
    type: "bar",
    data: {
      labels: data.labels,
      datasets: data.series.map((each, place) => ({
        label: each.label,
        data: each.values,
        backgroundColor: paint(place),
        borderColor: COLOURS[place % COLOURS.length],
        borderWidth: 1,
      })),
    },
    options: {
      indexAxis: "y",
      locale: document.documentElement.lang,
      maintainAspectRatio: false,
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 },
      color: INK,
      scales: {
        x: { stacked: true, title: { display: true, text: data.axis, color: INK }, ticks: { color: INK } },
        y: { stacked: true, ticks: { color: INK, autoSkip: false }, grid: { display: false } },
      },
      plugins: {
        legend: { position: "top", labels: { color: INK, boxWidth: 24 } },
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label} : ${shown.format(item.parsed.x)} ${data.unit}` },
        },
      },
    },
  });
}

// Without the library the table is all there is, as without script.
if (window.Chart) document.querySelectorAll("figure[data-chart]").forEach(draw);
