// Writes numbers and dates in the chosen language, draws charts, and moves through the days of knowledge.
// Everything it shows stands in its HTML or in data/<page>.js; it asks no network.
"use strict";
(() => {
  const root = document.documentElement;
  const answers = window.lakehouse || {};
  const kinds = JSON.parse(document.body.dataset.kinds);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const DAY = 86400000;
  const PORTUGUESE = {
    formatLocale: { decimal: ",", thousands: ".", grouping: [3], currency: ["", ""] },
    timeFormatLocale: {
      dateTime: "%d/%m/%Y %H:%M", date: "%d/%m/%Y", time: "%H:%M:%S", periods: ["AM", "PM"],
      days: ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"],
      shortDays: ["dom", "seg", "ter", "qua", "qui", "sex", "sáb"],
      months: ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto",
        "setembro", "outubro", "novembro", "dezembro"],
      shortMonths: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
    },
  };
  const redraws = [];

  const language = () => root.lang;
  const find = (id) => document.getElementById(id);

  function moment(text, options) {
    const form = language() === "en" ? "en-GB" : "pt-BR";
    const at = new Date(text.length === 7 ? `${text}-01` : text.slice(0, 10));
    return new Intl.DateTimeFormat(form, { ...options, timeZone: "UTC" }).format(at);
  }

  function written(value, kind) {
    if (value === null || value === undefined) return "–";
    if (kind === "date") {
      return moment(value, { day: "2-digit", month: language() === "en" ? "short" : "2-digit", year: "numeric" });
    }
    if (kind === "moment") return `${written(value, "date")} ${value.slice(11, 16)}`;
    if (kind === "month") return moment(value, { month: "short", year: "numeric" });
    if (!kinds[kind]) return String(value);
    const [places, factor, sign] = kinds[kind];
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    return new Intl.NumberFormat(language(), digits).format(Number(value) * factor) + sign;
  }

  // Texts of a chart are pairs of both languages.
  function localized(part) {
    if (Array.isArray(part)) return part.map(localized);
    if (part === null || typeof part !== "object") return part;
    if (typeof part.en === "string" && typeof part.pt === "string") {
      return language() === "en" ? part.en : part.pt;
    }
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, localized(inner)]));
  }

  function look() {
    const style = getComputedStyle(root);
    const color = (name) => style.getPropertyValue(name).trim();
    const ink = color("--ink-soft");
    const text = { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 };
    return {
      background: null,
      font: color("--font"),
      view: { stroke: null },
      axis: { ...text, gridColor: color("--line"), domainColor: color("--line"), tickColor: color("--line") },
      legend: { ...text, symbolType: "circle" },
      range: { category: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"].map(color) },
      bar: { color: color("--c1") },
      line: { color: color("--c1"), strokeWidth: 2 },
      point: { filled: true, size: 36, color: color("--c1") },
      rule: { color: color("--accent") },
      rect: { stroke: color("--ground"), strokeWidth: 1 },
    };
  }

  // A bar has one height whatever their number, and a column is as wide as its period, unless there
  // are few: then it would be a wall.
  function sized(chart, rows, width) {
    const { x, y, color } = chart.encoding;
    // A legend stands above the plot, beside the names of things.
    const across = y && y.type === "nominal" ? width * 0.5 : width - 60;
    if (color) color.legend.columns = Math.max(1, Math.min(6, Math.floor(across / 110)));
    if (x && x.type === "temporal") {
      const times = rows.map((row) => new Date(row[x.field]).getTime());
      const days = Math.max(...times) / DAY - Math.min(...times) / DAY;
      const isMonths = x.timeUnit === "utcyearmonth" || days > 60;
      const isHours = !x.timeUnit && days <= 2;
      x.axis.format = isMonths ? "%b %Y" : isHours ? "%d %b %H:%M" : "%d %b %Y";
      const most = Math.max(2, Math.min(6, Math.floor(width / 110)));
      // No month is named twice.
      x.axis.tickCount = isMonths && days < 365
        ? { interval: "month", step: Math.ceil((days + 31) / 30.4 / most) }
        : most;
    }
    // On a phone names have half the width, in small letters: shortened they are all alike.
    const isNarrow = width < 450;
    if (y && y.type === "nominal") {
      y.axis = { labelLimit: width * (isNarrow ? 0.5 : 0.36), labelFontSize: isNarrow ? 10 : 12 };
    }
    if (chart.height && chart.height.step) {
      const most = chart.most || Infinity;
      const things = new Set(rows.slice(0, most).map((row) => row[chart.encoding.y.field])).size;
      return { ...chart, height: chart.height.step * things };
    }
    if (!x || !x.timeUnit || chart.mark.type !== "bar" || !rows.length) return chart;
    const unit = (x.timeUnit.endsWith("date") ? 1 : 30.4) * DAY;
    const times = rows.map((row) => Date.parse(row[x.field]));
    const periods = Math.round((Math.max(...times) - Math.min(...times)) / unit) + 1;
    const room = (width - 60) / periods;
    return { ...chart, mark: { ...chart.mark, width: Math.max(3, Math.min(44, room * 0.8)) } };
  }

  function embed(place, chart, rows) {
    const { most, ...shape } = sized(localized(chart), rows, place.clientWidth);
    const spec = {
      ...shape,
      data: { name: "rows", values: most ? rows.slice(0, most) : rows },
      width: "container",
      autosize: { type: "fit-x", contains: "padding" },
      config: look(),
    };
    const options = {
      mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
      ...(language() === "en" ? {} : PORTUGUESE),
    };
    return window.vegaEmbed(place, spec, options).then((drawn) => {
      place.setAttribute("role", "img");
      place.dataset.language = language();
      return drawn.view;
    });
  }

  function rowsOf(answer) {
    return answer.rows.map((row) =>
      Object.fromEntries(answer.columns.map((name, place) => [name, row[place]])));
  }

  function cell(text, isNumber, kind) {
    const made = document.createElement("td");
    if (isNumber) made.className = "n";
    if (kind === "model" && document.body.dataset.models) {
      const link = document.createElement("a");
      link.className = "model";
      link.href = document.body.dataset.models + text;
      link.textContent = text;
      made.append(link);
    } else {
      made.textContent = text;
    }
    return made;
  }

  function fill(table, rows) {
    table.tBodies[0].replaceChildren(...rows.map((cells) => {
      const line = document.createElement("tr");
      line.append(...cells);
      return line;
    }));
  }

  function choices(select, values, texts) {
    select.replaceChildren(...values.map((value, place) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = texts ? texts[place] : value;
      return option;
    }));
  }

  // A question with a chart, and one of which a reader chooses a value.
  function question(section) {
    const name = section.dataset.question;
    const answer = answers[name];
    if (!answer) return;
    const rows = rowsOf(answer);
    const filter = section.dataset.filter;
    const select = filter && find(`${name}-filter`);
    if (select) {
      choices(select, [...new Set(rows.map((row) => String(row[filter])))]);
      select.closest(".filter").hidden = false;
    }
    const isChosen = (value) => !select || String(value) === select.value;
    const show = () => {
      if (answer.chart) {
        const place = find(`${name}-chart`);
        embed(place, answer.chart, rows.filter((row) => isChosen(row[filter])));
        place.setAttribute("aria-labelledby", `${name}-title`);
      }
      if (!select) return;
      const place = answer.columns.indexOf(filter);
      const kind = answer.kinds;
      const chosen = answer.rows.filter((row) => isChosen(row[place])).slice(0, Number(document.body.dataset.rows));
      fill(find(`${name}-table`), chosen.map((row) =>
        row.map((value, at) => cell(written(value, kind[at]), Boolean(kinds[kind[at]]), kind[at]))));
    };
    if (select) select.addEventListener("change", show);
    redraws.push(show);
  }

  // One month of GMV through the days of knowledge. Amounts are added as whole cents.
  function asOf(section) {
    const moves = answers.commerce_gmv_as_of && rowsOf(answers.commerce_gmv_as_of);
    if (!moves || !section) return;
    const ledger = rowsOf(answers.commerce_ledger);
    const month = find("as-of-month"), slider = find("as-of-slider"), date = find("as-of-date");
    const number = (day) => Date.parse(day) / DAY;
    const text = (day) => new Date(day * DAY).toISOString().slice(0, 10);
    const cents = (amount) => Math.round(amount * 100);
    const last = Math.max(...moves.map((row) => number(row.posted_on)));
    const byMonth = Map.groupBy
      ? Map.groupBy(moves, (row) => row.gmv_month)
      : moves.reduce((found, row) => found.set(row.gmv_month, [...(found.get(row.gmv_month) || []), row]), new Map());
    const months = [...byMonth.keys()].sort();
    const postings = (one) => [...new Set(byMonth.get(one).map((row) => row.posted_on))].sort();
    // The month that moved on the most days shows best what the slider is for.
    const first = months.reduce((best, one) => (postings(one).length > postings(best).length ? one : best));
    let view = null;
    let begin = 0;

    const day = () => begin + Number(slider.value);

    function known() {
      const found = new Map();
      for (const row of byMonth.get(month.value)) {
        if (number(row.posted_on) > day()) continue;
        const sum = found.get(row.subsidiary) || { cents: 0, count: 0 };
        sum.cents += cents(row.movement_amount);
        sum.count += row.purchase_count_change;
        found.set(row.subsidiary, sum);
      }
      return [...found].filter(([, sum]) => sum.count > 0).sort(([one], [other]) => one.localeCompare(other));
    }

    function curve() {
      let total = 0;
      const points = [{ day: begin * DAY, amount: 0 }];
      for (const posted of postings(month.value)) {
        for (const row of byMonth.get(month.value)) {
          if (row.posted_on === posted) total += cents(row.movement_amount);
        }
        points.push({ day: number(posted) * DAY, amount: total / 100 });
      }
      points.push({ day: last * DAY, amount: total / 100 });
      return points;
    }

    function draw() {
      const titles = { day: { en: "as known on", pt: "como se sabia em" }, amount: { en: "GMV of the month", pt: "GMV do mês" } };
      const chart = {
        height: 200,
        params: [{ name: "day", value: day() * DAY }],
        layer: [
          {
            mark: { type: "line", interpolate: "step-after" },
            encoding: { y: { field: "amount", type: "quantitative", title: titles.amount, axis: { tickCount: 4 } } },
          },
          { mark: { type: "rule", size: 2 }, encoding: { x: { datum: { expr: "day" }, type: "temporal" } } },
        ],
        encoding: {
          x: { field: "day", type: "temporal", scale: { type: "utc" }, title: titles.day, axis: { grid: false, labelOverlap: true } },
        },
      };
      const place = find("as-of-chart");
      place.setAttribute("aria-labelledby", "commerce_gmv_as_of-title");
      view = null;
      embed(place, chart, curve()).then((drawn) => { view = drawn; tell(); });
    }

    function tell() {
      const sums = known();
      const shown = text(day());
      find("as-of-day").textContent = written(shown, "date");
      slider.setAttribute("aria-valuetext", written(shown, "date"));
      date.value = shown;
      find("as-of-amount").textContent = written(sums.reduce((all, [, sum]) => all + sum.cents, 0) / 100, "amount");
      find("as-of-count").textContent = written(sums.reduce((all, [, sum]) => all + sum.count, 0), "count");
      fill(find("as-of-subsidiaries"), sums.map(([name, sum]) =>
        [cell(name), cell(written(sum.cents / 100, "amount"), true), cell(written(sum.count, "count"), true)]));
      const of = (row) => row.gmv_month === month.value && row.posted_on === shown;
      const rows = ledger.filter(of);
      const all = moves.filter(of).reduce((sum, row) => sum + row.ledger_row_count, 0);
      const signed = (value, kind) => (value > 0 ? "+" : "") + written(value, kind);
      fill(find("as-of-moves"), rows.map((row) => [
        cell(written(row.gmv_date, "date")), cell(row.subsidiary),
        cell(signed(row.movement_amount, "amount"), true), cell(signed(row.purchase_count_change, "count"), true)]));
      find("as-of-moves").hidden = rows.length === 0;
      find("as-of-quiet").hidden = rows.length > 0;
      find("as-of-back-place").hidden = rows.length > 0;
      find("as-of-back").hidden = !postings(month.value).some((posted) => number(posted) < day());
      const passed = answers.commerce_final && answers.commerce_final.rows[0][0];
      find("as-of-final").hidden = !passed || shown >= passed;
      find("as-of-open").hidden = !passed || shown < passed;
      find("as-of-more").hidden = all <= rows.length;
      find("as-of-more").textContent = localized({
        en: `The largest of ${written(all, "count")} rows.`, pt: `As maiores de ${written(all, "count")} linhas.`,
      });
      if (view) view.signal("day", day() * DAY).runAsync();
    }

    function choose() {
      const before = begin ? day() : last;
      begin = number(postings(month.value)[0]) - 1;
      slider.max = last - begin;
      slider.value = Math.max(0, Math.min(before, last) - begin);
      date.min = text(begin);
      date.max = text(last);
      draw();
      tell();
    }

    function move(to) {
      slider.value = to - begin;
      tell();
    }

    month.addEventListener("change", choose);
    slider.addEventListener("input", tell);
    date.addEventListener("change", () => { if (date.value) move(number(date.value)); });
    find("as-of-back").addEventListener("click", () => {
      move(Math.max(...postings(month.value).map(number).filter((posted) => posted < day())));
      slider.focus();
    });
    for (const part of section.querySelectorAll(".as-of-controls, .as-of-answer")) part.hidden = false;
    redraws.push(() => {
      const chosen = month.value || first;
      choices(month, months, months.map((one) => written(one, "month")));
      month.value = chosen;
      choose();
    });
  }

  function show() {
    for (const found of document.querySelectorAll("data[data-kind]")) {
      found.textContent = written(found.value, found.dataset.kind);
    }
    for (const redraw of redraws) redraw();
  }

  for (const input of document.querySelectorAll("input[name=language]")) {
    input.checked = input.value === language();
    input.addEventListener("change", () => {
      root.lang = input.value;
      try {
        window.localStorage.setItem("lakehouse-language", input.value);
      } catch {
        // As above: the choice then holds for this page.
      }
      show();
    });
  }
  // A table beside a chart is there to be opened.
  for (const details of document.querySelectorAll("details[data-beside-chart]")) details.open = false;
  for (const section of document.querySelectorAll("section[data-question]:not(.as-of)")) question(section);
  asOf(document.querySelector("section.as-of"));
  dark.addEventListener("change", show);
  show();
})();
