"use strict";
/** Plots of the report and of the live page, over uPlot. Texts are set as text, never as HTML. */
window.BraidCharts = (function () {
  const all = [];
  const sync = uPlot.sync("braid");
  const number = new Intl.NumberFormat("en");
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function element(parent, tag, text, kind) {
    const child = document.createElement(tag);
    if (text !== undefined && text !== null) {
      child.textContent = text;
    }
    if (kind) {
      child.className = kind;
    }
    parent.appendChild(child);
    return child;
  }

  const percent = (value, digits) => value === null || value === undefined ? "–"
    : (100 * value).toFixed(digits === undefined ? 1 : digits) + " %";
  const decimal = (value, digits) => value === null || value === undefined ? "–" : value.toFixed(digits);

  function timeOf(seconds) {
    return new Date(1000 * seconds).toLocaleTimeString("en-GB");
  }

  /** Seconds only where the ticks are that close. */
  function hour(seconds, ticks) {
    const close = ticks.length > 1 && ticks[1] - ticks[0] < 60;
    return timeOf(seconds).slice(0, close ? 8 : 5);
  }

  /** For a test, and for whoever wonders whether an empty plot is a fault: what was really painted. */
  function witness(host, canvas, points) {
    host.dataset.points = points;
    if (points < 2 || canvas.width === 0 || Number(host.dataset.ink) > 0) {
      return;
    }
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let ink = 0;
    for (let i = 3; i < pixels.length; i += 4) {
      ink += pixels[i] > 0 ? 1 : 0;
    }
    host.dataset.ink = ink;
  }

  function vertical(u, x, colour, dash, alpha) {
    const at = Math.round(u.valToPos(x, "x", true));
    if (at < u.bbox.left || at > u.bbox.left + u.bbox.width) {
      return;
    }
    const pen = u.ctx;
    pen.save();
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.globalAlpha = alpha;
    pen.lineWidth = 1.25 * devicePixelRatio;
    pen.setLineDash(dash.map((length) => length * devicePixelRatio));
    pen.moveTo(at, u.bbox.top);
    pen.lineTo(at, u.bbox.top + u.bbox.height);
    pen.stroke();
    pen.restore();
  }

  /** What happened on the stream, behind the lines: where it changes, and what the model noticed. */
  function happenings(u, options) {
    for (const drift of options.drifts ? options.drifts() : []) {
      const from = Math.max(u.bbox.left, u.valToPos(drift.from, "x", true));
      const to = Math.min(u.bbox.left + u.bbox.width, u.valToPos(drift.to, "x", true));
      u.ctx.save();
      u.ctx.fillStyle = style("--drift");
      u.ctx.fillRect(from - 1, u.bbox.top, Math.max(2, to - from), u.bbox.height);
      u.ctx.restore();
      vertical(u, (drift.from + drift.to) / 2, style("--drift-edge"), [5, 4], 1);
    }
    const marks = options.marks ? options.marks() : [];
    for (const mark of marks) {
      vertical(u, mark.x, style(mark.alarm ? "--alarm" : "--change"), [],
        mark.alarm ? 1 : marks.length > 40 ? 0.35 : 0.7);
    }
  }

  /**
   * Lines over one axis.
   *
   * @param host the element to draw into
   * @param options height, time (the axis is one of seconds since 1970), series: [{label, colour,
   *     dash, width}], show: value to text, range: [low, high] or a function, marks and drifts:
   *     functions
   */
  function lines(host, options) {
    const axis = (more) => Object.assign({
      stroke: () => style("--muted"),
      grid: { stroke: () => style("--grid"), width: 1 },
      ticks: { stroke: () => style("--line"), width: 1, size: 4 },
    }, more);
    const plot = new uPlot({
      width: Math.max(200, host.clientWidth),
      height: options.height || 240,
      cursor: { sync: { key: sync.key }, drag: { x: true, y: false } },
      scales: { x: { time: options.time }, y: { range: options.range || undefined } },
      axes: [
        axis(options.time ? { values: (u, ticks) => ticks.map((t) => hour(t, ticks)) } : { values: (u, ticks) => ticks.map((t) => compact.format(t)) }),
        axis({ size: 56, values: (u, ticks) => ticks.map((t) => options.tick(t)) }),
      ],
      series: [{
        label: options.time ? "time" : "event",
        value: (u, x) => x === null || x === undefined ? "–" : options.time ? timeOf(x) : number.format(x),
      }].concat(options.series.map((line) => ({
        label: line.label,
        stroke: () => style(line.colour),
        width: line.width || 2,
        dash: line.dash,
        spanGaps: false,
        points: { show: false },
        value: (u, y) => options.show(y),
      }))),
      hooks: {
        drawClear: [(u) => happenings(u, options)],
        draw: [(u) => witness(host, u.ctx.canvas, u.data[0].length)],
      },
    }, [[]].concat(options.series.map(() => [])), host);
    host.tabIndex = 0;
    host.setAttribute("role", "group");
    host.addEventListener("keydown", (key) => step(plot, key));
    const chart = {
      set(data) { plot.setData(data); },
      redraw() {
        plot.redraw();
        host.querySelectorAll(".u-series").forEach((entry, s) => {
          if (s > 0) {
            entry.querySelector(".u-marker").style.borderColor = style(options.series[s - 1].colour);
          }
        });
      },
      fit() { plot.setSize({ width: Math.max(200, host.clientWidth), height: options.height || 240 }); },
    };
    all.push(chart);
    return chart;
  }

  /** Left and right move the line under which the legend reads. */
  function step(plot, key) {
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key.key];
    if (way === undefined || plot.data[0].length === 0) {
      return;
    }
    key.preventDefault();
    const last = plot.data[0].length - 1;
    const from = plot.cursor.idx === null || plot.cursor.idx === undefined ? last : plot.cursor.idx;
    const to = Math.max(0, Math.min(last, from + way));
    plot.setCursor({ left: plot.valToPos(plot.data[0][to], "x"), top: plot.over.clientHeight / 2 });
  }

  /**
   * Names by rows, the axis of the lines by columns; the darker the more.
   *
   * @param options time, label, show: value to text, most: the value that is darkest, or none
   */
  function heat(host, options) {
    host.classList.add("heat-host");
    const grid = element(host, "div", null, "heat");
    const names = element(grid, "ol", null, "names");
    const canvas = element(grid, "canvas");
    canvas.setAttribute("role", "img");
    const values = element(grid, "ol", null, "values");
    const caption = element(host, "p", "", "caption");
    let data = { rows: [], columns: [], now: {} };

    function draw() {
      const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
      const row = Math.round(20 * devicePixelRatio);
      canvas.width = width;
      canvas.height = Math.max(1, row * data.rows.length);
      canvas.style.height = 20 * data.rows.length + "px";
      const pen = canvas.getContext("2d");
      pen.fillStyle = style("--accent");
      let most = options.most || 0;
      if (!most) {
        data.columns.forEach((column) => data.rows.forEach((name) => {
          most = Math.max(most, column.values[name] || 0);
        }));
      }
      data.columns.forEach((column, c) => {
        const from = Math.floor(place(edge(c)) * width);
        const to = Math.max(from + 1, Math.ceil(place(column.x) * width));
        data.rows.forEach((name, r) => {
          const value = column.values[name] || 0;
          if (value > 0 && most > 0) {
            pen.globalAlpha = Math.min(1, Math.sqrt(value / most));
            pen.fillRect(from, r * row + 1, to - from, row - 2);
          }
        });
      });
      pen.globalAlpha = 1;
      for (const mark of options.marks ? options.marks() : []) {
        if (mark.alarm && data.columns.length > 1) {
          pen.fillStyle = style("--alarm");
          pen.fillRect(Math.round(place(mark.x) * width), 0, Math.max(1, devicePixelRatio), canvas.height);
        }
      }
      witness(host, canvas, data.columns.length);
    }

    const edge = (c) => c > 0 ? data.columns[c - 1].x : start();
    const start = () => data.columns.length < 2 ? data.columns[0].x - 1
      : data.columns[0].x - (data.columns[1].x - data.columns[0].x);
    const place = (x) => (x - start()) / (data.columns[data.columns.length - 1].x - start());

    function fillRow(list, r, text) {
      const item = list.children[r] || element(list, "li", "");
      if (item.textContent !== text) {
        item.textContent = text;
        item.title = text;
      }
      return item;
    }

    function fill() {
      [names, values].forEach((list) => {
        while (list.children.length > data.rows.length) {
          list.lastChild.remove();
        }
      });
      const most = Math.max(0, ...data.rows.map((name) => data.now[name] || 0));
      data.rows.forEach((name, r) => {
        fillRow(names, r, name);
        const item = fillRow(values, r, options.show(data.now[name]));
        const bar = item.querySelector("i") || element(item, "i");
        bar.style.width = (most > 0 ? 100 * Math.max(0, data.now[name] || 0) / most : 0) + "%";
      });
      canvas.setAttribute("aria-label", options.label + ": " + data.rows
        .map((name) => name + " " + options.show(data.now[name])).join(", "));
    }

    canvas.addEventListener("pointermove", (pointer) => {
      const x = pointer.offsetX / canvas.clientWidth;
      const name = data.rows[Math.floor(pointer.offsetY / 20)];
      const column = data.columns.find((one) => place(one.x) >= x);
      if (name !== undefined && column) {
        caption.textContent = (options.time ? timeOf(column.x) : "event " + number.format(column.x))
          + ", " + name + ": " + options.show(column.values[name]);
      }
    });
    canvas.addEventListener("pointerleave", () => { caption.textContent = ""; });

    const chart = {
      set(next) { data = next; fill(); draw(); },
      redraw() { draw(); },
      fit() { draw(); },
    };
    all.push(chart);
    return chart;
  }

  const fitAll = () => all.forEach((chart) => chart.fit());
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(fitAll, 100);
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    all.forEach((chart) => chart.redraw());
  });
  window.addEventListener("error", (failure) => {
    document.documentElement.dataset.failure = failure.message;
  });

  return { lines, heat, element, percent, decimal, number, compact, timeOf };
})();
