// Disruption scenarios and public goods of the picked plan, beside nothing funded and beside the other plan.
function meter(...bars) {
  return make("div.meter", { "aria-hidden": "true" }, bars.map(([share, colour]) => {
    const bar = make("i");
    bar.style.width = Math.min(Math.max(share, 0), 1) * 100 + "%";
    bar.style.background = colour;
    return bar;
  }));
}
const head = (titles) => make("thead", {}, make("tr", {}, titles.map(([t, numeric]) => make(numeric ? "th.n" : "th", { scope: "col" }, t))));

planView(["plan", "other"], () => {
  const text = said(), now = own(PLANS[state.plan]), other = state.other === null ? null : own(PLANS[state.other]);
  const losses = (said) => [...said.l, said.e].map(word);
  if (text.scenarios.length < 2) {
    body("scenarios").replaceChildren(make("p", {}, ui("no_scenarios")));
    return;
  }
  const after = losses(now), against = other && losses(other), most = Math.max(...text.scenarios.map((s) => number(s[2]))) || 1, last = text.scenarios.length - 1;
  const order = text.scenarios.map((_, n) => n).sort((a, b) => (a === last) - (b === last) || number(text.scenarios[b][1]) * number(text.scenarios[b][2]) - number(text.scenarios[a][1]) * number(text.scenarios[a][2]));
  const line = (n) => {
    const [name, odds, before] = text.scenarios[n];
    return make(n === last ? "tr.total" : "tr", {}, make("td", {}, name, meter([number(before) / most, LOOK.others], [number(after[n]) / most, LOOK.series[0]])), make("td.n", {}, odds), make("td.n", {}, before),
      make("td.n", {}, after[n]), against ? make("td.n", {}, against[n]) : null);
  };
  const titles = [[ui("scenario")], [ui("probability"), true], [ui("before"), true], [idOf(state.plan), true], ...(against ? [[idOf(state.other), true]] : [])];
  body("scenarios").replaceChildren(make("p.legend", {}, swatch(LOOK.others, ui("before")), swatch(LOOK.series[0], idOf(state.plan))),
    make("div.scroll.tall", { tabindex: 0, role: "region", "aria-labelledby": "scenarios-h" }, make("table", { id: "losses" }, make("caption", {}, `${ui("loss_axis")} (${text.loss})`), head(titles), make("tbody", {}, order.map(line)))),
    make("p.caption", {}, status(state.plan)));
});

planView(["plan", "other"], () => {
  const text = said(), now = own(PLANS[state.plan]).v.map(word), other = state.other === null ? null : own(PLANS[state.other]).v.map(word);
  if (!text.needs.length) {
    body("coverage").replaceChildren(make("p", {}, ui("no_needs")));
    return;
  }
  const line = ([name, weight], n) => make("tr", {}, make("td", {}, name, meter([number(now[n]) / 100, LOOK.series[0]])), make("td.n", {}, weight), make("td.n", {}, now[n]), other ? make("td.n", {}, other[n]) : null);
  const titles = [[ui("need")], [ui("need_weight"), true], [idOf(state.plan), true], ...(other ? [[idOf(state.other), true]] : [])];
  body("coverage").replaceChildren(make("div.scroll.tall", { tabindex: 0, role: "region", "aria-labelledby": "coverage-h" },
    make("table", { id: "needs" }, make("caption", {}, `${ui("coverage_axis")} (%)`), head(titles), make("tbody", {}, text.needs.map(line)))), make("p.caption", {}, status(state.plan)));
});
