"use strict";
// What the other scripts of the page stand on: its elements, its numbers, and the runs of the JSON beside them, whose
// structure docs/report-html.md describes. Text of the data goes into the page as text nodes alone, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page");

// ---- Elements ----
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const add = (...parts) => page.append(...parts.filter(Boolean));
const heading = (text, note) => add(element("h2", {}, text), note ? element("p", { class: "note" }, note) : null);

// ---- Numbers: about four significant digits, as in the report for a terminal ----
function compact(number) {
  if (number === null || number === undefined || !Number.isFinite(number)) return "–";
  const size = Math.abs(number);
  if (size > 0 && size < 0.0005) return "<0.001";
  if (size < 9.9995) return number.toFixed(3);
  if (size < 99.995) return number.toFixed(2);
  if (size < 999.95) return number.toFixed(1);
  return Math.round(number).toLocaleString("en");
}

const whole = (number) => (number === null || number === undefined ? "–" : number.toLocaleString("en"));
const tick = (number) => Number(number.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 6 });

function percent(share) {
  if (share === null || share === undefined) return "–";
  const hundredths = share * 100;
  if (hundredths === 0) return "0 %";
  if (hundredths < 0.005) return "<0.01 %";
  return (hundredths < 0.0995 ? hundredths.toFixed(2) : hundredths < 9.95 ? hundredths.toFixed(1) : hundredths.toFixed(0)) + " %";
}

// ---- Runs and levels ----
const several = data.runs.length > 1;
const runs = data.runs.map((run, place) => ({ ...run, place, letter: String.fromCharCode(65 + place) }));
for (const run of runs) {
  const ran = run.summary.levels;
  run.openLoop = ran.some((level) => level.rate !== null);
  run.hasTrials = ran.some((level) => level.trial > 1);
  run.all = ran.map((figures, place) => ({ run, place, figures, drawn: run.levels[place], load: figures.rate ?? figures.concurrency }));
  run.best = run.all.reduce((best, level) => (best && rate(best) >= rate(level) ? best : level), null);
}
const levels = runs.flatMap((run) => run.all);
const openLoop = runs.some((run) => run.openLoop);

function rate(level) {
  return level.figures.throughput.output_tokens_per_s ?? -1;
}

function nameOf(level, withLetter = several) {
  const load = level.figures.rate !== null ? `rate ${level.figures.rate}/s` : `concurrency ${level.load}`;
  const cell = level.figures.grid ? `, in ${level.figures.grid.in} out ${level.figures.grid.out}` : "";
  return (withLetter ? `${level.run.letter}: ` : "") + load + cell + (level.run.hasTrials ? `, trial ${level.figures.trial}` : "");
}

// ---- A figure with what it can be trusted to ----
// In the page each figure names its place in summary.json, so that scripts find it.
function figure(level, path, tag = "span") {
  const value = path.split(".").reduce((at, key) => at?.[key], level.figures);
  const name = `${level.run.place}.levels.${level.place}.${path}`;
  return element(tag, { "data-figure": name, "data-value": value ?? "null" }, compact(value));
}

function boundOf(level, metric, statistic) {
  return level.figures.metrics[metric].instrument_error?.[statistic] ?? null;
}

function intervalOf(level, metric, statistic) {
  const found = level.figures.metrics[metric].ci95?.[statistic];
  return found ? `${compact(found[0])} – ${compact(found[1])}` : null;
}

const isThin = (level, metric, statistic) => level.figures.metrics[metric].thin.includes(statistic);
