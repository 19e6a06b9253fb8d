// Head, sections, language, colours, links, announcements, print.
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (state.theme === "auto" ? dark.matches : state.theme === "dark");
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const SECTIONS = !PLANS.length ? ["answer", "grounds"] : ["plans", "answer", "frontier", "parallel", "matrix", "flow", "programmes", "why", "scenarios", "coverage", "compare", "grounds"];

function go(id) {
  const to = $(id);
  to.scrollIntoView({ block: "start" });
  to.focus({ preventScroll: true });
}

view([], () => {
  const text = said();
  document.documentElement.lang = state.lang;
  document.title = text.title;
  $("title").textContent = text.title;
  $("subtitle").textContent = text.subtitle;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = ui(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", ui(node.dataset.label));
  for (const node of document.querySelectorAll("[data-lang]")) node.setAttribute("aria-pressed", String(node.dataset.lang === state.lang));
  $("sections").replaceChildren(...SECTIONS.map((id) =>
    make("a", { href: "#" + id, "data-go": id }, $(id).querySelector("h2").textContent)));
  $("foot").replaceChildren(make("p", {}, text.run),
    make("dl", {}, text.facts.flatMap(([key, value]) => [make("dt", {}, key), make("dd", {}, value)])));
});

view(["theme"], () => {
  document.documentElement.dataset.dark = isDark() ? "yes" : "no";
  $("theme").value = state.theme;
});

planView(["plan", "other"], (changed) => {
  if (!changed.has("plan") && !changed.has("other")) return;
  const plan = PLANS[state.plan], values = said().criteria.map((name, i) => `${name} ${valueText(state.plan, i)} ${said().units[i]}`.trim());
  const parts = [ui("announce", { id: idOf(state.plan), money: word(own(plan).words), n: plan.n }), values.join("; ")];
  if (state.other !== null) parts.push(ui("announce_both", { id: idOf(state.plan), other: idOf(state.other) }));
  $("live").textContent = parts.join(" ");
});

// -- links: #plan=p12&compare=p3&lang=ja&programme=x&x=growth&y=continuity&theme=dark
function findPlan(name) {
  const place = PLANS.findIndex((p) => p.id === name || p.id === "p" + name);
  return place < 0 ? null : place;
}

function asked() {
  const link = new URLSearchParams(location.hash.slice(1)), next = {};
  if (DATA.text[link.get("lang")]) next.lang = link.get("lang");
  if (["auto", "light", "dark"].includes(link.get("theme"))) next.theme = link.get("theme");
  if (link.has("plan")) {
    const place = findPlan(link.get("plan"));
    if (place === null) tell(link.get("plan"));
    else next.plan = place;
  }
  if (link.has("compare")) next.other = findPlan(link.get("compare"));
  const place = DATA.programmes.findIndex((p) => p[0] === link.get("programme"));
  if (place >= 0) next.programme = place;
  const axes = ["x", "y", "z"].map((key, n) => {
    const found = DATA.criteria.findIndex((c) => c.id === link.get(key));
    return found < 0 ? state.axes[n] : found;
  });
  if (PLANS.length && axes.some((a, n) => a !== state.axes[n]) && axes[0] !== axes[1]) next.axes = axes;
  if (link.get("view") === "3d" && DATA.criteria.length > 2) next.solid = true;
  return next;
}
const fromLink = () => change(asked());

function tell(id) {
  const note = make("p.notice", { role: "alert" }, ui("broken_link", { id }));
  $("sections").before(note);
  addEventListener("hashchange", () => note.remove(), { once: true });
}

view(["plan", "other", "programme", "axes", "solid", "theme"], () => {
  const link = new URLSearchParams(PLANS.length ? { plan: PLANS[state.plan].id } : {});
  if (state.other !== null) link.set("compare", PLANS[state.other].id);
  link.set("lang", state.lang);
  if (state.theme !== "auto") link.set("theme", state.theme);
  if (state.programme !== null) link.set("programme", DATA.programmes[state.programme][0]);
  if (state.solid) link.set("view", "3d");
  if (String(state.axes) !== "0,1,2") ["x", "y", "z"].forEach((key, n) => DATA.criteria[state.axes[n]] && link.set(key, DATA.criteria[state.axes[n]].id));
  if ("#" + link !== location.hash) history.replaceState(null, "", "#" + link);
});

// -- what happens far below is drawn when it comes near, or when the page is printed
const waiting = new Map();
const watcher = new IntersectionObserver((seen) => {
  for (const entry of seen) if (entry.isIntersecting) wake(entry.target);
}, { rootMargin: "300px" });
function wake(node) {
  // The tables stand before the library that draws is there.
  if (!window.Plotly) return;
  const job = waiting.get(node);
  watcher.unobserve(node);
  waiting.delete(node);
  if (job) job();
}
function lazily(node, job) {
  waiting.set(node, job);
  watcher.unobserve(node);
  watcher.observe(node);
}

// What is printed is what is open; figures keep their drawing and are made smaller, because some take half a second to draw anew.
const PAPER = 680;
let before = null;
addEventListener("beforeprint", () => {
  before = state.theme;
  change({ theme: "light" });
  for (const node of [...waiting.keys()]) if (node.offsetParent) wake(node);
  for (const node of [...shown, $("parallel")?.querySelector(".lines")]) if (node?.isConnected) node.style.zoom = Math.min(1, PAPER / (node.offsetWidth || node.clientWidth || PAPER));
});
addEventListener("afterprint", () => {
  for (const node of [...shown, $("parallel")?.querySelector(".lines")]) if (node) node.style.zoom = "";
  change({ theme: before || "auto" });
});
// Figures farther down are drawn when nothing else is to do, so that they are there when the page is printed.
function drawRest() {
  const next = [...waiting.keys()].find((node) => node.offsetParent);
  if (!next) return;
  wake(next);
  later(drawRest);
}
const later = (job) => (window.requestIdleCallback || setTimeout)(job);

function start() {
  for (const node of document.querySelectorAll("section")) if (!SECTIONS.includes(node.id)) node.remove();
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("[data-go]");
    if (!to) return;
    event.preventDefault();
    go(to.dataset.go);
  });
  $("languages").addEventListener("click", (event) => event.target.dataset.lang && change({ lang: event.target.dataset.lang }));
  $("theme").addEventListener("change", (event) => change({ theme: event.target.value }));
  $("print").addEventListener("click", () => print());
  dark.addEventListener("change", () => { if (state.theme === "auto") redraw(["theme"]); });
  addEventListener("hashchange", fromLink);
  // The link is read first: the first drawing writes it anew.
  Object.assign(state, asked());
  for (const { draw } of views.slice(0, FIRST_SCREEN)) draw(new Set(["lang"]));
}
function library() {
  for (const [node, job] of [...waiting]) {
    const top = node.offsetParent ? node.getBoundingClientRect().top : Infinity;
    if (top < innerHeight) wake(node);
    else lazily(node, job);
  }
  setTimeout(() => {
    for (const { draw } of views.slice(FIRST_SCREEN)) draw(new Set(["lang"]));
    later(drawRest);
  });
}
function redraw(keys) {
  const changed = new Set(keys);
  for (const { on, draw } of views) if (keys.some((key) => on.has(key))) draw(changed);
}
