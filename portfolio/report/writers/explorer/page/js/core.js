// What is known, what is picked, and who is told when that changes. Names from the data reach the document as text only (textContent).
const DATA = JSON.parse(document.getElementById("data").textContent);
const PLANS = DATA.plans;
const LOOK = DATA.look;
const $ = (id) => document.getElementById(id);
const body = (id) => $(id).querySelector(".body");

// tag: "td.n" · attrs: properties with "on..." are listeners, others attributes · children: nodes or texts, null is nothing
function make(tag, attrs, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attrs || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined).map((c) => (c instanceof Node ? c : String(c))));
  return node;
}

function drawn(tag, attrs, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attrs || {})) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// axes: [across, up, depth] criteria · brushes: axis -> [low, high] of its height, 0 worst to 1 best · cell: [field, archetype] or null for all
const state = {
  lang: DATA.lang, theme: "auto", plan: DATA.chosen, other: null, programme: null, brushes: {}, axes: [0, 1, 2], solid: false,
  search: "", show: "all", cell: null, order: {}, everything: false,
};
const views = [];

// on: keys of the state that the view follows · draw: called with the set of changed keys
function view(on, draw) {
  views.push({ on: new Set([...on, "lang"]), draw });
}

// Views of plans, where there are any.
function planView(on, draw) {
  if (PLANS.length) view(on, draw);
}

function change(next) {
  const changed = new Set(Object.keys(next).filter((key) => state[key] !== next[key]));
  if (!changed.size) return;
  Object.assign(state, next);
  for (const { on, draw } of views) if ([...changed].some((key) => on.has(key))) draw(changed);
}

const said = () => DATA.text[state.lang];
const ui = (key, fill) => filled(said().ui[key], fill);
const filled = (text, fill) => text.replace(/\{(\w+)\}/g, (all, key) => (fill && key in fill ? fill[key] : all));
const word = (n) => DATA.strings[state.lang][n];
const own = (plan) => plan[state.lang];
const idOf = (n) => (PLANS[n].id === "*" ? ui("briefed_short") : PLANS[n].id);

// -- numbers: texts come rounded; only differences and brush ends are made here
function placed(units, decimals) {
  const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
  const head = digits.slice(0, digits.length - decimals), tail = digits.slice(digits.length - decimals);
  return (units < 0 ? "-" : "") + head.replace(/\B(?=(\d{3})+$)/g, ",") + (decimals ? "." + tail : "");
}
const amount = (units) => (units ? placed(units, said().money.decimals) : "-");
const signed = (text) => (/^[1-9]|^0\.0*[1-9]/.test(text) ? "+" + text : text);
const number = (text) => (text === "-" || text === "" ? 0 : parseFloat(text.replace(/,/g, "")));
const decimalsOf = (text) => (text.split(".")[1] || "").length;
// Of what is printed, so that a reader who subtracts finds the same.
function apartText(from, to) {
  const decimals = Math.max(decimalsOf(from), decimalsOf(to));
  return signed(placed(Math.round((number(to) - number(from)) * 10 ** decimals), decimals));
}
const inUnits = (text) => Math.round(number(text) * 10 ** said().money.decimals);

function significant(value, digits) {
  if (!value) return "0";
  let decimals = 0;
  for (let size = Math.abs(value); size < 10 ** (digits - 1) && decimals < 12; size *= 10) decimals += 1;
  const text = placed(Math.round(value * 10 ** decimals), decimals);
  return decimals ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

// -- choices of a plan: [programme, way, payers, printed amount]
const cache = new Map();
function choices(n) {
  const key = state.lang + n;
  if (!cache.has(key)) {
    const plan = PLANS[n], found = new Map();
    for (let i = 0; i < plan.k.length; i += 3) found.set(plan.k[i], { way: plan.k[i + 1], payers: plan.k[i + 2], amount: own(plan).a[i / 3] });
    cache.set(key, found);
  }
  return cache.get(key);
}
const wayTexts = (way) => DATA.ways[way][state.lang].map(word);
function payersText(n) {
  const shares = DATA.payers[n];
  if (shares.length < 2) return shares.length ? said().funds[shares[0][0]] : "-";
  return shares.map(([fund, share]) => `${said().funds[fund]} ${share || "<1"} %`).join(", ");
}

const criterionLabel = (i) => said().criteria[i] + (said().units[i] ? ` (${said().units[i]})` : "");
const valueText = (n, i) => word(own(PLANS[n]).c[i][0]);
const inUnit = (i, value) => value * DATA.criteria[i].factor[state.lang];

// What is proven of a plan, for captions.
function status(n) {
  const text = said();
  if (n === DATA.chosen && DATA.solved) return text.claims.map((c) => c[1].replace(/\s{2,}/g, " · ")).join(" · ");
  return filled(text.point, { point: idOf(n), why: n === DATA.knee ? text.why_knee : ui("picked") });
}

// -- tables of the content layer
function table(coded, attrs) {
  const numeric = coded.columns.map((c) => c[1]);
  const cell = (tag, text, i) => make(numeric[i] ? `${tag}.n` : tag, tag === "th" ? { scope: "col" } : {}, text);
  const last = coded.rows.length - coded.totals;
  return make("div.scroll.tall", { tabindex: 0, role: "region", "aria-label": coded.title || said().title },
    make("table", attrs, coded.title ? make("caption", {}, coded.title) : null,
      make("thead", {}, make("tr", {}, coded.columns.map((c, i) => cell("th", c[0], i)))),
      make("tbody", {}, coded.rows.map((row, r) => make(r >= last ? "tr.total" : "tr", {}, row.map((t, i) => cell("td", word(t), i)))))),
  );
}
const notes = (texts) => texts.map((t) => make("p.note", {}, t));
const sentences = (coded) => coded.map(([, text, tone]) => make(tone === "plain" ? "p" : `p.${tone}`, {}, text));

// A table head that sorts. columns: [key, title, numeric, extra class] · name: where the order is kept in the state
function sortHead(name, columns) {
  const order = state.order[name] || [null, 1];
  const flip = (key, numeric) => () => {
    const way = order[0] === key ? -order[1] : numeric ? -1 : 1;
    change({ order: { ...state.order, [name]: [key, way] } });
    $(name).querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  return make("thead", {}, make("tr", {}, columns.map(([key, title, numeric, extra]) =>
    make("th" + (numeric ? ".n" : "") + (extra ? "." + extra : ""),
      { scope: "col", "aria-sort": order[0] === key ? (order[1] > 0 ? "ascending" : "descending") : null },
      key ? make("button.sort", { type: "button", "data-key": key, title: ui("sort_by", { name: title }), onclick: flip(key, numeric) }, title) : title))));
}
function sorted(name, rows, value) {
  const [key, way] = state.order[name] || [null, 1];
  if (!key) return rows;
  const collate = new Intl.Collator(state.lang).compare;
  return rows.map((row, n) => [value(row, key), n, row])
    .sort((a, b) => way * (typeof a[0] === "number" ? a[0] - b[0] : collate(a[0], b[0])) || a[1] - b[1]).map((e) => e[2]);
}
