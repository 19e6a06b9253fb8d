// Every programme with what it gets in the picked plan: search, filter, sort; picking one opens its reasons.
const fieldName = (p) => (DATA.programmes[p][1] < 0 ? "" : said().fields[DATA.programmes[p][1]]);
const typeName = (p) => (DATA.programmes[p][2] < 0 ? "" : said().archetypes[DATA.programmes[p][2]]);
const folding = (text) => text.normalize("NFKC").toLowerCase();

// What the table says of a programme: [option, scale, amount, payers, brings...]
function told(p, n) {
  const choice = choices(n).get(p);
  if (choice) {
    const [option, scale, ...brings] = wayTexts(choice.way);
    return { funded: true, option, scale, amount: amount(choice.amount), units: choice.amount, payers: payersText(choice.payers), brings };
  }
  const left = said().left[p];
  if (!left) return { funded: false, option: "", scale: "", amount: "-", units: 0, payers: "", brings: [] };
  const [option, cost, ...brings] = left.slice(1).map(word);
  return { funded: false, option: `(${option})`, scale: "", amount: `(${cost})`, units: 0, payers: "", brings };
}
const differs = (p) => {
  if (state.other === null) return false;
  const a = choices(state.plan).get(p), b = choices(state.other).get(p);
  return Boolean(a) !== Boolean(b) || Boolean(a && (a.way !== b.way || a.amount !== b.amount));
};

function wanted(p) {
  const funded = choices(state.plan).has(p), words = folding(state.search).split(/\s+/).filter(Boolean);
  if (state.show === "funded" && !funded) return false;
  if (state.show === "left" && funded) return false;
  if (state.show === "moved" && !differs(p)) return false;
  if (state.cell && (state.cell[0] !== DATA.programmes[p][1] || (state.cell[1] !== null && state.cell[1] !== DATA.programmes[p][2]))) return false;
  const text = folding([said().programmes[p], DATA.programmes[p][0], fieldName(p), typeName(p), told(p, state.plan).option, told(p, state.plan).payers].join(" "));
  return words.every((w) => text.includes(w));
}

planView([], () => {
  const choose = make("select", { id: "show", onchange: (event) => change({ show: event.target.value }) },
    ["all", "funded", "left", ...(PLANS.length > 1 ? ["moved"] : [])].map((key) => make("option", { value: key, selected: state.show === key }, ui("show_" + key))));
  body("programmes").replaceChildren(
    make("div.row.tools", {}, make("label.inline", {}, ui("search"), make("input", { type: "search", id: "search", value: state.search, oninput: (event) => change({ search: event.target.value }) })),
      make("label.inline", {}, ui("show"), choose), make("button", { type: "button", id: "reset", onclick: () => { change({ search: "", show: "all", cell: null }); } }, ui("reset")),
      make("span.hint", { id: "found", role: "status" })),
    make("div.scroll.tall", { tabindex: 0, role: "region", "aria-labelledby": "programmes-h" }, make("table", { id: "list" })), make("button", { type: "button", id: "rest", hidden: true, onclick: () => change({ everything: true }) }),
    ...notes([ui("programme_note"), ...said().funded_notes]));
});

// Rows drawn at once; the search finds the others.
const MOST_ROWS = 400;

planView(["plan", "other", "search", "show", "cell", "order", "programme", "everything"], () => {
  const text = said(), many = DATA.frontier, both = state.other !== null;
  const columns = [["name", ui("programme"), false], ["field", ui("field"), false, "wide"], ["state", ui("state"), false], ["option", `${ui("option")} · ${ui("payers")}`, false, "wide"],
    ["scale", ui("scale"), true, "wide"], ["amount", both ? `${idOf(state.plan)}: ${text.amount_in}` : text.amount_in, true],
    ...(both ? [["other", `${idOf(state.other)}: ${text.amount_in}`, true]] : []),
    ...(both ? [] : text.criteria.map((_, i) => [`c${i}`, criterionLabel(i), true, "wide"])),
    ...(many ? [["share", ui("core_share"), true]] : [])];
  const shownNow = DATA.programmes.map((_, p) => p).filter(wanted), now = new Map(shownNow.map((p) => [p, told(p, state.plan)]));
  const value = (p, key) => {
    const t = now.get(p);
    if (key === "name") return text.programmes[p];
    if (key === "field") return `${fieldName(p)} ${typeName(p)}`;
    if (key === "state") return t.funded ? 0 : 1;
    if (key === "scale") return number(t.scale.replace(/[%/].*/, ""));
    if (key === "amount") return t.funded ? t.units : number(t.amount.slice(1, -1)) * 1e-9;
    if (key === "other") return choices(state.other)?.get(p)?.amount ?? 0;
    if (key === "share") return text.shares[p][0];
    if (key[0] === "c" && key.length < 4) return number(t.brings[+key.slice(1)] ?? "");
    return t[key];
  };
  const first = state.order.list ? null : shownNow.sort((a, b) => now.get(b).units - now.get(a).units || (text.left[a]?.[0] ?? 0) - (text.left[b]?.[0] ?? 0));
  const order = first || sorted("list", shownNow, value);
  const line = (p) => {
    const t = now.get(p), other = both ? choices(state.other).get(p) : null;
    return make("tr.can" + (t.funded ? "" : ".faint") + (p === state.programme ? ".on" : ""), { "data-programme": p },
      make("td", {}, make("button.link", { type: "button", "aria-pressed": String(p === state.programme) }, text.programmes[p])),
      make("td.wide", {}, [fieldName(p), typeName(p)].filter(Boolean).join(" · ")), make("td.tight", {}, ui(t.funded ? "state_funded" : "state_left"), text.why[p] ? make("span.under", {}, ui("explained")) : null),
      make("td.wide", {}, t.option, t.payers ? make("span.under", {}, t.payers) : null), make("td.n.wide", {}, t.scale), make("td.n", {}, t.amount), both ? make("td.n", {}, other ? amount(other.amount) : "-") : null,
      both ? null : text.criteria.map((_, i) => make("td.n.wide", {}, t.brings[i] ?? "-")), many ? make("td.n", {}, text.shares[p][1]) : null);
  };
  const focused = document.activeElement?.closest?.("[data-programme]")?.dataset.programme;
  $("list").replaceChildren(sortHead("list", columns), make("tbody", { onclick: (event) => {
    const row = event.target.closest("[data-programme]");
    if (row) { change({ programme: +row.dataset.programme }); if (innerWidth < 1151) go("why"); }
  } }, (state.everything ? order : order.slice(0, MOST_ROWS)).map(line)));
  $("rest").hidden = state.everything || order.length <= MOST_ROWS;
  $("rest").textContent = ui("rows_more", { n: order.length - MOST_ROWS });
  if (focused !== undefined) $("list").querySelector(`[data-programme="${focused}"] button`)?.focus({ preventScroll: true });
  $("found").textContent = [ui("rows_of", { n: order.length, all: DATA.programmes.length }), state.cell ? [fieldOf(state.cell[0]), state.cell[1] === null ? "" : typeOf(state.cell[1])].filter(Boolean).join(" · ") : ""].filter(Boolean).join(" · ");
  if (document.activeElement !== $("search")) $("search").value = state.search;
  $("show").value = state.show;
});
const fieldOf = (f) => (f < 0 ? ui("no_field") : said().fields[f]);
const typeOf = (a) => said().archetypes[a] ?? ui("no_archetype");
