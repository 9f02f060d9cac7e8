"use strict";
(function () {
  const charts = window.BraidCharts;
  const { element, percent, decimal, number } = charts;
  const at = (id) => document.getElementById(id);
  const report = JSON.parse(at("data").textContent);
  const marks = report.marks.map((mark) => Object.assign({ alarm: mark.kind === "alarm" }, mark));
  const alarms = marks.filter((mark) => mark.alarm);
  const changes = marks.filter((mark) => !mark.alarm);

  function fillHead() {
    document.title = "Braid: " + report.stream;
    at("stream").textContent = report.stream;
    at("learner").textContent =
      report.preset + ", seed " + report.seed + ", " + number.format(report.events) + " events";
    at("measure").textContent = report.measure;
    at("accuracy-note").textContent =
      "Each event is predicted before it is learned from; over the last "
      + number.format(report.window) + " events, and since the first.";
    for (const figure of report.figures) {
      const tile = element(at("figures"), "div");
      element(tile, "dt", figure.name);
      element(tile, "dd", figure.value);
    }
    if (report.trueDrifts.length > 0) {
      element(at("accuracy-key"), "span", "the stream changes", "drift");
    }
    if (alarms.length > 0) {
      element(at("accuracy-key"), "span", "drift alarm", "alarm");
    }
  }

  function fillMarks(id, list, one, many) {
    const section = at(id);
    section.hidden = list.length === 0;
    section.querySelector("summary").textContent = number.format(list.length) + " " + (list.length === 1 ? one : many);
    for (const mark of list) {
      const row = element(section.querySelector("tbody"), "tr");
      element(row, "td", number.format(mark.x));
      element(row, "td", mark.alarm ? "drift alarm" : mark.kind);
      element(row, "td", mark.subject);
      element(row, "td", mark.reason);
    }
  }

  const happenings = { marks: () => alarms, drifts: () => report.trueDrifts };

  function drawAccuracy() {
    const of = (points) => [points.map((p) => p.x), points.map((p) => p.y)];
    const chart = charts.lines(at("accuracy"), Object.assign({
      height: 320,
      series: [
        { label: "last " + number.format(report.window) + " events", colour: "--accent" },
        { label: "since the first event", colour: "--second", dash: [6, 4], width: 1.5 },
      ],
      tick: (value) => Math.round(100 * value) + " %",
      show: (value) => percent(value, 2),
    }, happenings));
    chart.set(uPlot.join([of(report.windowAccuracy), of(report.accuracy)]));
  }

  function drawShares() {
    const rows = report.experts.map((name, e) => ({ name, e }))
      .filter((expert) => report.experts.length <= 24 || report.shares.some((share) => share.y[expert.e] >= 0.005))
      .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
    const values = (share) => Object.fromEntries(rows.map((row) => [row.name, share.y[row.e]]));
    const last = report.shares[report.shares.length - 1];
    charts.heat(at("shares"), Object.assign({ label: "Who decides", most: 1, show: (value) => percent(value, 1) }, happenings))
      .set({
        rows: rows.map((row) => row.name),
        columns: report.shares.map((share) => ({ x: share.x, values: values(share) })),
        now: last ? values(last) : {},
      });
  }

  function drawEntropy() {
    const chart = charts.lines(at("entropy"), Object.assign({
      height: 200,
      series: [{ label: "weight entropy", colour: "--accent" }],
      range: [0, 1],
      tick: (value) => value.toFixed(1),
      show: (value) => decimal(value, 3),
    }, happenings));
    chart.set([report.entropy.map((p) => p.x), report.entropy.map((p) => p.y)]);
  }

  fillHead();
  fillMarks("alarms", alarms, "drift alarm", "drift alarms");
  fillMarks("changes", changes, "change of the pool, or warning", "changes of the pool, and warnings");
  drawAccuracy();
  drawShares();
  drawEntropy();
  document.documentElement.dataset.ready = "true";
})();
