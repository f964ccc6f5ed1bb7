"use strict";
// Everything that is written: banners, headline figures, tables, settings.

// ---- The head: which run, and whether to believe it ----
function fact(name, value) {
  return value ? element("div", {}, element("dt", {}, name), element("dd", {}, String(value))) : null;
}

function headOf(run) {
  const { manifest, summary } = run;
  const target = manifest.target ?? {};
  const title = summary.label ?? target.model ?? summary.run_id;
  const head = element("header", {});
  head.append(element("div", { class: "kicker" }, `loadgen report · ${summary.run_id}`),
    element("h1", {}, several ? element("span", { class: "letter" }, run.letter) : "", String(title)));
  const facts = [
    fact("model", target.model),
    fact("target", (target.urls ?? []).join(", ")),
    fact("endpoint", target.endpoint),
    fact("workload", manifest.workload?.dataset?.name),
    fact("started", manifest.started),
    fact("ended", manifest.ended),
  ];
  head.append(element("dl", { class: "facts" }, ...facts.filter(Boolean)), ...bannersOf(run));
  return head;
}

function bannersOf(run) {
  const verdicts = run.all.map((level) => level.figures.audit.verdict);
  const worst = ["client_bound", "degraded", "ok"].find((verdict) => verdicts.includes(verdict)) ?? "incomplete";
  const reasons = run.all.flatMap((level) =>
    level.figures.audit.reasons.map((reason) => (run.all.length > 1 ? `${nameOf(level, false)}: ${reason}` : reason)));
  const banners = [banner(worst, "Verdict ", run.verdict, reasons)];
  if (run.search) banners.unshift(banner(run.search.bracketed ? "ok" : "incomplete", "Search ", run.search.answer, run.search.notes));
  if (run.knee) banners.push(banner("ok", "Sweep ", run.knee, []));
  if (!run.summary.complete) banners.push(banner("incomplete", "Run ", run.status, []));
  if (run.damaged) banners.push(banner("incomplete", "Records ", "the last block was cut short; what it held is not counted", []));
  if (run.warnings.length > 0) banners.push(banner("incomplete", "Read with care", "", run.warnings));
  return banners;
}

function banner(kind, lead, text, points) {
  const shown = points.slice(0, 6).map((point) => element("li", {}, point));
  if (points.length > shown.length) shown.push(element("li", {}, `and ${points.length - shown.length} more`));
  return element("div", { class: `banner ${kind}`, role: kind === "ok" ? "note" : "alert" }, element("strong", {}, lead), text,
    shown.length > 0 ? element("ul", {}, ...shown) : null);
}

// ---- Headline ----
function cards() {
  const bests = runs.map((run) => run.best).filter(Boolean);
  if (bests.length === 0) return;
  const which = bests.map((level) => nameOf(level)).join("; ");
  const chosen = levels.length > bests.length ? "the level with the highest output rate: " : "";
  heading("Headline", `At ${chosen}${which}.`);
  const rates = [["Output tokens", "throughput.output_tokens_per_s", "/s"], ["Requests", "throughput.requests_per_s", "/s"]];
  const latencies = [["TTFT median", "ttft_ms", "p50"], ["TTFT p99", "ttft_ms", "p99"], ["ITL median", "itl_ms", "p50"],
    ["ITL p99", "itl_ms", "p99"], ["E2E median", "e2e_ms", "p50"], ["E2E p99", "e2e_ms", "p99"]];
  const grid = element("div", { class: "cards" });
  for (const [title, path, unit] of rates)
    grid.append(card(title, bests, (level) => [figure(level, path), unit, ratesNote(level, path)]));
  for (const [title, metric, statistic] of latencies)
    grid.append(card(title, bests, (level) => [figure(level, `metrics.${metric}.${statistic}`), "ms", trust(level, metric, statistic)]));
  add(grid, element("p", { class: "note" }, "± is how far the instrument itself can have moved the figure, at most. " +
    "CI is the 95 % confidence interval of the server's true percentile; a figure without one has too few samples to tell."));
}

function card(title, bests, content) {
  const entries = bests.map((level) => {
    const [value, unit, notes] = content(level);
    return element("div", { class: "entry" },
      element("div", { class: "value" }, several ? element("span", { class: "letter" }, level.run.letter) : "", value,
        element("span", { class: "unit" }, unit)),
      ...notes.map((note) => element("div", { class: "small" }, note)));
  });
  return element("div", { class: "card" }, element("h3", {}, title), ...entries);
}

function ratesNote(level, path) {
  const { requests, tokens } = level.figures;
  if (path.includes("tokens")) return [`${whole(tokens.output)} tokens (${tokens.source ?? "none"})`];
  return [`${whole(requests.completed)} of ${whole(requests.issued)} completed`, requests.failed > 0 ? `${whole(requests.failed)} failed` : "none failed"];
}

function trust(level, metric, statistic) {
  const bound = boundOf(level, metric, statistic);
  const interval = intervalOf(level, metric, statistic);
  const notes = [bound === null ? "no error bound" : `± ${compact(bound)} ms`];
  notes.push(interval ? `CI ${interval}` : isThin(level, metric, statistic) ? "fewer than 10 samples beyond" : "no CI");
  return notes;
}

// ---- Tables ----
// columns: [group, name, kind], kind "" for numbers, "text" or "words"
function table(columns, rows, caption) {
  const hasGroups = columns.some(([group]) => group);
  const head = element("thead", {});
  if (hasGroups) {
    const groups = element("tr", {});
    for (let i = 0; i < columns.length;) {
      const span = columns.slice(i).findIndex(([group]) => group !== columns[i][0]);
      const width = columns[i][0] === "" ? 1 : span === -1 ? columns.length - i : span;
      groups.append(element("th", columns[i][0] ? { class: "group", colspan: width } : {}, columns[i][0]));
      i += width;
    }
    head.append(groups);
  }
  head.append(element("tr", {}, ...columns.map(([, name, kind]) => element("th", { class: kind ? "text" : "", scope: "col" }, name))));
  const body = element("tbody", {}, ...rows.map(({ cells, best }) => element("tr", best ? { class: "best" } : {},
    ...cells.map((cell, i) => element("td", { class: columns[i][2] }, ...[cell].flat().map((part) => part instanceof Node ? part : String(part)))))));
  return element("div", { class: "box", tabindex: 0, role: "region", "aria-label": caption }, element("table", {}, head, body));
}

const levelColumn = ["", "level", "text"];

function latencyCell(level, metric, statistic) {
  const bound = boundOf(level, metric, statistic);
  const interval = intervalOf(level, metric, statistic);
  const value = figure(level, `metrics.${metric}.${statistic}`);
  if (isThin(level, metric, statistic) && level.figures.metrics[metric].count > 0) value.append("*");
  return [value, element("span", { class: "under" }, bound === null ? "" : `± ${compact(bound)}`),
    element("span", { class: "under" }, interval ?? "")];
}

function levelsTable() {
  heading("Levels");
  const latencies = [["TTFT ms", "ttft_ms", "p50"], ["TTFT ms", "ttft_ms", "p99"], ["ITL ms", "itl_ms", "p50"], ["ITL ms", "itl_ms", "p99"],
    ["TPOT ms", "tpot_ms", "p50"], ["E2E ms", "e2e_ms", "p50"], ["E2E ms", "e2e_ms", "p99"]];
  const columns = [levelColumn, ["requests", "ok", ""], ["requests", "failed", ""], ["per second", "requests", ""], ["per second", "tokens", ""],
    ...latencies.map(([group, , statistic]) => [group, statistic, ""]), ["", "audit", "text"]];
  const rows = levels.map((level) => ({
    best: levels.length > runs.length && level === level.run.best,
    cells: [nameOf(level), whole(level.figures.requests.completed), whole(level.figures.requests.failed),
      figure(level, "throughput.requests_per_s"), figure(level, "throughput.output_tokens_per_s"),
      ...latencies.map(([, metric, statistic]) => latencyCell(level, metric, statistic)), level.figures.audit.verdict],
  }));
  add(table(columns, rows, "Figures of each level"));
  const thin = levels.some((level) => latencies.some(([, metric, statistic]) => isThin(level, metric, statistic)));
  add(element("p", { class: "note" }, "Below each latency: ± its error bound, then its 95 % confidence interval where the samples tell. " +
    (thin ? "* fewer than ten samples lie beyond this p99: it is little more than chance. " : "") +
    (levels.length > runs.length ? "The marked row has the highest output rate." : "")));
}

function objectivesTable() {
  const asked = levels.filter((level) => level.figures.slo);
  if (asked.length === 0) return;
  const { objectives, required_attainment: required } = asked[0].figures.slo;
  const names = Object.keys(objectives);
  heading("Objectives", `${names.map((name) => `${name.replace(/_ms$/, "")} ≤ ${objectives[name]} ms`).join(", ")}; ` +
    `${percent(required)} of the requests must meet ${names.length > 1 ? "all of them" : "it"}.`);
  const columns = [levelColumn, ["", "holds", "text"], ["", "attainment", ""], ["", "goodput /s", ""],
    ...names.map((name) => ["met alone", name.replace(/_ms$/, ""), ""])];
  add(table(columns, asked.map((level) => {
    const slo = level.figures.slo;
    return { cells: [nameOf(level), slo.holds ? "yes" : "no", percent(slo.attainment), figure(level, "throughput.goodput_per_s"),
      ...names.map((name) => percent(slo.by_objective[name]))] };
  }), "Objectives"));
}

// ---- Failures ----
function failures() {
  const rows = [];
  for (const level of levels)
    for (const [cause, count] of Object.entries(level.figures.requests.causes)) {
      if (count === 0) continue;
      const { issued, http_statuses: statuses, first_messages: messages } = level.figures.requests;
      const codes = cause === "http_status" ? Object.entries(statuses).map(([code, times]) => `${times} × ${code}`).join(", ") : "";
      rows.push({ cells: [nameOf(level), cause, whole(count), percent(count / issued), codes, messages[cause] ?? ""] });
    }
  heading("Failures by cause", rows.length === 0 ? "No request failed or was cancelled." : "Failed and cancelled requests are in no latency figure.");
  if (rows.length === 0) return;
  add(table([levelColumn, ["", "cause", "text"], ["", "requests", ""], ["", "of issued", ""], ["", "status", "text"], ["", "first message", "words"]], rows, "Failures by cause"));
}

// ---- The audit ----
function audit() {
  if (levels.length === 0) return;
  heading("Audit of the client", "How far these figures are the server's, and not the instrument's.");
  const columns = [levelColumn, ["", "verdict", "text"], ["", "kernel stamps", "text"], ["coalesced", "all", ""], ["coalesced", "behind", ""],
    ["p99 ms", "send lag", ""], ["p99 ms", "receive lag", ""], ["", "longest stall ms", ""], ["", "CPU", ""], ["", "reasons", "words"]];
  add(table(columns, levels.map((level) => {
    const found = level.figures.audit;
    return { cells: [nameOf(level), found.verdict, found.kernel_timestamps ? "yes" : "no", percent(found.coalesced_fraction), percent(found.coalesced_behind_fraction),
      compact(found.send_lag_ms.p99), compact(found.receive_lag_ms.p99), compact(found.longest_stall_ms), percent(found.client_cpu_fraction), found.reasons.join("; ") || "none"] };
  }), "Audit"));

  const statistics = ["mean", "p50", "p90", "p95", "p99", "p99_9"];
  const rows = levels.flatMap((level) => ["ttft_ms", "itl_ms", "tpot_ms", "e2e_ms"].filter((metric) => level.figures.metrics[metric].instrument_error).map((metric) => ({
    cells: [nameOf(level), metric.replace("_ms", "").toUpperCase(), ...statistics.map((statistic) => compact(boundOf(level, metric, statistic)))] })));
  if (rows.length === 0) return;
  const bounds = element("details", rows.length <= 8 ? { open: "" } : {}, element("summary", {}, "Error bounds in ms: how far the instrument can have moved each figure, at most"),
    table([levelColumn, ["", "metric", "text"], ...statistics.map((statistic) => ["", statistic.replace("_", "."), ""])], rows, "Error bounds"));
  add(bounds);
}

// ---- How to repeat it ----
const quoted = (word) => (/^[\w/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const shown = (value) => (value === null ? "–" : Array.isArray(value) && value.every((part) => typeof part !== "object") ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value));

function flat(object, prefix = "") {
  return Object.entries(object ?? {}).flatMap(([key, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? flat(value, `${prefix}${key}.`) : [[prefix + key, shown(value)]]);
}

function repeat(run) {
  const { command, settings, ...rest } = run.manifest;
  if (Array.isArray(command)) add(element("pre", { title: "One click selects all of it" }, command.map((word) => quoted(String(word))).join(" ")));
  const given = [];
  const defaults = [];
  for (const [name, setting] of Object.entries(settings ?? {})) {
    const { value = null, source = "" } = setting ?? {};
    (source === "default" ? defaults : given).push({ cells: [name, shown(value), source] });
  }
  const columns = [["", "setting", "text"], ["", "value", "words"], ["", "from", "text"]];
  const fold = (title, content) => element("details", {}, element("summary", {}, title), content);
  if (given.length > 0) add(table(columns, given, "Settings that were given"));
  if (defaults.length > 0) add(fold(`${defaults.length} settings at their default`, table(columns, defaults, "Default settings")));
  add(fold("Target, workload, versions and system", table([["", "fact", "text"], ["", "value", "words"]], flat(rest).map((cells) => ({ cells })), "Facts")));
}

function howToRepeat() {
  heading("Settings and how to repeat the run", "The exact command; secrets are not shown. The manifest has every setting with its source.");
  for (const run of runs) {
    if (several) add(element("h3", {}, `${run.letter}: ${run.summary.run_id}`));
    repeat(run);
  }
}
