// Plotly: one look for all its figures, and texts that it must not read as markup.
const shown = new Set();
const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const folded = (text, wide) => {
  const lines = [""];
  for (const part of String(text).split(/(?<=[\s・、，])|(?<=[^\x00-\xff])/)) {
    if (lines[lines.length - 1].length + part.length > wide && lines[lines.length - 1]) lines.push("");
    lines[lines.length - 1] += part;
  }
  return lines.map((l) => plain(l.trimEnd())).join("<br>");
};
const SYMBOLS = { circle: "circle", square: "square", diamond: "diamond", triangle: "triangle-up", cross: "x", none: "circle" };

function axis(title, more) {
  return { title: { text: plain(title), standoff: 8 }, gridcolor: css("--line"), linecolor: css("--soft"), zerolinecolor: css("--line"), automargin: true, tickformat: ",", ...more };
}

function look(more) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 60, r: 16, t: 10, b: 50 }, hovermode: "closest", dragmode: false, separators: ".,",
    font: { color: css("--ink"), size: 12, family: getComputedStyle(document.body).fontFamily },
    legend: { orientation: "h", y: -0.2, yanchor: "top", x: 0, itemclick: false, itemdoubleclick: false },
    hoverlabel: { align: "left", bgcolor: css("--card"), bordercolor: css("--soft"), font: { color: css("--ink") } }, ...more,
  };
}

function plot(node, traces, layout) {
  node.setAttribute("role", "img");
  shown.add(node);
  return Plotly.react(node, traces, layout, { displayModeBar: false, responsive: true, scrollZoom: false });
}

// A figure of the briefing.
function figure(coded) {
  const box = make("div.plot.low", { "aria-label": coded.title });
  lazily(box, () => (coded.kind === "bars" ? bars(box, coded) : points(box, coded)));
  return make("figure", {}, make("figcaption.head", {}, coded.title), box, coded.caption ? make("p.caption", {}, coded.caption) : null);
}

function bars(box, coded) {
  const names = coded.categories.map((c) => folded(c, 34)), places = names.map((_, n) => n);
  const traces = coded.series.map((s) => ({
    type: "bar", name: plain(s.name), orientation: coded.lying ? "h" : "v", showlegend: !s.hidden, hoverinfo: s.hidden ? "skip" : "text",
    hovertext: s.values.map((v, n) => (v === null ? "" : `${names[n]}<br>${plain(s.name)}: ${plain(significant(v, 4))}`)),
    x: coded.lying ? s.values : places, y: coded.lying ? places : s.values, marker: { color: s.hidden ? "rgba(0,0,0,0)" : s.colour },
  }));
  // A bar's axis would begin at 0; where the figure says otherwise both ends are set.
  const tops = places.map((n) => coded.series.reduce((sum, s) => sum + (s.values[n] ?? 0), 0)), top = Math.max(...tops);
  const across = axis(coded.value, coded.low === null ? {} : { range: [coded.low, top + (top - coded.low) * 0.05] });
  const along = axis(coded.category, { tickvals: coded.named ? places : [], ticktext: coded.named ? names : [], ...(coded.lying ? { autorange: "reversed" } : {}) });
  const high = coded.lying ? Math.max(260, 90 + names.length * (names.some((t) => t.split("<br>").length > 2) ? 44 : 32)) : 340;
  plot(box, traces, look({ barmode: coded.mode, height: high, bargap: coded.named ? 0.2 : 0, showlegend: coded.series.filter((s) => !s.hidden).length > 1,
    legend: { ...look().legend, y: -60 / high }, xaxis: coded.lying ? across : along, yaxis: coded.lying ? along : across }));
}

function points(box, coded) {
  const traces = coded.groups.map((g) => ({
    type: "scatter", name: plain(g.name), x: g.x, y: g.y, mode: g.joined ? (g.marker === "none" ? "lines" : "lines+markers") : "markers",
    marker: { symbol: SYMBOLS[g.marker], color: g.colour, size: 9 }, line: { color: g.colour },
  }));
  plot(box, traces, look({ height: 340, xaxis: axis(coded.x), yaxis: axis(coded.y) }));
}
