"""The explorer in a real browser: what a reader clicks, drags, types, and what the page asks of the network (nothing)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from portfolio.api.allocate import Effort, allocate
from portfolio.explain.collection import explanation
from portfolio.library import load_model
from portfolio.report.briefing import Material, briefing, material
from portfolio.report.briefing.phrases import say
from portfolio.report.explain_content import presence_content
from portfolio.report.writers.explorer import write_explorer
from portfolio.results import Answered
from portfolio.results.explanation import Interval, Presence
from portfolio.schema.aim import Weighted
from portfolio.schema.validate import parse_instance
from tests.support.briefings import MARKUP, PAYLOADS, frontier_of, gathered, solved, toy
from tests.support.browser import CHROMIUM, Tab, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
Show = Callable[..., Tab]
DRAWN = "document.querySelector('#scatter .main-svg') !== null && document.querySelector('#list tbody tr') !== null"
PICKED = "document.querySelector('#plan-grid tr[aria-selected=true]').dataset.plan"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def written(found: Material, folder: Path, lang: str = "en") -> str:
    """Address of the page."""
    file = folder / "briefing.html"
    file.write_bytes(write_explorer(found, briefing(found, lang)))
    return file.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(gathered(), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(tab: Tab, address: str) -> Callable[[], Tab]:
    """The page, loaded when it is first wanted and after another page was shown; else put back to how it opened."""

    def opened() -> Tab:
        tab.size(1400)
        if tab.ask("location.href.split('#')[0]") != address:
            tab.open(address)
            tab.until(DRAWN)
            tab.ask("window.fresh = { ...state }; null")
        tab.ask(
            "change({ ...fresh }); document.querySelectorAll('details').forEach((d) => { d.open = false; }); document.activeElement.blur(); scrollTo(0, 0)"
        )
        return tab

    return opened


@pytest.fixture
def show(tab: Tab, page: Callable[[], Tab], address: str) -> Iterator[Show]:
    """The page with changes of its state, or loaded from a link; afterwards it must have asked for nothing and said nothing on the console."""

    def opened(changes: str = "", link: str = "") -> Tab:
        if link:
            tab.size(1400)
            tab.open(address + link)
            tab.until(DRAWN)
            tab.ask("window.fresh = { ...state, lang: 'en', plan: DATA.chosen, other: null, programme: null, theme: 'auto' }; null")
        else:
            page()
        if changes:
            tab.ask(f"change({{ {changes} }})")
        return tab

    yield opened
    assert tab.errors == []
    assert outside(tab) == []


def outside(tab: Tab) -> list[str]:
    """Requests beyond the file itself."""
    return [r for r in tab.requests if not r.startswith(("file:", "data:", "blob:"))]


def test_a_click_on_a_point_of_the_scatter_picks_its_plan_everywhere(show: Show) -> None:
    tab = show("plan: findPlan('p1')")
    tab.ask("document.getElementById('scatter').scrollIntoView({block: 'center'})")
    spot = tab.ask(
        "(() => { const node = document.getElementById('scatter'), all = node._fullLayout, box = node.getBoundingClientRect();"
        "const x = PLANS[findPlan('p3')].x; return [box.x + all._size.l + all.xaxis.d2p(inUnit(0, x[0])),"
        "box.y + all._size.t + all.yaxis.d2p(inUnit(1, x[1]))]; })()"
    )
    tab.click_at(*spot)
    tab.until("PLANS[state.plan].id === 'p3'")
    assert tab.ask(f"PLANS[{PICKED}].id") == "p3"
    assert "plan=p3" in tab.ask("location.hash")
    assert tab.ask("document.getElementById('live').textContent").startswith("Plan p3 is picked")
    shown = tab.ask("[...document.querySelectorAll('#criteria tbody tr')].map((r) => r.cells[1].textContent)")
    assert shown == tab.ask("said().criteria.map((_, i) => valueText(state.plan, i))")
    assert tab.ask("document.querySelector('#heat tr.total td:last-child').textContent") == tab.ask("word(own(PLANS[state.plan]).money)")


def test_arrow_keys_walk_the_plans_and_c_compares(show: Show) -> None:
    tab = show("plan: findPlan('p1')")
    tab.ask("document.querySelector('#plan-grid tr[aria-selected=true]').focus()")
    tab.press("ArrowDown")
    assert tab.ask(f"PLANS[{PICKED}].id") == "p2"
    assert tab.ask("document.activeElement.dataset.plan") == tab.ask(PICKED)
    tab.press("c")
    assert tab.ask("PLANS[state.other].id") == "p1"
    assert tab.ask("document.querySelectorAll('#compare table').length") > 0
    tab.press("Escape")
    assert tab.ask("state.other") is None


def test_a_brush_leaves_the_plans_that_pass(show: Show) -> None:
    tab = show()
    tab.ask("document.getElementById('parallel').scrollIntoView({block: 'center'})")
    box = tab.ask(
        "(() => { const b = document.querySelector('[data-track=\"0\"]').getBoundingClientRect(); return [b.x + b.width / 2, b.y, b.height]; })()"
    )
    tab.drag((box[0], box[1] + 0.3 * box[2]), (box[0], box[1] - 4))
    low, high = tab.ask("state.brushes[0]")
    assert 0.6 < low < 0.8 and high == 1
    passing = tab.ask("PLANS.map((_, n) => n).filter((n) => HEIGHTS[n][0] >= state.brushes[0][0] - 1e-9)")
    assert 0 < len(passing) < tab.ask("PLANS.length")
    assert tab.ask("[...document.querySelectorAll('.lines path:not(.out):not(.pick)')].length") <= len(passing)
    tab.until("document.getElementById('scatter').data[0].marker.opacity.some((o) => o < 0.5)")
    kept = tab.ask("document.getElementById('scatter').data[0].marker.opacity.map((o, n) => o > 0.5 ? n : -1).filter((n) => n >= 0)")
    assert kept == passing
    tab.click("#clear")
    assert tab.ask("Object.keys(state.brushes).length") == 0


def test_a_brush_can_be_set_by_keys_alone(show: Show) -> None:
    tab = show()
    tab.ask('document.querySelector(\'[data-axis="1"] [data-end="0"]\').focus()')
    for _ in range(3):
        tab.press("ArrowUp")
    assert tab.ask("state.brushes[1]") == [0.06, 1]
    assert tab.ask("document.activeElement.getAttribute('aria-valuenow')") == "6"
    tab.press("Escape")
    assert tab.ask("state.brushes[1] === undefined")


def test_the_language_changes_everywhere_at_once(show: Show) -> None:
    tab = show("plan: findPlan('p2')")
    tab.click("[data-lang=ja]")
    assert tab.ask("document.documentElement.lang") == "ja"
    assert tab.ask("document.querySelector('#programmes h2').textContent") == "事業"
    assert tab.ask(f"PLANS[{PICKED}].id") == "p2"
    english = tab.ask("Object.values(DATA.text.en.ui).filter((t) => t.length > 12 && document.body.innerText.includes(t))")
    assert english == []


def test_a_link_opens_the_plan_the_language_and_the_programme(show: Show) -> None:
    tab = show(link="#plan=2&lang=ja&compare=p3&programme=b")
    assert tab.ask("[PLANS[state.plan].id, state.lang, PLANS[state.other].id, DATA.programmes[state.programme][0]]") == [
        "p2",
        "ja",
        "p3",
        "b",
    ]
    assert tab.ask("document.querySelector('#why h3').textContent") == tab.ask("said().programmes[state.programme]")


def test_the_row_of_the_linked_plan_is_in_sight(show: Show) -> None:
    tab = show(link="#plan=p3")
    tab.size(1400, 420)
    tab.ask("reveal(document.getElementById('plan-scroll'), rows[state.plan])")
    spots = "[document.getElementById('plan-scroll'), rows[state.plan]].flatMap((n) => [n.getBoundingClientRect().top, n.getBoundingClientRect().bottom])"
    top, bottom, row_top, row_bottom = tab.ask(spots)
    assert top <= row_top and row_bottom <= bottom + 1


def test_a_link_to_a_plan_that_is_not_there_says_so(show: Show) -> None:
    tab = show(link="#plan=p99")
    assert "p99" in tab.ask("document.querySelector('[role=alert]').textContent")


def test_search_filter_and_sort_of_programmes(show: Show) -> None:
    tab = show()
    tab.ask("document.getElementById('search').focus()")
    tab.press("b")
    assert tab.ask("state.search") == "b"
    rows = tab.ask("[...document.querySelectorAll('#list tbody tr')].map((r) => said().programmes[r.dataset.programme])")
    assert rows and len(rows) < tab.ask("DATA.programmes.length")
    tab.click("#reset")
    tab.click("#list [data-key=name]")
    names = tab.ask("[...document.querySelectorAll('#list tbody tr')].map((r) => said().programmes[r.dataset.programme])")
    assert names == sorted(names) and len(names) == tab.ask("DATA.programmes.length")


def test_a_cell_of_the_matrix_shows_its_programmes(show: Show) -> None:
    tab = show()
    tab.click("#heat tbody td button")
    field, archetype = tab.ask("state.cell")
    listed = tab.ask("[...document.querySelectorAll('#list tbody tr')].map((r) => DATA.programmes[r.dataset.programme].slice(1))")
    assert listed and all(pair == [field, archetype] for pair in listed)


def test_the_matrix_can_show_the_difference_to_the_other_plan(show: Show) -> None:
    tab = show("plan: findPlan('p1'), other: findPlan('p2')")
    tab.click("#difference")
    total = "number(document.querySelector('#heat tr.total td:last-child').textContent)"
    apart = tab.ask("number(word(own(PLANS[state.other]).money)) - number(word(own(PLANS[state.plan]).money))")
    assert tab.ask(total) == pytest.approx(apart)
    sums = tab.ask(
        "[...document.querySelectorAll('#heat tbody tr:not(.total)')].map((r) => [...r.cells].slice(1, -1).reduce((s, c) => s + number(c.textContent), 0))"
    )
    assert sums == pytest.approx(
        tab.ask("[...document.querySelectorAll('#heat tbody tr:not(.total)')].map((r) => number([...r.cells].pop().textContent))")
    )


def test_every_figure_is_drawn_and_named(show: Show) -> None:
    tab = show("other: findPlan('p2')")
    tab.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; }); [...waiting.keys()].forEach(wake)")
    tab.until("document.querySelector('#sankey .sankey') !== null")
    tab.click("#solid_view")
    tab.until("document.querySelector('#solid canvas') !== null || document.querySelector('#frontier p.bad') !== null")
    assert tab.ask("[...document.querySelectorAll('[role=img]')].filter((n) => !n.getAttribute('aria-label')).length") == 0
    assert tab.ask("document.querySelectorAll('main table').length") > 5


@pytest.mark.parametrize("names", [MARKUP, PAYLOADS[30:61], PAYLOADS[60:]], ids=["markup", "mixed", "paths"])
def test_hostile_names_are_text(tab: Tab, tmp_path: Path, names: tuple[str, ...]) -> None:
    tab.size(1400)
    tab.open(written(gathered(names), tmp_path))
    tab.until(DRAWN)
    tab.ask(
        "window.alert = () => console.error('ran'); document.querySelectorAll('details').forEach((d) => { d.open = true; }); [...waiting.keys()].forEach(wake)"
    )
    tab.until("document.querySelector('#sankey .sankey') !== null")
    for n in range(3):
        tab.ask(f"change({{programme: {n}, other: {n}, search: said().programmes[{n}]}})")
    assert tab.ask("document.querySelectorAll('body img, body iframe, body a[href]:not([data-go]), main style, main b script').length") == 0
    assert tab.ask("document.querySelectorAll('svg a, svg image[href]').length") == 0
    assert tab.ask("document.scripts.length") == 4
    assert tab.ask("document.querySelector('#list tbody button') !== null")
    drawn = tab.ask("[...document.querySelectorAll('#sankey .node-label')].map((n) => n.textContent)")
    names_of_nodes = (
        "[...said().funds, ...said().fields, ...said().archetypes, ui('no_field'), ui('no_archetype')].map((t) => shortened(t, 28))"
    )
    assert set(drawn) <= set(tab.ask(names_of_nodes))
    assert tab.errors == []
    assert outside(tab) == []


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_phone_needs_no_sideways_scroll(show: Show, lang: str) -> None:
    tab = show(f"lang: '{lang}', other: findPlan('p2'), programme: 1")
    tab.size(360, 740, mobile=True)
    tab.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; }); [...waiting.keys()].forEach(wake)")
    tab.until("document.documentElement.clientWidth === 360")
    assert tab.ask("document.documentElement.scrollWidth") == 360
    wide = tab.ask(
        "[...document.querySelectorAll('main *, .side *, header *')].filter((n) => !n.closest('.scroll, .plot, .hidden') && n.getBoundingClientRect().right > 361)"
        ".map((n) => n.tagName + '.' + n.className)"
    )
    assert wide == []


def test_the_colours_follow_the_system_until_they_are_chosen(show: Show) -> None:
    tab = show()
    tab.colours("dark")
    tab.until("document.documentElement.dataset.dark === 'yes'")
    tab.ask("(() => { const s = document.getElementById('theme'); s.value = 'light'; s.dispatchEvent(new Event('change')); })()")
    assert tab.ask("document.documentElement.dataset.dark") == "no"
    tab.colours("light")


def test_tabbing_reaches_the_controls_the_plans_and_the_programmes(show: Show) -> None:
    tab = show()
    seen = []
    for _ in range(45):
        tab.press("Tab")
        seen.append(
            tab.ask(
                "document.activeElement.id || document.activeElement.dataset.plan || document.activeElement.dataset.lang || document.activeElement.className"
            )
        )
    assert seen[0] == "skip" and "theme" in seen and "print" in seen and "other" in seen
    assert tab.ask(PICKED) in seen
    assert "across" not in seen and "axis-across" in seen


def test_landmarks_and_headings_structure_the_page(show: Show) -> None:
    tab = show()
    assert tab.ask(
        "[document.querySelectorAll('main').length, document.querySelectorAll('h1').length, document.querySelectorAll('nav[aria-label]').length]"
    ) == [1, 1, 1]
    assert (
        tab.ask(
            "[...document.querySelectorAll('section')].filter((s) => !document.getElementById(s.getAttribute('aria-labelledby'))?.textContent).length"
        )
        == 0
    )
    assert (
        tab.ask(
            "[...document.querySelectorAll('button, select, input')].filter((c) => !c.textContent && !c.labels?.length && !c.getAttribute('aria-label')).length"
        )
        == 0
    )


def test_it_prints_with_every_figure_and_without_controls(show: Show) -> None:
    tab = show("theme: 'dark'")
    paper = tab.paper()
    assert paper[:5] == b"%PDF-" and len(paper) > 50_000
    assert tab.ask("state.theme") == "dark"


def test_a_single_plan_says_that_there_is_no_frontier(tab: Tab, tmp_path: Path) -> None:
    tab.size(1400)
    tab.open(written(material(solved()), tmp_path, "ja"))
    tab.until("document.querySelector('#list tbody tr') !== null")
    assert tab.ask("document.getElementById('frontier').innerText.includes(ui('single'))")
    assert json.loads(tab.ask("JSON.stringify([state.lang, document.querySelectorAll('#plan-grid tbody tr').length])")) == ["ja", 1]
    assert tab.errors == []


def test_an_explanation_is_shown_with_its_programme_and_named_as_the_results(tab: Tab, tmp_path: Path) -> None:
    result = solved()
    funded = {c.programme for c in result.plan.choices} if result.plan is not None else set()
    left = next(p["id"] for p in toy()["programmes"] if p["id"] not in funded)
    loss = Interval(low=Fraction(1, 50), high=Fraction(1, 40))
    answer = Presence(topic="why_not", programme=left, of="aim", status="proven", loss=loss)
    found = material(result, None, None, explanation(result, [Answered(topic="programme", key="k", question={}, presence=answer)]))
    tab.size(1400)
    tab.open(written(found, tmp_path) + f"#programme={left}")
    tab.until("document.querySelector('#why h3') !== null")
    shown = tab.ask("document.getElementById('why').innerText")
    assert all(s.text in shown for s in presence_content(found.instance, result, answer, "en").head)
    assert tab.ask("document.getElementById('why').innerText.includes(ui('why_about'))")
    assert tab.errors == [] and outside(tab) == []


def test_a_result_without_a_plan_says_why(tab: Tab, tmp_path: Path) -> None:
    result = solved().model_copy(update={"status": "infeasible", "plan": None, "claims": (), "ranges": {}})
    tab.open(written(material(result), tmp_path))
    tab.until("document.querySelector('#answer .big') !== null")
    assert tab.ask("document.querySelector('#answer .big').textContent") == say("answer_infeasible", "en")
    assert tab.ask("[...document.querySelectorAll('section')].map((s) => s.id)") == ["answer", "grounds"]
    tab.click("[data-lang=ja]")
    assert tab.ask("document.querySelector('#answer .big').textContent") == say("answer_infeasible", "ja")
    assert tab.errors == [] and outside(tab) == []


@pytest.mark.parametrize("kept", [1, 2])
def test_fewer_criteria_make_fewer_pictures_and_no_error(tab: Tab, tmp_path: Path, kept: int) -> None:
    raw = toy()
    raw["criteria"] = raw["criteria"][:kept]
    names = [c["id"] for c in raw["criteria"]]
    aims = [dict.fromkeys(names, Fraction(1, kept)), *({c: Fraction(c == own) for c in names} for own in names)]
    instance = parse_instance(raw)
    results = [allocate(instance, load_model(), Weighted(kind="weighted", weights=w), Effort()) for w in aims]
    tab.size(1400)
    tab.open(written(material(results[0], frontier_of(results)), tmp_path))
    tab.until("document.querySelector('#list tbody tr') !== null")
    tab.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; }); [...waiting.keys()].forEach(wake)")
    if kept == 1:
        assert tab.ask("document.getElementById('frontier').innerText.includes(ui('flat'))")
    else:
        tab.until(DRAWN)
        assert tab.ask("document.getElementById('solid_view') === null")
    assert tab.errors == [] and outside(tab) == []
