// The list of plans: a grid whose rows are picked by click or arrow keys; it is the table beside the scatter and the parallel coordinates.
const MARKS = { briefed: "◆", knee: "▲", neighbour: "■", other: "✚" };
const role = (n) => (n === DATA.chosen ? "briefed" : n === DATA.knee ? "knee" : DATA.near.includes(n) ? "neighbour" : null);
const axisNames = () => [...said().criteria.map((_, i) => criterionLabel(i)), said().public_money, ui("funded_n")];

// Height of a plan on an axis, 0 worst or least to 1 best or most.
const AXES = DATA.criteria.length + 2;
const raw = (n, axis) => (axis < DATA.criteria.length ? PLANS[n].x[axis] : axis === DATA.criteria.length ? PLANS[n].g : PLANS[n].n);
const flips = (axis) => axis < DATA.criteria.length && DATA.criteria[axis].sense === "min";
const ends = Array.from({ length: AXES }, (_, axis) => {
  const values = PLANS.map((_, n) => raw(n, axis));
  return [Math.min(...values), Math.max(...values)];
});
function height(n, axis) {
  const [low, high] = ends[axis];
  if (high === low) return 0.5;
  const share = (raw(n, axis) - low) / (high - low);
  return flips(axis) ? 1 - share : share;
}
const HEIGHTS = PLANS.map((_, n) => Array.from({ length: AXES }, (_, axis) => height(n, axis)));
const EDGE = 1e-9;
let passing = PLANS.map(() => true);
const passes = (n) => passing[n];
planView(["brushes"], () => {
  const asked = Object.entries(state.brushes);
  passing = HEIGHTS.map((own) => asked.every(([axis, [low, high]]) => own[axis] >= low - EDGE && own[axis] <= high + EDGE));
});

function pick(n) {
  if (n === state.other) change({ plan: n, other: state.plan });
  else change({ plan: n });
}
function compareWith(n) {
  change({ other: n === null || n === state.plan || n === state.other ? null : n });
}

const rows = [];
planView(["order"], (changed) => {
  if (!changed.has("lang") && !changed.has("order")) return;
  const text = said();
  const columns = [["id", ui("plan"), false], ...text.criteria.map((_, i) => [`c${i}`, criterionLabel(i), true]),
    ["n", ui("funded_n"), true], ["g", text.public_money, true], ["", "⇄", false]];
  const value = (n, key) => (key === "id" ? parseInt(PLANS[n].id.slice(1), 10) || 0 : key === "n" ? PLANS[n].n : key === "g" ? PLANS[n].g : PLANS[n].x[+key.slice(1)]);
  const order = sorted("plans", PLANS.map((_, n) => n), value);
  const lines = order.map((n) => {
    const kind = role(n);
    rows[n] = make("tr.can", { role: "row", "data-plan": n },
      make("td", { role: "gridcell" }, make("span.mark", { title: kind ? ui(kind) : null, "aria-hidden": "true" }, kind ? MARKS[kind] : ""), idOf(n),
        kind ? make("span.hidden", {}, ` (${ui(kind)})`) : null),
      text.criteria.map((_, i) => make("td.n", { role: "gridcell" }, valueText(n, i))),
      make("td.n", { role: "gridcell" }, PLANS[n].n), make("td.n", { role: "gridcell" }, word(own(PLANS[n]).money)),
      make("td", { role: "gridcell" }, make("button.link", { type: "button", tabindex: -1, "data-compare": n, title: ui("compare_this"), "aria-label": `${ui("compare_with")} ${idOf(n)}` }, "⇄")));
    return rows[n];
  });
  const list = make("tbody", {}, lines);
  const select = make("select", { id: "other", onchange: (event) => compareWith(event.target.value === "" ? null : +event.target.value) },
    make("option", { value: "" }, ui("compare_none")), PLANS.map((_, n) => make("option", { value: n }, idOf(n))));
  const many = PLANS.length > 1;
  body("plans").replaceChildren(
    ...(DATA.frontier ? [make("p.big", {}, text.frontier_title), ...sentences(text.frontier)] : [make("p", {}, ui("single"))]),
    ...(many ? [make("p.hint", {}, ui("plans_hint")), make("div.row.tools", {}, make("label.inline", {}, ui("compare_with"), select), make("span.hint", { id: "shown" }))] : []),
    make("div.scroll", { id: "plan-scroll" }, make("table", { role: "grid", "aria-label": ui("frontier_view"), id: "plan-grid" }, sortHead("plans", columns), list)),
    make("p.legend", {}, ["briefed", "knee", "neighbour"].filter((k) => PLANS.some((_, n) => role(n) === k)).map((k) => make("span", {}, `${MARKS[k]} ${ui(k)}`))));
  list.addEventListener("click", (event) => {
    const line = event.target.closest("tr"), compared = event.target.closest("[data-compare]");
    if (compared) compareWith(+compared.dataset.compare);
    else if (line) { pick(+line.dataset.plan); line.focus(); }
  });
  list.addEventListener("keydown", steps);
});

function steps(event) {
  const line = event.target.closest("tr"), seen = [...line.parentNode.children].filter((r) => !r.hidden), at = seen.indexOf(line);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: seen.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
  if (to !== undefined) {
    const next = seen[Math.min(Math.max(to, 0), seen.length - 1)];
    pick(+next.dataset.plan);
    next.focus();
  } else if (event.key === "c" || event.key === "C") compareWith(state.other === null && +line.dataset.plan === state.plan ? nearest(state.plan) : +line.dataset.plan);
  else if (event.key === "Escape") compareWith(null);
  else return;
  event.preventDefault();
}
// With nothing else to compare, C takes the chosen plan, or its nearest neighbour.
const nearest = (n) => (n !== DATA.chosen ? DATA.chosen : DATA.near[0] ?? (PLANS.length > 1 ? (n + 1) % PLANS.length : null));

planView(["plan", "other", "brushes", "order"], (changed) => {
  rows.forEach((row, n) => {
    const on = n === state.plan;
    row.setAttribute("aria-selected", String(on));
    row.tabIndex = on ? 0 : -1;
    row.classList.toggle("versus", n === state.other);
    row.hidden = !on && n !== state.other && !passes(n);
  });
  if ($("other")) $("other").value = state.other === null ? "" : String(state.other);
  if ($("shown")) $("shown").textContent = ui("shown_of", { n: passing.filter(Boolean).length, all: PLANS.length });
  if (changed.has("plan") || changed.has("lang")) reveal($("plan-scroll"), rows[state.plan]);
});

// Scrolls within the list alone, below its head.
function reveal(box, row) {
  const frame = box.getBoundingClientRect(), own = row.getBoundingClientRect(), head = box.querySelector("thead").offsetHeight;
  if (own.top < frame.top + head) box.scrollTop -= frame.top + head - own.top;
  else if (own.bottom > frame.bottom) box.scrollTop += own.bottom - frame.bottom;
}

// -- the picked plan in short
planView(["plan", "other"], () => {
  const plan = PLANS[state.plan], text = said(), both = state.other !== null;
  const title = state.plan === DATA.chosen && DATA.solved ? text.answer_chosen : filled(text.answer, { money: word(own(plan).words), n: plan.n });
  const heads = [ui("criterion"), idOf(state.plan), ...(both ? [idOf(state.other), ui("difference")] : []), ui("best_alone"), ui("given_up"), ui("unit")];
  const line = (i) => {
    const [value, lost] = own(plan).c[i].map(word);
    const more = both ? [valueText(state.other, i), apartText(value, valueText(state.other, i))] : [];
    return [text.criteria_full[i], value, ...more, text.best[i] || "-", lost, text.units[i] || "-"];
  };
  const last = heads.length - 1, kind = (i) => (i > 0 && i < last ? (both && i === last - 2 ? ".n.wide" : ".n") : "");
  body("answer").replaceChildren(
    make("p.big", {}, `${state.plan === DATA.chosen ? "" : idOf(state.plan) + ": "}${title}`),
    make("p", {}, text.question), ...(text.aim && state.plan === DATA.chosen ? [make("p", {}, text.aim)] : []),
    make("p.good", {}, status(state.plan)), ...text.notices.map((t) => make("p.bad", {}, t)),
    make("div.scroll", {}, make("table", { id: "criteria" },
      make("thead", {}, make("tr", {}, heads.map((t, i) => make("th" + kind(i), { scope: "col" }, t)))),
      make("tbody", {}, text.criteria.map((_, i) => make("tr", {}, line(i).map((t, k) => make("td" + kind(k), {}, t))))))),
    make("p.note", {}, ui("best_note")));
});
