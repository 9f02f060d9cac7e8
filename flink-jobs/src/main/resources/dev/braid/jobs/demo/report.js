
"use strict";
(function () {
  const report = JSON.parse(document.getElementById("data").textContent);
  const number = new Intl.NumberFormat("en");
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const percent = (value) => (100 * value).toFixed(1) + " %";
  const kinds = { alarm: "drift alarm" };
  // Twelve hues that stay apart for most forms of colour blindness when they lie side by side.
  const hues = ["#4477aa", "#ee8866", "#44aa99", "#eecc66", "#aa4499", "#77aadd", "#cc6677",
    "#999933", "#bbcc33", "#ffaabb", "#117733", "#882255"];

  const hue = (e, alpha) => e < hues.length
    ? hues[e] + Math.round(255 * alpha).toString(16).padStart(2, "0")
    : "hsl(" + (e * 137.5) % 360 + " 45% 60% / " + alpha + ")";

  function element(parent, tag, text) {
    const child = document.createElement(tag);
    child.textContent = text;
    parent.appendChild(child);
    return child;
  }

  function fillHead() {
    document.title = "Braid: " + report.stream;
    document.getElementById("stream").textContent = report.stream;
    document.getElementById("learner").textContent =
      report.preset + ", seed " + report.seed + ", " + number.format(report.events) + " events";
    document.getElementById("accuracy-note").textContent =
      "Each event is predicted before it is learned from; over the last "
      + number.format(report.window) + " events, and since the first.";
    const figures = document.getElementById("figures");
    for (const figure of report.figures) {
      const tile = element(figures, "div", "");
      element(tile, "dt", figure.name);
      element(tile, "dd", figure.value);
    }
  }

  function fillMarks() {
    if (report.marks.length === 0) {
      return;
    }
    const section = document.getElementById("marks-section");
    section.hidden = false;
    section.querySelector("summary").textContent =
      number.format(report.marks.length) + (report.marks.length === 1 ? " alarm or change of the pool" : " alarms and changes of the pool");
    const body = document.getElementById("marks");
    for (const mark of report.marks) {
      const row = element(body, "tr", "");
      element(row, "td", number.format(mark.x));
      element(row, "td", kinds[mark.kind] || mark.kind);
      element(row, "td", mark.subject);
      element(row, "td", mark.reason);
    }
  }

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function vertical(chart, x, colour, dash, strength) {
    const area = chart.chartArea;
    const at = chart.scales.x.getPixelForValue(x);
    const pen = chart.ctx;
    pen.save();
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.globalAlpha = strength === undefined ? 1 : strength;
    pen.lineWidth = 1.25;
    pen.setLineDash(dash);
    pen.moveTo(at, area.top);
    pen.lineTo(at, area.bottom);
    pen.stroke();
    pen.restore();
  }

  // What happened on the stream, behind the lines: where it changes, and what the model noticed.
  const happenings = {
    id: "happenings",
    beforeDatasetsDraw(chart) {
      if (chart.canvas.id === "shares") {
        return;
      }
      const area = chart.chartArea;
      const x = chart.scales.x;
      for (const drift of report.trueDrifts) {
        const from = Math.max(area.left, x.getPixelForValue(drift.from));
        const to = Math.min(area.right, x.getPixelForValue(drift.to));
        chart.ctx.save();
        chart.ctx.fillStyle = style("--drift");
        chart.ctx.fillRect(from - 1, area.top, Math.max(2, to - from), area.bottom - area.top);
        chart.ctx.restore();
        vertical(chart, (drift.from + drift.to) / 2, style("--drift-edge"), [5, 4]);
      }
      const strength = report.marks.length > 40 ? 0.35 : 1;
      for (const mark of report.marks) {
        vertical(chart, mark.x, style(mark.kind === "alarm" ? "--alarm" : "--change"), [], strength);
      }
    },
  };

  // One line under the pointer in all plots at once.
  const charts = [];
  let pointed = null;
  const crosshair = {
    id: "crosshair",
    afterEvent(chart, args) {
      const next = args.event.type === "mouseout" || !args.inChartArea
        ? null : chart.scales.x.getValueForPixel(args.event.x);
      if (next !== pointed) {
        pointed = next;
        charts.forEach((other) => other.draw());
      }
    },
    afterDatasetsDraw(chart) {
      if (pointed !== null) {
        vertical(chart, pointed, style("--second"), [2, 3]);
      }
    },
  };

  // For a test, and for whoever wonders whether an empty plot is a fault: what was really painted.
  const witness = {
    id: "witness",
    afterRender(chart) {
      const canvas = chart.canvas;
      if (canvas.width === 0 || canvas.dataset.ink) {
        return;
      }
      const pixels = chart.ctx.getImageData(0, 0, canvas.width, canvas.height).data;
      let ink = 0;
      for (let i = 3; i < pixels.length; i += 4) {
        ink += pixels[i] > 0 ? 1 : 0;
      }
      canvas.dataset.ink = ink;
      canvas.dataset.points = chart.data.datasets.reduce((sum, set) => sum + set.data.length, 0);
    },
  };

  function marker(text, colour, dash) {
    return { text, strokeStyle: colour, fillStyle: "transparent", lineWidth: 2, lineDash: dash, pointStyle: "line" };
  }

  function legendOf(chart, withMarks) {
    const items = Chart.defaults.plugins.legend.labels.generateLabels(chart);
    if (withMarks) {
      if (report.trueDrifts.length > 0) {
        items.push(marker("the stream changes", style("--drift-edge"), [5, 4]));
      }
      if (report.marks.some((mark) => mark.kind === "alarm")) {
        items.push(marker("drift alarm", style("--alarm"), []));
      }
      if (report.marks.some((mark) => mark.kind !== "alarm")) {
        items.push(marker("pool changes", style("--change"), []));
      }
    }
    items.forEach((item) => { item.fontColor = style("--ink"); });
    return items;
  }

  function options(title, withMarks, y) {
    const axis = {
      grid: { color: style("--grid") },
      border: { color: style("--line") },
      ticks: { color: style("--muted") },
    };
    const named = (text) => ({ display: true, text, color: style("--muted") });
    return {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      interaction: { mode: "index", intersect: false },
      elements: { point: { radius: 0, hitRadius: 8, hoverRadius: 3 }, line: { borderWidth: 2, tension: 0 } },
      plugins: {
        legend: {
          display: !y.single,
          position: "bottom",
          onClick: (event, item, legend) => {
            if (item.datasetIndex !== undefined) {
              Chart.defaults.plugins.legend.onClick.call(legend, event, item, legend);
            }
          },
          labels: { usePointStyle: true, pointStyleWidth: y.stacked ? 12 : 22, boxHeight: 8, generateLabels: (chart) => legendOf(chart, withMarks) },
        },
        tooltip: {
          callbacks: {
            title: (items) => items.length > 0 ? "event " + number.format(items[0].parsed.x) : "",
            label: (item) => " " + item.dataset.label + ": " + y.show(item.parsed.y),
          },
          itemSort: (a, b) => b.parsed.y - a.parsed.y,
          filter: (item) => !y.stacked || item.parsed.y >= 0.005,
        },
      },
      scales: {
        x: {
          ...axis, type: "linear", min: 0, max: report.events, title: named("events"),
          ticks: { ...axis.ticks, maxRotation: 0, callback: (value) => short.format(value) },
        },
        y: {
          ...axis, ...y.range, stacked: y.stacked, title: named(title),
          ticks: { ...axis.ticks, callback: (value) => y.tick(value) },
          afterFit: (scale) => { scale.width = 62; },
        },
      },
    };
  }

  function plot(id, datasets, settings) {
    const canvas = document.getElementById(id);
    charts.push(new Chart(canvas, {
      type: "line", data: { datasets }, options: settings, plugins: [happenings, crosshair, witness],
    }));
  }

  function line(label, data, colour, more) {
    return { label, data, borderColor: colour, backgroundColor: colour, pointStyle: "line", ...more };
  }

  function drawAll() {
    charts.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const whole = (value) => Math.round(100 * value) + " %";
    plot("accuracy", [
      line("last " + number.format(report.window) + " events", report.windowAccuracy, style("--accent")),
      line("since the first event", report.accuracy, style("--second"), { borderWidth: 1.5, borderDash: [6, 4] }),
    ], options("accuracy", true, { show: percent, tick: whole, range: { max: 1, grace: "5%" } }));
    const deciders = report.experts.map((name, e) => ({ name, e }))
      .filter((expert) => report.shares.some((share) => share.y[expert.e] >= 0.005));
    plot("shares", deciders.map((expert, i) =>
      line(expert.name, report.shares.map((share) => ({ x: share.x, y: share.y[expert.e] })), hue(i, 1), {
        fill: i === 0 ? "origin" : "-1", borderWidth: 0.5, backgroundColor: hue(i, 0.8), pointStyle: "rectRounded",
      })), options("share of events", false, { show: percent, tick: whole, stacked: true, range: { min: 0, max: 1 } }));
    plot("entropy", [line("weight entropy", report.entropy, style("--accent"))],
      options("entropy", false, { show: (value) => value.toFixed(3), tick: (value) => value.toFixed(1), single: true, range: { min: 0, max: 1 } }));
  }

  fillHead();
  fillMarks();
  drawAll();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.documentElement.dataset.ready = "true";
})();
