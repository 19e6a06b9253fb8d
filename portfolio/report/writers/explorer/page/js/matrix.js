// Money by field and archetype: a table whose cells are coloured and pick programmes.
const rampOf = (share) => {
  const last = LOOK.ramp.length - 1, place = Math.round(Math.min(Math.max(share, 0), 1) * last);
  return LOOK.ramp[isDark() ? last - place : place];
};

planView(["plan", "other", "theme", "cell", "difference"], () => {
  const plan = own(PLANS[state.plan]), text = said();
  if (!plan.m.length) {
    body("matrix").replaceChildren(make("p", {}, ui("no_fields")));
    return;
  }
  const differs = state.other !== null && state.difference;
  const grid = plan.m.map((row) => row.map(word)), against = differs ? byName(own(PLANS[state.other])) : null;
  const heads = plan.h.map(word), inner = grid.slice(0, -1);
  const shownText = (r, c) => (differs ? apart(grid[r][0], heads[c], grid[r][c], against) : grid[r][c]);
  const most = Math.max(...inner.flatMap((row, r) => row.slice(1, -1).map((_, c) => Math.abs(number(shownText(r, c + 1))))), 0) || 1;
  // Where the smallest fields share a row, rows cannot be told by their place.
  const keyed = [0, 1].includes(inner.length - DATA.fields.length);
  const line = (row, r) => make(r === inner.length ? "tr.total" : "tr", {}, row.map((t, c) => {
    const shownAs = c ? shownText(r, c) : t;
    if (!c) return make("th", { scope: "row" }, r < inner.length && keyed ? cellButton(t, r, null, t) : t);
    const within = r < inner.length && c < row.length - 1;
    const cell = make("td", {}, within && keyed && shownAs !== "-" ? cellButton(shownAs, r, c - 1, `${row[0]}, ${heads[c]}: ${shownAs}`) : make("span", {}, shownAs));
    if (within && shownAs !== "-") paint(cell, number(shownAs), most, differs);
    return cell;
  }));
  const toggle = state.other === null ? null : make("label.inline", {}, make("input", { type: "checkbox", id: "difference", checked: differs, onchange: (event) => change({ difference: event.target.checked }) }), ui("matrix_difference"));
  body("matrix").replaceChildren(make("div.row.tools", {}, make("span.hint", {}, ui("matrix_hint")), toggle),
    make("div.scroll", { tabindex: 0, role: "region", "aria-labelledby": "matrix-h" }, make("table.matrix", { id: "heat" }, make("caption", {}, text.matrix),
      make("thead", {}, make("tr", {}, heads.map((h) => make("th", { scope: "col" }, h)))), make("tbody", {}, grid.map(line)))),
    make("p.caption", {}, [idOf(state.plan), ...(differs ? [`${idOf(state.other)} - ${idOf(state.plan)}`] : []), status(state.plan), ui("round_note")].join(" · ")));
});

function cellButton(t, r, c, label) {
  const picked = state.cell && state.cell[0] === rowField(r) && state.cell[1] === c;
  return make("button", { type: "button", "aria-pressed": String(Boolean(picked)), "aria-label": label,
    onclick: () => { change({ cell: picked ? null : [rowField(r), c], show: "all" }); if (!picked) go("programmes"); } }, t);
}
// The last row may stand for programmes without a field.
const rowField = (r) => (r < DATA.fields.length ? r : -1);

function byName(other) {
  const heads = other.h.map(word);
  return new Map(other.m.map((row) => [word(row[0]), new Map(row.map((t, c) => [heads[c], word(t)]))]));
}
function apart(name, head, text, against) {
  const units = inUnits(against.get(name)?.get(head) ?? "-") - inUnits(text);
  return units ? signed(placed(units, said().money.decimals)) : "-";
}
function paint(cell, value, most, differs) {
  const share = Math.sqrt(Math.abs(value) / most);
  if (differs) {
    cell.style.background = `color-mix(in srgb, ${value > 0 ? LOOK.gain : LOOK.loss} ${Math.round(12 + 55 * share)}%, var(--card))`;
    return;
  }
  const [fill, ink] = rampOf(share);
  cell.style.background = fill;
  cell.style.color = ink;
}
