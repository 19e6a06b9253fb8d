// The trade-off: two criteria with the certified bound, or three in space. A click picks the plan.
const flatBox = make("div.plot", { id: "scatter" });
const solidBox = make("div.plot", { id: "solid" });

// Texts of the pair, whichever way round the axes stand.
function pair() {
  const [x, y] = state.axes, turned = x > y, coded = said().pairs[turned ? `${y},${x}` : `${x},${y}`];
  if (!turned || !coded) return coded;
  return { ...coded, x: coded.y, y: coded.x, groups: coded.groups.map((g) => ({ ...g, x: g.y, y: g.x })) };
}
const hover = (n) => [`<b>${plain(idOf(n))}</b>`, ...said().criteria.map((c, i) => plain(`${c}: ${valueText(n, i)} ${said().units[i]}`)), plain(`${ui("funded_n")}: ${PLANS[n].n}`)].join("<br>");
const at = (ns, axisOf) => ns.map((n) => inUnit(axisOf, PLANS[n].x[axisOf]));
const opacities = () => PLANS.map((_, n) => (passes(n) ? 0.9 : 0.12));

// Groups in the colours and signs that the other formats use; the picked plan has a ring.
function groups() {
  const all = PLANS.map((_, n) => n);
  const found = [{ key: "efficient", ns: all, symbol: "circle", size: 9, color: LOOK.series[isDark() ? 4 : 0], opacity: opacities() }];
  if (DATA.near.length) found.push({ key: "neighbour", ns: DATA.near, symbol: "square", size: 10, color: LOOK.neighbour });
  if (DATA.knee !== null) found.push({ key: "knee", ns: [DATA.knee], symbol: "triangle-up", size: 15, color: LOOK.knee });
  found.push({ key: "briefed", ns: [DATA.chosen], symbol: "diamond", size: 13, color: LOOK.chosen });
  found.push({ key: "picked_plan", ns: [state.plan], symbol: "circle-open", size: 21, color: css("--ink"), ring: true });
  found.push({ key: "other", ns: state.other === null ? [] : [state.other], symbol: "circle-open", size: 21, color: LOOK.other, ring: true });
  return found;
}

function flat() {
  const coded = pair(), [x, y] = state.axes;
  const traces = groups().map((g) => ({
    type: "scatter", mode: "markers", name: plain(ui(g.key)), x: at(g.ns, x), y: at(g.ns, y), customdata: g.ns, showlegend: g.key !== "other" || g.ns.length > 0,
    marker: { symbol: g.symbol, size: g.size, color: g.color, opacity: g.opacity ?? 1, line: { width: g.ring ? 3 : 0.6, color: g.ring ? g.color : css("--card") } },
    ...(g.key === "efficient" ? { hovertext: g.ns.map(hover), hovertemplate: "%{hovertext}<extra></extra>" } : { hoverinfo: "skip" }),
  }));
  for (const g of coded.groups) {
    const line = g.key === "band";
    traces.push({ type: "scatter", name: plain(g.name), x: g.x, y: g.y, mode: line ? "lines" : "markers", hoverinfo: "skip",
      line: { color: g.colour, width: 2 }, marker: { symbol: "x-thin", size: 11, line: { width: 2.5, color: line ? g.colour : css("--ink") } } });
  }
  flatBox.setAttribute("aria-label", `${coded.title}. ${ui("as_table")}`);
  plot(flatBox, traces, look({ xaxis: axis(coded.x), yaxis: axis(coded.y), height: 430 }));
}

function solid() {
  const [x, y, z] = state.axes;
  const signs = { square: "square", "triangle-up": "cross", diamond: "diamond", circle: "circle", "circle-open": "circle-open" };
  const traces = groups().map((g) => ({
    type: "scatter3d", mode: "markers", name: plain(ui(g.key)), x: at(g.ns, x), y: at(g.ns, y), z: at(g.ns, z), customdata: g.ns, showlegend: g.key !== "other" || g.ns.length > 0,
    marker: { symbol: signs[g.symbol], size: g.size * 0.55, color: g.key === "efficient" ? g.ns.map((n) => (passes(n) ? g.color : css("--line"))) : g.color, line: { width: g.ring ? 3 : 0, color: g.color } },
    ...(g.key === "efficient" ? { hovertext: g.ns.map(hover), hovertemplate: "%{hovertext}<extra></extra>" } : { hoverinfo: "skip" }),
  }));
  const side = (i) => ({ title: { text: folded(criterionLabel(i), 22) }, gridcolor: css("--line"), color: css("--ink"), tickformat: ",", backgroundcolor: "rgba(0,0,0,0)" });
  solidBox.setAttribute("aria-label", `${[x, y, z].map(criterionLabel).join(", ")}. ${ui("as_table")}`);
  plot(solidBox, traces, look({ height: 480, margin: { l: 0, r: 0, t: 0, b: 0 }, dragmode: "orbit", legend: { ...look().legend, y: 0 },
    scene: { xaxis: side(x), yaxis: side(y), zaxis: side(z), dragmode: "orbit", camera: { eye: { x: 1.55, y: 1.55, z: 0.95 }, center: { x: 0, y: 0, z: -0.12 } }, uirevision: String(state.axes) } }));
}

function listen(box) {
  if (box.listened) return;
  box.listened = true;
  box.on("plotly_click", (event) => {
    const n = event.points[0].customdata;
    if (Number.isInteger(n)) pick(n);
  });
}
function hasWebgl() {
  try { return Boolean(document.createElement("canvas").getContext("webgl")); } catch { return false; }
}

function drawTrade() {
  const box = state.solid ? solidBox : flatBox;
  if (!DATA.frontier || DATA.criteria.length < 2 || !box.isConnected) return;
  (state.solid ? solid : flat)();
  listen(box);
}

planView(["axes", "solid", "theme"], () => {
  if (!DATA.frontier || DATA.criteria.length < 2) {
    body("frontier").replaceChildren(make("p", {}, ui(DATA.frontier ? "flat" : "single")));
    return;
  }
  const choose = (place, key) => make("label.inline", {}, ui(key), make("select", { id: "axis-" + key, onchange: (event) => turn(place, +event.target.value) },
    said().criteria.map((name, i) => make("option", { value: i, selected: state.axes[place] === i }, name))));
  const mode = (on, key) => make("button", { type: "button", id: key, "aria-pressed": String(state.solid === on), onclick: () => change({ solid: on }) }, ui(key));
  const space = DATA.criteria.length > 2;
  const cannot = state.solid && !hasWebgl();
  body("frontier").replaceChildren(
    make("div.row.tools", {}, choose(0, "across"), choose(1, "up"), state.solid ? choose(2, "depth") : null,
      space ? make("span.inline", { role: "group" }, mode(false, "flat_view"), mode(true, "solid_view")) : null),
    cannot ? make("p.bad", {}, ui("no_webgl")) : state.solid ? solidBox : flatBox,
    make("p.caption", {}, pair()?.caption ?? ""), make("p.caption", { id: "trade-status" }, status(state.plan)), make("p.hint", {}, ui("as_table")));
  if (!cannot) lazily(state.solid ? solidBox : flatBox, drawTrade);
});

// Axes are all different: the one that had this criterion takes the other's.
function turn(place, criterion) {
  const axes = [...state.axes], held = axes.indexOf(criterion);
  if (held >= 0) axes[held] = axes[place];
  axes[place] = criterion;
  change({ axes });
}

// While a brush moves only the points' own style changes, a millisecond's work; the library hears of it when the brush rests.
let rest = 0;
function faded() {
  const shades = opacities();
  flatBox.querySelectorAll(".scatterlayer .trace:first-child .point").forEach((point, n) => { point.style.opacity = shades[n]; });
  clearTimeout(rest);
  rest = setTimeout(() => { if (!state.solid && flatBox.isConnected) Plotly.restyle(flatBox, { "marker.opacity": [opacities()] }, [0]); }, 200);
}

let due = 0;
planView(["plan", "other", "brushes"], (changed) => {
  if (changed.has("lang")) return;
  if ($("trade-status")) $("trade-status").textContent = status(state.plan);
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => {
    const box = state.solid ? solidBox : flatBox;
    if (!shown.has(box) || !box.isConnected) return;
    if (state.solid || changed.has("other")) drawTrade();
    else {
      const names = groups().map((g) => g.key), picked = names.indexOf("picked_plan"), [x, y] = state.axes;
      if (changed.has("plan")) Plotly.restyle(flatBox, { x: [at([state.plan], x)], y: [at([state.plan], y)], customdata: [[state.plan]] }, [picked]);
      if (changed.has("brushes")) faded();
    }
  });
});

// Views up to here make the first screen; the others are drawn after it.
const FIRST_SCREEN = views.length;
