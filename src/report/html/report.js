"use strict";
// Puts the page together, from the top down.

document.title = `${runs.map((run) => run.summary.run_id).join(" and ")} – loadgen`;
add(element("div", { class: "runs" }, ...runs.map(headOf)));
cards();
if (levels.length > 0) levelsTable();
objectivesTable();
sweepCurves();
percentileCurves();
levelInDetail();
failures();
audit();
howToRepeat();
add(element("footer", {}, `Made by loadgen from raw/records.bin of ${runs.map((run) => run.summary.run_id).join(" and ")}. ` +
  "Everything on this page is in this file; nothing is loaded. The same figures are in summary/summary.json."));
dark.addEventListener("change", () => plots.forEach(draw));
document.documentElement.dataset.ready = plots.length;
