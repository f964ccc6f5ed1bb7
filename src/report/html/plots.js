"use strict";
// Everything that is drawn by Chart.js.

// ---- Plots ----
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const dark = matchMedia("(prefers-color-scheme: dark)");
const plots = []; // { canvas, make, chart }

// One colour a level, from low loads to high ones: steps of viridis, told apart by every kind of colour vision.
function levelColour(level) {
  const steps = dark.matches ? ["#4f8fd6", "#2fb5ae", "#5fd07a", "#b5de4a", "#fde968"] : ["#440154", "#414487", "#2a788e", "#22a884", "#7ab82e"];
  const count = Math.max(...runs.map((run) => run.all.length));
  if (count === 1) return style("accent");
  const at = (level.place / (count - 1)) * (steps.length - 1);
  const low = Math.min(Math.floor(at), steps.length - 2);
  const channel = (i) => {
    const [from, to] = [steps[low], steps[low + 1]].map((colour) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16));
    return Math.round(from + (to - from) * (at - low));
  };
  return `rgb(${channel(0)}, ${channel(1)}, ${channel(2)})`;
}

const dashOf = (run) => [[], [7, 4], [2, 3], [9, 3, 2, 3]][run.place % 4];
const faded = (colour, share) => {
  const [r, g, b] = colour.startsWith("#") ? [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)) : colour.match(/\d+/g).map(Number);
  return `rgba(${r}, ${g}, ${b}, ${share})`;
};

// Says of a canvas that it was drawn, and how many points it shows.
const drawnMark = {
  id: "drawnMark",
  afterDraw(chart) {
    chart.canvas.dataset.drawn = chart.data.datasets.reduce((sum, set) => sum + set.data.filter((point) => point?.y !== null).length, 0);
  },
};

// Vertical lines at figures of note: options.marks = [{ x, label }].
const markLines = {
  id: "markLines",
  afterDatasetsDraw(chart) {
    const { ctx, chartArea, scales } = chart;
    for (const { x, label } of chart.options.marks ?? []) {
      const at = scales.x.getPixelForValue(x);
      if (!(at >= chartArea.left && at <= chartArea.right)) continue;
      ctx.save();
      ctx.strokeStyle = style("second");
      ctx.fillStyle = style("second");
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.moveTo(at, chartArea.top);
      ctx.lineTo(at, chartArea.bottom);
      ctx.stroke();
      ctx.font = "12px system-ui, sans-serif";
      const left = at > (chartArea.left + chartArea.right) / 2;
      ctx.textAlign = left ? "right" : "left";
      ctx.fillText(label, at + (left ? -4 : 4), chartArea.top + 11);
      ctx.restore();
    }
  },
};

function axis(title, more = {}) {
  return {
    title: { display: true, text: title, color: style("muted"), font: { size: 12 } },
    grid: { color: style("grid"), borderColor: style("line"), tickLength: 4 },
    ...more,
    ticks: { color: style("muted"), font: { size: 11 }, maxRotation: 0, callback: tick, ...more.ticks },
  };
}

// As the curves are: dashed for all runs but the first. Chart.js looks at the points, which know of no dashes.
const lineLabels = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((item) =>
  ({ ...item, lineDash: chart.data.datasets[item.datasetIndex].borderDash?.map((length) => length * 0.7), lineWidth: 2 }));

function draw(plot) {
  plot.chart?.destroy();
  const config = plot.make();
  plot.chart = new Chart(plot.canvas, {
    type: config.type ?? "line",
    data: { datasets: config.datasets, labels: config.labels },
    plugins: [drawnMark, markLines],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, normalized: true, parsing: config.labels ? undefined : false,
      marks: config.marks, indexAxis: config.indexAxis ?? "x",
      interaction: config.interaction ?? { mode: "nearest", intersect: false, axis: "xy" },
      elements: { point: { radius: 0, hitRadius: 8, hoverRadius: 4 }, line: { borderWidth: 2, borderJoinStyle: "round" } },
      scales: config.scales,
      plugins: {
        legend: { display: config.legend ?? false, position: "bottom", align: "start",
          labels: { color: style("ink"), font: { size: 12 }, filter: (item) => item.text !== "",
            ...(config.type === "bar" ? { boxWidth: 12, boxHeight: 9 } : { usePointStyle: true, pointStyle: "line", pointStyleWidth: 26, generateLabels: lineLabels }) } },
        tooltip: { callbacks: config.tooltip, filter: (item) => item.dataset.label !== "" },
      },
    },
  });
}

function plot(grid, title, note, make, wide = false) {
  const canvas = element("canvas", { role: "img", "aria-label": title });
  grid.append(element("figure", wide ? { class: "wide" } : {},
    element("figcaption", {}, element("h3", {}, title), note ? element("span", { class: "note" }, note) : null),
    element("div", { class: "canvas" }, canvas)));
  const made = { canvas, make };
  plots.push(made);
  draw(made);
  return made;
}

const plotGrid = () => { const grid = element("div", { class: "plots" }); add(grid); return grid; };
const points = (xs, ys) => xs.map((x, i) => ({ x, y: ys[i] }));
const isSpread = (values, ratio) => Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= ratio;

// ---- Sweep curves ----
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// One point a load: the mean over its trials.
function loadCurve(run, of) {
  const byLoad = new Map();
  for (const level of run.all) {
    const value = of(level);
    if (value !== null && level.load !== null) byLoad.set(level.load, [...(byLoad.get(level.load) ?? []), value]);
  }
  return [...byLoad].sort(([a], [b]) => a - b).map(([x, values]) => ({ x, y: mean(values) }));
}

/// Runs of closed and of open loops on one page: their loads are of two kinds.
const mixedLoops = levels.some((level) => level.figures.rate === null) && levels.some((level) => level.figures.rate !== null);

function sweepCurves() {
  const loads = [...new Set(levels.map((level) => level.load).filter((load) => load !== null))].sort((a, b) => a - b);
  if (loads.length < 2 || levels.some((level) => level.figures.grid)) return; // a mean over the cells of a grid is no curve
  const trials = runs.some((run) => run.hasTrials);
  heading("Sweep", `Against ${mixedLoops ? "the load: requests in flight, or the rate asked for" : openLoop ? "the rate asked for" : "the number of requests in flight"}${trials ? "; lines are means over trials, points single trials" : ""}.`);
  const grid = plotGrid();
  const latency = (metric) => ["p50", "p90", "p99"].map((statistic) => [statistic, (level) => level.figures.metrics[metric][statistic]]);
  sweepPlot(grid, "Output tokens per second", "tokens/s", loads, [["output", (level) => level.figures.throughput.output_tokens_per_s]]);
  sweepPlot(grid, "Time to first token (TTFT)", "ms", loads, latency("ttft_ms"));
  sweepPlot(grid, "Time per output token (TPOT)", "ms", loads, latency("tpot_ms"));
  sweepPlot(grid, "Whole request (E2E)", "ms", loads, latency("e2e_ms"));
}

function sweepPlot(grid, title, unit, loads, series) {
  plot(grid, title, null, () => {
    const colours = series.length > 1 ? [style("accent"), style("muted"), style("second")] : [style("accent"), style("second")];
    const shapes = ["circle", "rectRot", "triangle"];
    const datasets = [];
    for (const run of runs)
      series.forEach(([name, of], i) => {
        const colour = series.length > 1 ? colours[i] : colours[run.place % 2];
        datasets.push({ label: several ? `${run.letter} ${name}` : name, data: loadCurve(run, of), borderColor: colour, backgroundColor: colour,
          borderDash: dashOf(run), pointRadius: 4, pointStyle: shapes[i], clip: 6 });
        if (run.hasTrials)
          datasets.push({ label: "", showLine: false, pointRadius: 2.5, clip: 6, backgroundColor: faded(colour, 0.45), borderColor: faded(colour, 0.45),
            data: run.all.map((level) => ({ x: level.load, y: of(level) })) });
      });
    const log = isSpread(loads, 8);
    return {
      datasets, legend: datasets.length > 1,
      scales: {
        x: axis(mixedLoops ? "requests in flight, or requests per second asked for" : openLoop ? "requests per second asked for" : "concurrency", { type: log ? "logarithmic" : "linear", min: loads[0], max: loads[loads.length - 1],
          offset: false, ticks: { autoSkip: true }, afterBuildTicks: (scale) => { scale.ticks = loads.map((value) => ({ value })); } }),
        y: axis(unit, { beginAtZero: true, grace: "5%" }),
      },
      tooltip: { title: (items) => (items.length ? `${openLoop ? "rate" : "concurrency"} ${items[0].parsed.x}` : ""),
        label: (item) => `${item.dataset.label}: ${compact(item.parsed.y)} ${unit}` },
    };
  });
}

// ---- Percentile curves ----
const metricTitles = {
  ttft_ms: "Time to first token (TTFT)", itl_ms: "Between tokens (ITL)", tpot_ms: "Time per output token (TPOT)", e2e_ms: "Whole request (E2E)",
  ttft_planned_ms: "TTFT from the planned moment", e2e_planned_ms: "E2E from the planned moment",
};

function percentileName(oneIn) {
  const nines = Math.max(0, Math.ceil(Math.log10(oneIn) - 1e-9) - 2) + (oneIn > 100 ? 1 : 0);
  return `p${Number((100 - 100 / oneIn).toFixed(Math.min(nines + 1, 7)))}`;
}

function percentileTicks(scale) {
  const values = [1, 2];
  for (let decade = 10; decade <= scale.max * 1.001; decade *= 10) values.push(decade);
  scale.ticks = values.filter((value) => value >= scale.min).map((value) => ({ value }));
}

// The largest of 1, 2 and 5 times a power of ten that is not above the number.
function roundedDown(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [5, 2, 1].find((factor) => factor * power <= number * 1.0001) * power;
}

function roundTicks(scale) {
  const values = [];
  for (let value = roundedDown(scale.min); value <= scale.max * 1.001; value = roundedDown(value * 2.6)) values.push(value);
  scale.ticks = values.filter((value) => value >= scale.min * 0.999).map((value) => ({ value }));
}

function levelLegend() {
  const list = element("ul", { class: "legend" });
  for (const level of levels) {
    const swatch = element("i", level.run.place > 0 ? { class: "dashed" } : {});
    swatch.style.borderTopColor = levelColour(level);
    list.append(element("li", {}, swatch, nameOf(level)));
  }
  return list;
}

function percentileCurves() {
  const shown = Object.keys(metricTitles).filter((metric) => levels.some((level) => level.drawn.percentiles[metric]));
  if (shown.length === 0) return;
  heading("Percentiles", "Each further nine of the tail takes as much room as the one before. A curve ends with its slowest sample.");
  const legend = levels.length > 1 ? levelLegend() : null;
  add(legend);
  dark.addEventListener("change", () => legend?.replaceChildren(...levelLegend().children));
  const grid = plotGrid();
  for (const metric of shown) percentilePlot(grid, metric);
}

function percentilePlot(grid, metric) {
  plot(grid, metricTitles[metric], null, () => {
    const curves = levels.filter((level) => level.drawn.percentiles[metric]).map((level) => ({ level, curve: level.drawn.percentiles[metric] }));
    const most = Math.max(...curves.map(({ curve }) => curve.one_in[curve.one_in.length - 1]));
    const low = Math.min(...curves.map(({ level }) => level.figures.metrics[metric].p50));
    const high = Math.max(...curves.map(({ level }) => level.figures.metrics[metric].max));
    const least = Math.min(...curves.map(({ level }) => level.figures.metrics[metric].min));
    const log = low > 0 && high / low > 40;
    return {
      datasets: curves.map(({ level, curve }) => ({ label: nameOf(level), data: points(curve.one_in, curve.value), borderColor: levelColour(level),
        backgroundColor: levelColour(level), borderDash: dashOf(level.run), pointRadius: curve.one_in.length === 1 ? 4 : 0 })),
      scales: {
        x: axis("percentile", { type: "logarithmic", min: 1, max: Math.max(most, 10), afterBuildTicks: percentileTicks,
          ticks: { callback: (value) => `${Number((100 - 100 / value).toPrecision(8))} %` } }),
        y: log ? axis("ms, logarithmic", { type: "logarithmic", min: roundedDown(Math.max(least, low / 10)), afterBuildTicks: roundTicks }) : axis("ms", { beginAtZero: low < 0.4 * high }),
      },
      tooltip: { title: (items) => (items.length ? percentileName(items[0].parsed.x) : ""), label: (item) => `${item.dataset.label}: ${compact(item.parsed.y)} ms` },
    };
  });
}

// ---- One level in detail ----
function levelInDetail() {
  if (levels.length === 0) return;
  const select = element("select", { "aria-label": "level" },
    ...levels.map((level, i) => element("option", level === runs[0].best ? { value: i, selected: "" } : { value: i }, nameOf(level))));
  add(element("div", { class: "chooser" }, element("h2", {}, "One level in detail"), levels.length > 1 ? select : null));
  add(element("p", { class: "note" }, "Times count from the beginning of the level's measured phase; requests of the warm-up are left out."));
  const grid = plotGrid();
  const show = () => {
    for (const old of plots.filter(({ canvas }) => grid.contains(canvas))) { old.chart.destroy(); plots.splice(plots.indexOf(old), 1); }
    grid.replaceChildren();
    detail(grid, levels[Number(select.value)]);
  };
  select.addEventListener("change", show);
  show();
}

function detail(grid, level) {
  const { histograms, over_time: over, timeline } = level.drawn;
  for (const metric of ["ttft_ms", "itl_ms"]) if (histograms[metric]) histogramPlot(grid, level, metric);
  if (over.in_flight.length === 0) return;
  spreadPlot(grid, "TTFT over time", "mean and range of the requests sent in each moment", over, over.ttft_ms);
  spreadPlot(grid, "ITL over time", "mean and range of the gaps that ended in each moment", over, over.itl_ms);
  const calmer = pooled(over.output_tokens_per_s, 80);
  timePlot(grid, "Output tokens per second over time", "tokens/s", over, [["tokens/s", calmer, "accent"]]);
  const waiting = over.waiting.some((count) => count > 0.05);
  timePlot(grid, "Requests in flight", "requests", over, [["in flight", over.in_flight, "accent"], ...(waiting ? [["not yet sent", over.waiting, "second"]] : [])]);
  if (timeline.index.length > 0) timelinePlot(grid, timeline);
}

function histogramPlot(grid, level, metric) {
  const bins = level.drawn.histograms[metric];
  const figures = level.figures.metrics[metric];
  const outside = [bins.below > 0 ? `${percent(bins.below)} below, from ${compact(figures.min)} ms` : "", bins.above > 0 ? `${percent(bins.above)} above, up to ${compact(figures.max)} ms` : ""];
  const note = `${whole(figures.count)} samples` + outside.filter(Boolean).map((text) => `; ${text}`).join("");
  plot(grid, `${metric === "ttft_ms" ? "TTFT" : "ITL"} distribution`, note, () => {
    const edges = [...bins.share, 0].map((share, i) => ({ x: bins.from + i * bins.width, y: share * 100 }));
    return {
      datasets: [{ label: "share", data: edges, stepped: true, fill: "origin", borderColor: style("accent"), backgroundColor: faded(style("accent"), 0.3), borderWidth: 1.5 }],
      marks: [["p50", "p50"], ["p99", "p99"]].filter(([key]) => figures[key] !== null).map(([key, label]) => ({ x: figures[key], label })),
      interaction: { mode: "nearest", intersect: false, axis: "x" },
      scales: { x: axis("ms", { type: "linear", min: edges[0].x, max: edges[edges.length - 1].x, ticks: { includeBounds: false } }), y: axis("% of samples", { beginAtZero: true, grace: "12%" }) },
      tooltip: { title: (items) => (items.length ? `${tick(items[0].parsed.x)} to ${tick(items[0].parsed.x + bins.width)} ms` : ""), label: (item) => `${compact(item.parsed.y)} %` },
    };
  });
}

// Means over neighbours, so that at most so many are left: tokens come in bursts, which say nothing of a rate.
function pooled(values, most) {
  const size = Math.ceil(values.length / most);
  const means = [];
  for (let i = 0; i < values.length; i += size) means.push(mean(values.slice(i, i + size)));
  return means;
}

const momentsOf = (over) => over.in_flight.map((_, i) => (i + 0.5) * over.step_s);
const timeAxis = (over) => axis("seconds", { type: "linear", min: 0, max: over.in_flight.length * over.step_s, ticks: { includeBounds: false } });
const timeTooltip = (unit) => ({ title: (items) => (items.length ? `at ${compact(items[0].parsed.x)} s` : ""), label: (item) => `${item.dataset.label}: ${compact(item.parsed.y)} ${unit}` });

function spreadPlot(grid, title, note, over, values) {
  plot(grid, title, note, () => {
    const moments = momentsOf(over);
    const kept = moments.map((_, i) => i).filter((i) => values.mean[i] !== null);
    const curve = (ys) => kept.map((i) => ({ x: moments[i], y: ys[i] }));
    const accent = style("accent");
    return {
      datasets: [
        { label: "mean", data: curve(values.mean), borderColor: accent, backgroundColor: accent, pointRadius: kept.length < 3 ? 4 : 0 },
        { label: "largest", data: curve(values.max), borderColor: faded(accent, 0.35), backgroundColor: faded(accent, 0.18), borderWidth: 1, fill: "+1" },
        { label: "smallest", data: curve(values.min), borderColor: faded(accent, 0.35), backgroundColor: faded(accent, 0.18), borderWidth: 1 },
      ],
      interaction: { mode: "index", intersect: false },
      scales: { x: timeAxis(over), y: axis("ms", { beginAtZero: true }) },
      tooltip: timeTooltip("ms"),
    };
  });
}

// Values at equal distances over the level, each at the middle of its share of the time.
function spreadOver(over, values) {
  const step = Math.ceil(over.in_flight.length / values.length) * over.step_s;
  return values.map((y, i) => ({ x: (i + 0.5) * step, y }));
}

function timePlot(grid, title, unit, over, series) {
  plot(grid, title, null, () => ({
    datasets: series.map(([label, values, colour]) => ({ label, data: spreadOver(over, values), borderColor: style(colour),
      backgroundColor: faded(style(colour), 0.15), fill: "origin", pointRadius: values.length < 3 ? 4 : 0 })),
    legend: series.length > 1, interaction: { mode: "index", intersect: false },
    scales: { x: timeAxis(over), y: axis(unit, { beginAtZero: true, grace: "5%" }) }, tooltip: timeTooltip(unit),
  }));
}

function timelinePlot(grid, timeline) {
  const note = timeline.one_of > 1 ? `of every ${whole(timeline.one_of)} neighbours in the plan the one that took longest` : "every request";
  plot(grid, "Request timeline", note, () => {
    const { begin_s: begin, sent_s: sent, first_chunk_s: first, end_s: end, cause } = timeline;
    const bars = (colour, label, from, to, which) => ({ label, backgroundColor: colour, grouped: false, barPercentage: 1, categoryPercentage: 0.86,
      data: begin.map((_, i) => (which(i) && from[i] !== null && to[i] !== null ? [from[i], to[i]] : null)) });
    const completed = (i) => cause[i] === null;
    const datasets = [
      bars(style("quiet"), "not yet sent", begin, sent, () => true),
      bars(style("accent"), "until the first token", sent, first, completed),
      bars(faded(style("accent"), 0.42), "streaming", first, end, completed),
      bars(style("bad"), "did not complete", sent.map((when, i) => when ?? begin[i]), end, (i) => !completed(i)),
    ];
    return {
      type: "bar", labels: timeline.index, indexAxis: "y", datasets: datasets.filter((set) => set.data.some(Boolean)), legend: true,
      interaction: { mode: "nearest", intersect: true, axis: "xy" },
      scales: {
        x: axis("seconds", { type: "linear", min: 0 }),
        y: axis("request, in plan order", { grid: { display: false }, ticks: { callback(value) { return this.getLabelForValue(value); }, autoSkip: true, maxTicksLimit: 12 } }),
      },
      tooltip: { title: (items) => (items.length ? `request ${items[0].label}${cause[items[0].dataIndex] ? `: ${cause[items[0].dataIndex]}` : ""}` : ""),
        label: (item) => `${item.dataset.label}: ${compact(item.raw[1] - item.raw[0])} s, from ${compact(item.raw[0])} s` },
    };
  }, true);
}
