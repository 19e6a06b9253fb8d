// Pages of the briefing about the chosen plan: what it costs to move, robustness, assumptions, method, sources.
view(["theme"], () => {
  const pages = Object.entries(said().pages).filter(([key]) => key !== "answer");
  const held = new Set([...document.querySelectorAll("#grounds details[open]")].map((d) => d.dataset.page));
  body("grounds").replaceChildren(make("p.hint", {}, ui("grounds_hint")), ...pages.map(([key, page]) => make("details", { "data-page": key, open: held.has(key) },
    make("summary", {}, page.title), ...sentences(page.sentences), ...page.figures.map(figure), ...page.tables.map((t) => table(t)), ...notes(page.footnotes))));
});
