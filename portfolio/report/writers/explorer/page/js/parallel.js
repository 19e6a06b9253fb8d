// Parallel coordinates (Inselberg 1985, doi:10.1007/BF01898350), drawn as SVG so that every brush can be reached by keyboard.
const TOP = 46, FOOT = 26, HIGH = 320;
let board = null, lines = [], width = 0;
const xOf = (axis) => 50 + (axis * (width - 110)) / (AXES - 1 || 1);
const yOf = (share) => TOP + (1 - share) * (HIGH - TOP - FOOT);
const shareOf = (y) => Math.min(Math.max(1 - (y - TOP) / (HIGH - TOP - FOOT), 0), 1);
function valueAt(axis, share) {
  const [low, high] = ends[axis], value = low + (flips(axis) ? 1 - share : share) * (high - low);
  if (axis < DATA.criteria.length) return significant(inUnit(axis, value), 4);
  if (axis === DATA.criteria.length) return placed(Math.round(value * said().money.factor * 10 ** said().money.decimals), said().money.decimals);
  return String(Math.round(value));
}

function brush(axis, range) {
  const next = { ...state.brushes };
  if (range === null || (range[0] <= 0 && range[1] >= 1)) delete next[axis];
  else next[axis] = range;
  change({ brushes: next });
}

planView(["size"], (changed) => {
  if (!DATA.frontier || PLANS.length < 2) {
    body("parallel").replaceChildren(make("p", {}, ui("single")));
    return;
  }
  if (changed.has("lang") || !board) {
    board = drawn("svg", { class: "lines", role: "group", "aria-label": `${ui("parallel_view")}. ${ui("as_table")}` });
    body("parallel").replaceChildren(make("p.hint", {}, ui("parallel_hint")),
      make("div.row.tools", {}, make("button", { type: "button", id: "clear", onclick: () => change({ brushes: {} }) }, ui("clear")), make("span.hint", { id: "kept" })),
      make("div.scroll", {}, board), make("p.legend", {}, [["picked_plan", css("--ink")], ["briefed", LOOK.chosen], ["other", LOOK.other]].map(([key, colour]) => swatch(colour, ui(key)))),
      make("p.caption", {}, said().frontier.map((s) => s[1]).join(" ")));
  }
  width = Math.max(board.parentNode.clientWidth, 120 + 84 * AXES);
  board.style.width = width + "px";
  board.setAttribute("viewBox", `0 0 ${width} ${HIGH}`);
  lines = PLANS.map((_, n) => {
    const path = drawn("path", { d: "M" + HEIGHTS[n].map((h, axis) => `${xOf(axis)},${yOf(h)}`).join("L"), "data-plan": n });
    path.append(drawn("title", {}, idOf(n)));
    return path;
  });
  board.replaceChildren(...lines, ...axisNames().map((name, axis) => axisNode(name, axis)));
  marked();
});
const swatch = (colour, name) => {
  const mark = make("i");
  mark.style.background = colour;
  return make("span", {}, mark, name);
};

function axisNode(name, axis) {
  const x = xOf(axis), group = drawn("g", { "data-axis": axis });
  group.append(drawn("line", { class: "axis", x1: x, x2: x, y1: yOf(0), y2: yOf(1) }));
  const words = axis < DATA.criteria.length ? [said().criteria[axis], said().units[axis]] : [name.replace(/[,、(（].*$/, ""), axis === DATA.criteria.length ? said().money.label : ""];
  const room = Math.floor((width - 110) / (AXES - 1 || 1) / 6.2), cut = (t) => (t.length > room ? t.slice(0, room - 1) + "…" : t);
  words.forEach((t, k) => group.append(drawn("text", { x, y: 12 + 13 * k, "text-anchor": "middle", class: k ? "soft" : "" }, cut(t))));
  group.append(drawn("text", { x, y: yOf(1) - 6, "text-anchor": "middle", class: "soft" }, valueAt(axis, 1)));
  group.append(drawn("text", { x, y: yOf(0) + 16, "text-anchor": "middle", class: "soft" }, valueAt(axis, 0)));
  group.append(drawn("rect", { class: "brush", x: x - 9, width: 18, y: 0, height: 0 }));
  group.append(drawn("rect", { class: "track", x: x - 18, width: 36, y: yOf(1), height: yOf(0) - yOf(1), "data-track": axis }));
  for (const side of [0, 1]) {
    group.append(drawn("rect", { class: "end", x: x - 10, width: 20, height: 7, rx: 3, tabindex: 0, role: "slider", "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-label": ui(side ? "end_high" : "end_low", { name }), "data-end": side }));
  }
  return group;
}

// Which lines pass, where the brushes stand.
function marked() {
  lines.forEach((path, n) => {
    const kind = n === state.plan ? "pick" : n === state.other ? "other" : !passes(n) ? "out" : n === DATA.chosen ? "chosen" : "";
    if (path.getAttribute("class") !== kind) path.setAttribute("class", kind);
  });
  for (const n of [DATA.chosen, state.other, state.plan]) if (n !== null && lines[n] && lines[n].nextSibling?.tagName === "path") board.insertBefore(lines[n], board.querySelector("g"));
  for (const group of board.querySelectorAll("g[data-axis]")) {
    const axis = +group.dataset.axis, [low, high] = state.brushes[axis] || [0, 1], box = group.querySelector(".brush");
    box.setAttribute("y", yOf(high));
    box.setAttribute("height", axis in state.brushes ? yOf(low) - yOf(high) : 0);
    group.querySelectorAll(".end").forEach((end, side) => {
      const share = side ? high : low;
      end.setAttribute("y", yOf(share) - (side ? 7 : 0));
      end.setAttribute("aria-valuenow", Math.round(share * 100));
      end.setAttribute("aria-valuetext", valueAt(axis, share));
    });
  }
  const kept = passing.filter(Boolean).length;
  $("kept").textContent = ui("shown_of", { n: kept, all: PLANS.length });
}
planView(["plan", "other", "brushes"], (changed) => { if (board && !changed.has("lang")) marked(); });

// -- pointer and keys
let drag = null;
function placeOf(event) {
  const box = board.getBoundingClientRect();
  return shareOf(((event.clientY - box.top) * HIGH) / box.height);
}
function moved(event) {
  if (!drag) return;
  const share = placeOf(event);
  const [low, high] = drag.side === null ? [Math.min(drag.from, share), Math.max(drag.from, share)]
    : drag.side ? [drag.other, Math.max(share, drag.other)] : [Math.min(share, drag.other), drag.other];
  drag.far = drag.far || Math.abs(share - drag.from) > 0.01;
  if (drag.far) brush(drag.axis, [low, high]);
}
function listenBoard(node) {
  node.addEventListener("pointerdown", (event) => {
    const end = event.target.closest("[data-end]"), track = event.target.closest("[data-track]");
    if (!end && !track) return;
    const axis = +event.target.closest("g").dataset.axis, [low, high] = state.brushes[axis] || [0, 1], side = end ? +end.dataset.end : null;
    drag = { axis, side, from: placeOf(event), other: side ? low : high, far: false };
    node.setPointerCapture(event.pointerId);
    event.preventDefault();
    end?.focus();
  });
  node.addEventListener("pointermove", moved);
  node.addEventListener("pointerup", () => {
    // A click on an axis without a drag picks nothing and clears nothing.
    drag = null;
  });
  node.addEventListener("dblclick", (event) => {
    const group = event.target.closest("g[data-axis]");
    if (group) brush(+group.dataset.axis, null);
  });
  node.addEventListener("click", (event) => {
    const path = event.target.closest("path[data-plan]");
    if (path) pick(+path.dataset.plan);
  });
  node.addEventListener("keydown", (event) => {
    const end = event.target.closest("[data-end]");
    if (!end) return;
    const axis = +end.closest("g").dataset.axis, side = +end.dataset.end, range = [...(state.brushes[axis] || [0, 1])];
    const step = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 }[event.key];
    if (event.key === "Escape") brush(axis, null);
    else if (step === undefined) return;
    else {
      const next = Math.round((range[side] + step) * 100) / 100;
      range[side] = side ? Math.min(Math.max(next, range[0]), 1) : Math.max(Math.min(next, range[1]), 0);
      brush(axis, range);
    }
    event.preventDefault();
  });
}
const heard = new WeakSet();
planView([], () => { if (board && !heard.has(board)) { heard.add(board); listenBoard(board); } });
let resize = 0;
addEventListener("resize", () => { clearTimeout(resize); resize = setTimeout(() => redraw(["size"]), 120); });
