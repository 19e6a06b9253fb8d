// Fund -> field -> archetype as a Sankey diagram, and the same as a table.
const flowBox = make("div.plot", { id: "sankey" });
const ROOM = 31;

function flowsOf(plan) {
  const triples = (list) => Array.from({ length: list.length / 3 }, (_, n) => list.slice(3 * n, 3 * n + 3));
  const text = said(), field = (n) => (n < 0 ? ui("no_field") : text.fields[n]), type = (n) => (n < 0 ? ui("no_archetype") : text.archetypes[n]);
  const first = triples(plan.f).map(([a, b, v]) => ({ from: ["fund", a, text.funds[a]], to: ["field", b, field(b)], v }));
  const second = triples(plan.a).map(([a, b, v]) => ({ from: ["field", a, field(a)], to: ["type", b, type(b)], v }));
  return [...first, ...second].filter((l) => l.v > 0);
}
const money = (units) => {
  const { factor, decimals } = said().money;
  return placed(Math.round(units * DATA.grid * factor * 10 ** decimals), decimals);
};

function drawFlow() {
  const links = flowsOf(PLANS[state.plan]), nodes = new Map(), totals = new Map();
  for (const l of links) for (const [end, side] of [[l.from, "out"], [l.to, "in"]]) {
    const key = end[0] + end[1];
    if (!nodes.has(key)) nodes.set(key, { n: nodes.size, end, in: 0, out: 0 });
    nodes.get(key)[side] += l.v;
  }
  const list = [...nodes.values()], size = (node) => Math.max(node.in, node.out);
  list.filter((n) => n.end[0] === "fund").sort((a, b) => size(b) - size(a)).forEach((n, k) => totals.set(n.end[1], LOOK.series[k] && k < 7 ? LOOK.series[k] : LOOK.others));
  const colour = (node) => (node.end[0] === "fund" ? totals.get(node.end[1]) : node.end[0] === "field" ? LOOK.series[4] : LOOK.others);
  const tint = (hex) => hex + "66";
  const most = Math.max(...["fund", "field", "type"].map((k) => list.filter((n) => n.end[0] === k).length), 1);
  const narrow = flowBox.clientWidth < 620;
  flowBox.setAttribute("aria-label", `${ui("flow_view")}: ${idOf(state.plan)}. ${ui("flow_table")}.`);
  plot(flowBox, [{
    type: "sankey", arrangement: "fixed", valueformat: ",", textfont: { size: narrow ? 10 : 11.5, color: css("--ink"), shadow: "none" },
    node: { label: list.map((n) => plain(shortened(n.end[2], narrow ? 13 : 28))), color: list.map(colour), pad: 15, thickness: 13, line: { width: 0 },
      customdata: list.map((n) => `${plain(n.end[2])}<br>${plain(money(size(n)))} ${plain(said().money.label)}`), hovertemplate: "%{customdata}<extra></extra>" },
    link: { source: links.map((l) => nodes.get(l.from[0] + l.from[1]).n), target: links.map((l) => nodes.get(l.to[0] + l.to[1]).n), value: links.map((l) => l.v),
      color: links.map((l) => tint(l.from[0] === "fund" ? totals.get(l.from[1]) : LOOK.series[4])),
      customdata: links.map((l) => `${plain(l.from[2])} → ${plain(l.to[2])}<br>${plain(money(l.v))} ${plain(said().money.label)}`), hovertemplate: "%{customdata}<extra></extra>" },
  }], look({ height: Math.max(360, 60 + most * ROOM), margin: { l: 6, r: 6, t: 8, b: 8 } }));
}
const shortened = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

planView(["plan", "theme"], (changed) => {
  const links = flowsOf(PLANS[state.plan]).sort((a, b) => b.v - a.v);
  const heads = [ui("from"), ui("to"), said().amount_in];
  const open = $("flow-table")?.open;
  const list = make("details", { id: "flow-table", open }, make("summary", {}, ui("flow_table")), make("div.scroll.tall", { tabindex: 0, role: "region", "aria-label": ui("flow_table") },
    make("table", {}, make("thead", {}, make("tr", {}, heads.map((h, i) => make(i > 1 ? "th.n" : "th", { scope: "col" }, h)))),
      make("tbody", {}, links.map((l) => make("tr", {}, make("td", {}, l.from[2]), make("td", {}, l.to[2]), make("td.n", {}, money(l.v))))))));
  const caption = `${ui("flow_caption", { unit: said().money.label })} ${idOf(state.plan)} · ${status(state.plan)}`;
  if (!links.length) body("flow").replaceChildren(make("p", {}, ui("no_fields")));
  else body("flow").replaceChildren(flowBox, make("p.caption", {}, caption), list);
  if (links.length) lazily(flowBox, drawFlow);
});
