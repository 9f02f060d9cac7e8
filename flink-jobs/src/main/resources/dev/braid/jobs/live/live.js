"use strict";
(function () {
  const charts = window.BraidCharts;
  const { element, percent, decimal, number } = charts;
  const at = (id) => document.getElementById(id);
  const POINTS = 1440;
  const CHANGES = 300;
  const DAY = 86400000;
  const RETRY_MILLIS = 2000;

  let key = null;
  let source = null;
  let lastId = "";
  let points = [];
  let spacing = 0;
  let alarms = [];
  let changes = [];
  let status = {};
  let skew = 0;
  let planned = false;

  // What is drawn. Which panels are shown is for the records to say.

  const marks = () => alarms.filter((mark) => mark.record.kind === "alarm")
    .map((mark) => ({ x: mark.at / 1000, alarm: true }));
  const line = (host, series, more) => charts.lines(at(host),
    Object.assign({ time: true, marks, series, height: 220 }, more));
  const share = { tick: (value) => Math.round(100 * value) + " %", show: (value) => percent(value, 2) };
  const real = { tick: (value) => +value.toFixed(3) + "", show: (value) => decimal(value, 4) };
  /** Errors are in a unit of their own, however large or small that is. */
  const size = (value) => value === null || value === undefined ? "–" : String(Number(value.toPrecision(5)));
  const amount = { tick: (value) => String(Number(value.toPrecision(3))), show: size };
  const field = (name) => (point) => {
    const value = point.record[name];
    return value === undefined ? null : value;
  };

  const plots = [
    { needs: "window_accuracy", fields: ["window_accuracy", "accuracy"], open: () => line("accuracy", [
      { label: "this interval", colour: "--accent" },
      { label: "since the begin", colour: "--second", dash: [6, 4], width: 1.5 },
    ], share) },
    { needs: "window_kappa", fields: ["window_kappa", "kappa", "kappa_m"], open: () => line("kappa", [
      { label: "this interval", colour: "--accent" },
      { label: "since the begin", colour: "--second", dash: [6, 4], width: 1.5 },
      { label: "over the majority class", colour: "--third", width: 1.5 },
    ], real) },
    { needs: "log_loss", fields: ["window_log_loss", "log_loss"], open: () => line("loss", [
      { label: "this interval", colour: "--accent" },
      { label: "since the begin", colour: "--second", dash: [6, 4], width: 1.5 },
    ], real) },
    ...[["mae", amount], ["rmse", amount], ["r2", real], ["coverage", share]].map(([name, shown]) => ({
      needs: "window_" + name, fields: ["window_" + name, name], open: () => line(name, [
        { label: "this interval", colour: "--accent" },
        { label: "since the begin", colour: "--second", dash: [6, 4], width: 1.5 },
      ], shown) })),
  ];
  const deciders = charts.heat(at("deciders"), {
    time: true, label: "Who decides", most: 1, marks, show: (value) => percent(value, 1) });
  const importance = charts.heat(at("importance"), {
    time: true, label: "Feature importance", marks, show: (value) => decimal(value, 4) });

  const bytes = (value) => value >= 1e6 ? (value / 1e6).toFixed(1) + " MB" : (value / 1e3).toFixed(1) + " kB";
  const short = (millis) => millis < 1000 ? Math.max(0, Math.round(millis)) + " ms"
    : millis < 120000 ? (millis / 1000).toFixed(1) + " s"
      : millis < 7200000 ? Math.round(millis / 60000) + " min" : Math.round(millis / 3600000) + " h";
  const age = (millis) => millis > 0 ? short(Math.max(0, Date.now() + skew - millis)) : "–";

  /** Events a second between the last records that lie apart. */
  function rate() {
    const last = points[points.length - 1];
    const first = points.findLast((point) => last.at - point.at >= 5000) || points[0];
    return last.at > first.at
      ? number.format(Math.round(1000 * (last.record.events - first.record.events) / (last.at - first.at))) : "–";
  }

  /** How old an event was when its prediction was written; none where its time is another world's. */
  function latency(point) {
    const millis = point.at - point.ts;
    return typeof point.ts === "number" && millis >= 0 && millis < DAY ? short(millis) : "–";
  }

  const tiles = [
    ["events", (last) => number.format(last.record.events), "events"],
    ["events a second", () => rate(), "events"],
    ["accuracy, interval", (last) => percent(last.record.window_accuracy, 2), "window_accuracy"],
    ["accuracy", (last) => percent(last.record.accuracy, 2), "accuracy"],
    ["kappa", (last) => decimal(last.record.kappa, 4), "kappa"],
    ["log loss", (last) => decimal(last.record.log_loss, 4), "log_loss"],
    ["error, interval", (last) => size(last.record.window_mae), "window_mae"],
    ["error", (last) => size(last.record.mae), "mae"],
    ["RMSE", (last) => size(last.record.rmse), "rmse"],
    ["R2", (last) => decimal(last.record.r2, 4), "r2"],
    ["within the interval", (last) => percent(last.record.coverage, 2), "coverage"],
    ["drift alarms", (last) => number.format(last.record.drifts), "drifts"],
    ["event to prediction", (last) => latency(last), "events"],
    ["learner, an event", (last) => last.record.learner_micros === null ? "–"
      : Math.round(last.record.learner_micros) + " µs", "learner_micros"],
    ["labels awaited", (last) => number.format(last.record.pending), "pending"],
    ["labels missed", (last) => number.format(last.record.expired), "expired"],
    ["labels without event", (last) => number.format(last.record.pending_labels), "pending_labels"],
    ["state", (last) => bytes(last.record.state_bytes), "state_bytes"],
    ["last checkpoint", (last) => age(last.record.checkpoint_ts), "checkpoint_ts"],
    ["all models, a second", () => status.rate === undefined ? "–" : number.format(Math.round(status.rate)), "events"],
    ["dead letters", () => number.format(status.dead_letters || 0), "events"],
  ];

  function drawTiles(last) {
    const list = at("figures");
    tiles.forEach(([name, show, needs]) => {
      let tile = list.querySelector('[data-figure="' + name + '"]');
      if (!(needs in last.record)) {
        if (tile) {
          tile.remove();
        }
        return;
      }
      if (!tile) {
        tile = element(list, "div");
        tile.dataset.figure = name;
        element(tile, "dt", name);
        element(tile, "dd");
      }
      tile.lastChild.textContent = show(last);
    });
  }

  function names(of) {
    const found = new Set();
    points.forEach((point) => Object.keys(point.record[of] || {}).forEach((name) => found.add(name)));
    return [...found];
  }

  const columns = (of) => points.map((point) => ({ x: point.at / 1000, values: point.record[of] || {} }));

  function drawHeat(last) {
    // Names of a small pool in their order; of a large one those that ever decided something.
    const known = names("expert_share").sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const deciding = known.filter((name) => points.some((point) => (point.record.expert_share || {})[name] > 0));
    deciders.set({
      rows: known.length <= 24 ? known : deciding.slice(0, 40),
      columns: columns("expert_share"),
      now: last.record.expert_weight || {},
    });
    importance.set({
      rows: Object.keys(last.record.feature_importance || {}).slice(0, 20),
      columns: columns("feature_importance"),
      now: last.record.feature_importance || {},
    });
  }

  function drawConfusion(confusion) {
    const table = at("confusion");
    table.replaceChildren();
    if (!confusion || confusion.counts.length === 0) {
      return;
    }
    const classes = confusion.counts.map((row, c) => c < confusion.classes.length
      ? confusion.classes[c] : "all others");
    const head = element(element(table, "thead"), "tr");
    element(head, "th", "label");
    classes.forEach((name) => { element(head, "th", name).title = name; });
    element(head, "th", "recall");
    const body = element(table, "tbody");
    confusion.counts.forEach((row, r) => {
      const sum = row.reduce((a, b) => a + b, 0);
      const line = element(body, "tr");
      const name = element(line, "th", classes[r]);
      name.scope = "row";
      name.title = classes[r];
      row.forEach((count, c) => {
        const cell = element(line, "td", number.format(count));
        const strength = sum > 0 ? Math.round(55 * count / sum) : 0;
        cell.style.background = "color-mix(in srgb, var(" + (r === c ? "--accent" : "--alarm") + ") " + strength + "%, transparent)";
      });
      element(line, "td", sum > 0 ? percent(row[r] / sum, 1) : "–");
    });
  }

  function drawLog(list, entries, count) {
    at(count).textContent = entries.length === 0 ? "" : "(" + number.format(entries.length) + ")";
    const host = at(list);
    host.replaceChildren();
    if (entries.length === 0) {
      element(host, "li", "none", "muted");
    }
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      const line = element(host, "li", null, entry.record.kind === "alarm" ? "alarm" : "change");
      element(line, "time", charts.timeOf(entry.at / 1000)).title = new Date(entry.at).toISOString();
      element(line, "b", entry.record.kind);
      element(line, "span", (entry.record.subject || "") + " at event " + number.format(entry.record.event)
        + (entry.record.reason ? ": " + entry.record.reason : ""));
    }
  }

  function drawLetters() {
    const table = at("letters");
    const told = JSON.stringify([status.dead_letters, status.reasons]);
    if (table.dataset.told === told) {
      return; // What is selected stays selected.
    }
    table.dataset.told = told;
    table.replaceChildren();
    at("letter-count").textContent = status.dead_letters ? "(" + number.format(status.dead_letters) + ")" : "";
    const reasons = Object.entries(status.reasons || {}).sort((a, b) => b[1] - a[1]);
    if (reasons.length === 0) {
      element(element(table, "tr"), "td", "none");
    }
    for (const [reason, count] of reasons) {
      const row = element(table, "tr");
      element(row, "td", number.format(count));
      element(row, "td", reason);
    }
  }

  function draw() {
    planned = false;
    const last = points[points.length - 1];
    at("empty").hidden = last !== undefined;
    document.querySelector(".panels").hidden = last === undefined;
    drawLog("alarms", alarms, "alarm-count");
    drawLog("changes", changes, "change-count");
    if (last === undefined) {
      at("figures").replaceChildren();
      return;
    }
    document.querySelectorAll("[data-needs]").forEach((panel) => {
      const value = last.record[panel.dataset.needs];
      panel.hidden = value === undefined
        || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
    });
    drawTiles(last);
    const xs = points.map((point) => point.at / 1000);
    for (const plot of plots) {
      if (plot.needs in last.record) {
        plot.chart = plot.chart || plot.open();
        plot.chart.set([xs].concat(plot.fields.map((name) => points.map(field(name)))));
      }
    }
    drawHeat(last);
    drawConfusion(last.record.confusion);
    document.documentElement.dataset.drawn = points.length;
  }

  function plan() {
    if (!planned) {
      planned = true;
      requestAnimationFrame(draw);
    }
  }

  // What is remembered: a day, as the server remembers it.

  function addPoint(point) {
    const size = points.length;
    if (size >= 2 && point.at - points[size - 2].at < spacing) {
      points.pop();
    }
    points.push(point);
    while (points[0].at < point.at - DAY) {
      points.shift();
    }
    if (points.length > POINTS) {
      spacing = Math.max(1, 2 * (point.at - points[0].at) / POINTS);
      let before = null;
      points = points.filter((one, i) => {
        const stays = before === null || one.at - before >= spacing || i === points.length - 1;
        before = stays ? one.at : before;
        return stays;
      });
    }
  }

  function addChange(change) {
    const alarm = change.record.kind === "alarm" || change.record.kind === "warning";
    const list = alarm ? alarms : changes;
    list.push(change);
    if (list.length > CHANGES) {
      list.shift();
    }
  }

  function clear() {
    points = [];
    alarms = [];
    changes = [];
    spacing = 0;
    plan();
  }

  // The connection.

  function tell(state, text) {
    const host = at("status");
    host.dataset.state = state;
    if (host.textContent !== text) {
      host.textContent = text;
    }
  }

  function connect() {
    if (source !== null) {
      source.close();
    }
    const query = new URLSearchParams();
    if (key !== null) {
      query.set("key", key);
    }
    if (lastId) {
      query.set("after", lastId);
    }
    const mine = new EventSource("/events?" + query);
    source = mine;
    const on = (kind, action) => mine.addEventListener(kind, (event) => {
      if (source === mine) {
        lastId = event.lastEventId || lastId;
        action(event.data);
      }
    });
    on("reset", clear);
    on("metrics", (data) => { addPoint(JSON.parse(data)); plan(); });
    on("drift", (data) => { addChange(JSON.parse(data)); plan(); });
    on("status", (data) => {
      status = JSON.parse(data);
      skew = status.now - Date.now();
      tell(status.trouble ? "trouble" : "live", status.trouble || "live");
      at("many").textContent = status.models > 1 ? number.format(status.models) + " models, the worst first" : "";
      drawLetters();
      if (points.length > 0) {
        drawTiles(points[points.length - 1]);
      }
    });
    mine.onerror = () => {
      if (source !== mine) {
        return;
      }
      tell("lost", "connection lost, trying again");
      if (mine.readyState === EventSource.CLOSED) {
        setTimeout(() => { if (source === mine) { connect(); } }, RETRY_MILLIS);
      }
    };
  }

  function choose(next) {
    key = next;
    lastId = "";
    at("key").value = shown(next);
    document.title = "Braid: " + shown(next);
    history.replaceState(null, "", "#key=" + encodeURIComponent(next));
    clear();
    connect();
  }

  const shown = (name) => name === "" ? "(the one model)" : name;

  // The picker: a combobox over what the server finds.

  let listed = [];
  let marked = -1;
  let asked = 0;

  async function models(search) {
    const answer = await fetch("/models?" + new URLSearchParams({ search, most: 50 }));
    if (!answer.ok) {
      throw new Error("status " + answer.status);
    }
    return answer.json();
  }

  function open(show) {
    at("keys").hidden = !show;
    at("key").setAttribute("aria-expanded", String(show));
    if (!show) {
      at("key").removeAttribute("aria-activedescendant");
    }
  }

  function mark(next) {
    const items = [...at("keys").children];
    marked = next === null || items.length === 0 ? -1 : (next + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === marked)));
    if (marked >= 0) {
      items[marked].scrollIntoView({ block: "nearest" });
      at("key").setAttribute("aria-activedescendant", items[marked].id);
    }
  }

  async function list(search) {
    const mine = ++asked;
    let found;
    try {
      found = await models(search);
    } catch (away) {
      return; // The status says so.
    }
    if (mine !== asked || document.activeElement !== at("key")) {
      return; // Something else was asked for meanwhile.
    }
    listed = found.models;
    at("keys").replaceChildren();
    listed.forEach((model, i) => {
      const item = element(at("keys"), "li");
      item.id = "key-" + i;
      item.setAttribute("role", "option");
      element(item, "span", shown(model.key));
      element(item, "span", (model.window_accuracy !== undefined ? percent(model.window_accuracy, 1) + " of "
        : model.window_mae !== undefined ? "error " + size(model.window_mae) + " in " : "")
        + (model.events === undefined ? "nothing yet" : number.format(model.events) + " events"));
      item.addEventListener("pointerdown", (pointer) => {
        pointer.preventDefault();
        open(false);
        choose(model.key);
      });
    });
    mark(null);
    open(listed.length > 0);
  }

  at("key").addEventListener("focus", () => { at("key").select(); list(""); });
  at("key").addEventListener("input", () => list(at("key").value));
  at("key").addEventListener("blur", () => { open(false); at("key").value = key === null ? "" : shown(key); });
  at("key").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (at("keys").hidden) {
        list("");
      } else {
        mark(event.key === "ArrowDown" ? marked + 1 : Math.max(marked, 0) - 1);
      }
    } else if (event.key === "Enter" && listed.length > 0 && !at("keys").hidden) {
      open(false);
      choose(listed[Math.max(0, marked)].key);
      at("key").select();
    } else if (event.key === "Escape") {
      open(false);
      at("key").value = key === null ? "" : shown(key);
    }
  });

  /** Without a choice, the worst model is shown, as soon as there is one. */
  async function first() {
    const given = new URLSearchParams(location.hash.slice(1)).get("key");
    if (given !== null) {
      choose(given);
      return;
    }
    try {
      const found = await models("");
      if (found.models.length > 0 && key === null) {
        choose(found.models[0].key);
        return;
      }
    } catch (away) {
      // It is tried again.
    }
    if (key === null) {
      setTimeout(first, 1000);
    }
  }

  draw();
  connect();
  first();
  // Ages grow between records.
  setInterval(() => { if (points.length > 0) { drawTiles(points[points.length - 1]); } }, 1000);
  document.documentElement.dataset.ready = "true";
})();
