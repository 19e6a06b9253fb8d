// Why a programme is funded or not: where it stands in the plans, and what `explain` proved about it.
planView(["programme", "plan"], () => {
  const p = state.programme, text = said();
  if (p === null) {
    body("why").replaceChildren(make("p", {}, ui("why_pick")));
    return;
  }
  const t = told(p, state.plan), held = PLANS.map((_, n) => n).filter((n) => choices(n).has(p)), points = PLANS.map((_, n) => n).filter((n) => PLANS[n].id !== "*");
  const facts = [[ui("field"), [fieldName(p), typeName(p)].filter(Boolean).join(" · ")], [idOf(state.plan), ui(t.funded ? "state_funded" : "state_left")], [ui("option"), t.option],
    [t.funded ? ui("scale") : "", t.scale], [t.funded ? text.amount_in : `${ui("public_cost")} (${text.money.label})`, t.amount.replace(/^\((.*)\)$/, "$1")], [ui("payers"), t.payers],
    ...text.criteria.map((_, i) => [criterionLabel(i), t.brings[i] ?? "-"])].filter(([key, value]) => key && value);
  const inPoints = held.filter((n) => PLANS[n].id !== "*");
  const chips = inPoints.flatMap((n, k) => [k ? ", " : "", make("button.link", { type: "button", "data-plan": n, onclick: () => pick(n) }, PLANS[n].id)]);
  const [lead, rest] = ui("why_in", { n: inPoints.length, all: points.length, names: "\u0000" }).split("\u0000");
  const where = !DATA.frontier ? [] : [make("p", {}, ...(inPoints.length ? [lead, ...chips, rest] : [ui("why_in_none", { all: points.length })])), make("p.note", {}, ui("core_note"))];
  const found = text.why[p];
  body("why").replaceChildren(make("h3", {}, text.programmes[p]), make("p.hint", {}, DATA.programmes[p][0]),
    make("div.scroll", {}, make("table", { id: "facts" }, make("tbody", {}, facts.map(([key, value]) => make("tr", {}, make("th", { scope: "row" }, key), make("td", {}, value)))))),
    ...where, ...(found ? [make("p.note", {}, ui("why_about")), ...sentences(found.head), ...found.tables.map((c) => table(c)), ...sentences(found.tail)]
      : [make("p.note", {}, ui("why_file"))]));
});
