// Pages of the briefing about its own plan: what it costs to move, why not, robustness, assumptions, method, sources. Without a plan: why there is none.
view(["theme"], () => {
  const pages = Object.entries(said().pages).filter(([key]) => key !== "answer");
  const held = new Set([...document.querySelectorAll("#grounds details[open]")].map((d) => d.dataset.page));
  body("grounds").replaceChildren(PLANS.length ? make("p.hint", {}, ui("grounds_hint")) : "", ...pages.map(([key, page]) => make("details", { "data-page": key, open: held.has(key) || key === "conflict" },
    make("summary", {}, page.title), ...sentences(page.sentences), ...page.figures.map(figure), ...page.tables.map((t) => table(t)), ...notes(page.footnotes))));
  if (PLANS.length) return;
  const { title, sentences: lines } = said().pages.answer;
  body("answer").replaceChildren(make("p.big", {}, title), ...sentences(lines));
});
