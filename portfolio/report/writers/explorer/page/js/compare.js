// Two plans side by side: programmes that one of them alone funds, and those that get another amount.
planView(["plan", "other"], () => {
  if (state.other === null) {
    body("compare").replaceChildren(make("p", {}, PLANS.length > 1 ? ui("compare_pick") : ui("single")));
    return;
  }
  const a = choices(state.plan), b = choices(state.other), text = said(), names = [idOf(state.plan), idOf(state.other)];
  const of = (p) => [a.get(p)?.amount ?? 0, b.get(p)?.amount ?? 0];
  const moved = DATA.programmes.map((_, p) => p).filter(differs).sort((x, y) => Math.abs(of(y)[1] - of(y)[0]) - Math.abs(of(x)[1] - of(x)[0]));
  const groups = [["only_here", names[0], moved.filter((p) => !b.has(p))], ["only_here", names[1], moved.filter((p) => !a.has(p))], ["moved", "", moved.filter((p) => a.has(p) && b.has(p))]];
  const line = (p) => {
    const [x, y] = of(p), options = [a.get(p), b.get(p)].map((c) => (c ? wayTexts(c.way).slice(0, 2).join(" · ") : "-"));
    const way = [...new Set(options.filter((o) => o !== "-"))].join(" → ");
    return make("tr", {}, make("td", {}, make("button.link", { type: "button", onclick: () => { change({ programme: p }); go("why"); } }, text.programmes[p])), make("td.wide", {}, way), make("td.n", {}, amount(x)), make("td.n", {}, amount(y)),
      make("td.n", {}, y === x ? "-" : signed(placed(y - x, text.money.decimals))));
  };
  const titles = [ui("programme"), `${ui("option")} · ${ui("scale")}`, ...names.map((n) => `${n}: ${text.amount_in}`), ui("difference")];
  const parts = groups.filter(([, , list]) => list.length).map(([key, id, list]) => make("div", {}, make("h3", {}, `${ui(key, { id })}: ${list.length}`),
    make("div.scroll.tall", { tabindex: 0, role: "region", "aria-label": ui(key, { id }) }, make("table", {},
      make("thead", {}, make("tr", {}, titles.map((t, i) => make("th" + (i > 1 ? ".n" : i ? ".wide" : ""), { scope: "col" }, t)))), make("tbody", {}, list.map(line))))));
  body("compare").replaceChildren(make("p.big", {}, `${names[0]} → ${names[1]}`), ...(parts.length ? parts : [make("p", {}, ui("same"))]),
    ...[state.plan, state.other].map((n) => make("p.caption", {}, `${idOf(n)} · ${status(n)}`)));
});
