"""The frontier around the chosen plan, what one more unit of a criterion costs, and which programmes every listed plan funds."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise

from portfolio.report.blocks import Cell, Column, Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Group, Page, Points, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.shape import Exchange, exchanges, knee, neighbours
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, percent, percent_up, significant
from portfolio.report.palette import BLUE, CHOSEN, GAIN, GREY, INK, KNEE, LOSS, NEIGHBOUR
from portfolio.results import Frontier, Plan
from portfolio.schema.criterion import Criterion

ZERO = Fraction(0)
MOST_PAIRS = 3
"""Criterion pairs drawn on the page; more criteria are in the explorer."""
MOST_FIELDS = 8
"""Fields of the waterfall with a bar of their own."""
BINS = 10


def frontier_page(material: Material, lang: str) -> Page | None:
    """Scatter of each pair of criteria with the chosen plan, the knee and the neighbours."""
    frontier = material.frontier
    if frontier is None or not frontier.points:
        return None
    criteria = material.instance.criteria
    pairs = list(combinations(criteria, 2))[:MOST_PAIRS]
    figures = tuple(scatter(material, frontier, x, y, lang) for x, y in pairs)
    certificate = frontier.certificate
    if certificate is not None:
        epsilon = percent_up(certificate.certified)
        title = say("frontier_certified", lang, n=len(frontier.points), epsilon=epsilon)
        sentences = [Sentence("band", say("band_note", lang, epsilon=epsilon))]
    else:
        title = say("frontier_page", lang, n=len(frontier.points))
        sentences = [Sentence("open", say("no_certificate", lang), "bad")]
    if material.point is None:
        sentences.append(Sentence("outside", say("outside_note", lang)))
    return Page("frontier", title, tuple(sentences), figures, (near_table(material, frontier, lang),))


def scatter(material: Material, frontier: Frontier, x: Criterion, y: Criterion, lang: str) -> Points:
    """Two criteria of every plan, natural sense. The longest group stands first: some readers drop shorter ones before longer ones."""
    units = material.units(lang)

    def at(plan: Plan) -> tuple[float, float]:
        return tuple(float(plan.criteria[c.id] * units[c.id].factor) for c in (x, y))  # type: ignore[return-value]

    plans = {p.id: p.plan for p in frontier.points}
    bend, near = knee(frontier), neighbours(frontier, material.plan)
    groups = [_group("efficient", "efficient", list(plans.items()), at, BLUE, "circle", lang)]
    groups.append(_group("neighbour", "neighbour", [(p, plans[p]) for p in near], at, NEIGHBOUR, "square", lang))
    groups.append(_group("knee", "knee", [(bend, plans[bend])], at, KNEE, "triangle", lang))
    groups.append(_group("chosen", "chosen", [(material.point or "*", material.plan)], at, CHOSEN, "diamond", lang))
    ends = [frontier.ranges.get(c.id) for c in (x, y)]
    if None not in ends:
        best = tuple(float(e.best * units[c.id].factor) for e, c in zip(ends, (x, y), strict=True) if e is not None)
        groups.append(Group("ideal", say("ideal", lang), (best[0],), (best[1],), INK, "cross"))
    band = _band(frontier, x, y, at, units[x.id].factor, units[y.id].factor)
    if band:
        groups.append(Group("band", say("band", lang), tuple(p[0] for p in band), tuple(p[1] for p in band), GREY, "none", True))
    names = [short(name_of(c, lang)) for c in (x, y)]
    axes = [Axis(n, units[c.id].label) for n, c in zip(names, (x, y), strict=True)]
    epsilon = frontier.certificate
    caption = say("band_note", lang, epsilon=percent_up(epsilon.certified)) if epsilon is not None else say("no_certificate", lang)
    title = say("frontier_fig", lang, x=names[0], y=names[1])
    return Points(f"frontier_{x.id}_{y.id}", title, axes[0], axes[1], tuple(g for g in groups if g.xs), caption)


def _group(key: str, name: str, plans: list[tuple[str, Plan]], at: object, colour: str, marker: str, lang: str) -> Group:
    spots = [at(plan) for _, plan in plans]  # type: ignore[operator]
    return Group(
        key, say(name, lang), tuple(s[0] for s in spots), tuple(s[1] for s in spots), colour, marker, labels=tuple(p for p, _ in plans)
    )


def _band(frontier: Frontier, x: Criterion, y: Criterion, at: object, fx: Fraction, fy: Fraction) -> list[tuple[float, float]]:
    """The staircase of the points' projection, moved towards better by epsilon r: no plan lies beyond it in these two criteria.

    A plan with f in both criteria better than the staircase by more than epsilon r would be dominated by no listed point within epsilon r.
    """
    certificate = frontier.certificate
    if certificate is None:
        return []
    shift = []
    for c, factor in ((x, fx), (y, fy)):
        if c.id not in certificate.criteria:
            return []
        i = certificate.criteria.index(c.id)
        shift.append(float(certificate.certified * certificate.scale[i] * factor) * (1 if c.sense == "max" else -1))
    signs = [-1 if c.sense == "max" else 1 for c in (x, y)]
    spots = sorted({at(p.plan) for p in frontier.points}, key=lambda s: (signs[0] * s[0], signs[1] * s[1]))  # type: ignore[operator]
    front: list[tuple[float, float]] = []
    for spot in spots:
        if not front or signs[1] * spot[1] < signs[1] * front[-1][1]:
            front.append(spot)
    steps: list[tuple[float, float]] = []
    for before, after in pairwise(front):
        steps += [before, (after[0], before[1])]
    steps += front[-1:]
    return [(px + shift[0], py + shift[1]) for px, py in steps]


def near_table(material: Material, frontier: Frontier, lang: str) -> Table:
    """The chosen plan, the knee and the neighbours, by criterion."""
    plans = {p.id: p.plan for p in frontier.points}
    bend = knee(frontier)
    own = material.point or "*"
    rows = [(own, say("chosen", lang), material.plan)]
    rows += [(bend, say("knee", lang), plans[bend])] if bend != own else []
    rows += [(p, say("neighbour", lang), plans[p]) for p in neighbours(frontier, material.plan) if p != bend]
    return _plans("near", say("points_table", lang), material, rows, lang)


def frontier_table(material: Material, lang: str) -> Table | None:
    """Every plan of the frontier."""
    frontier = material.frontier
    if frontier is None or not frontier.points:
        return None
    bend = knee(frontier)
    roles = {bend: say("knee", lang), **({material.point: say("chosen", lang)} if material.point else {})}
    rows = [(p.id, roles.get(p.id, ""), p.plan) for p in frontier.points]
    return _plans("frontier", say("frontier_table", lang), material, rows, lang)


def _plans(key: str, title: str, material: Material, rows: list[tuple[str, str, Plan]], lang: str) -> Table:
    instance, units, unit = material.instance, material.units(lang), material.unit(lang)
    grid = instance.header.grid
    heads = [Column("plan", say("plan", lang), False), Column("role", say("role", lang), False)]
    for c in instance.criteria:
        label = clean(units[c.id].label)
        heads.append(Column(c.id, short(name_of(c, lang)) + (f" ({label})" if label else "")))
    heads += [Column("funded", say("funded_n", lang)), Column("money", say("public_money", lang, unit=unit.label))]
    body = []
    for name, role, plan in rows:
        money = grid * sum(p.amount for c in plan.choices for p in c.payments)
        values = [Cell(significant(plan.criteria[c.id] * units[c.id].factor), plan.criteria[c.id]) for c in instance.criteria]
        body.append((Cell(name), Cell(role), *values, Cell(str(len(plan.choices)), len(plan.choices)), Cell(unit.text(money), money)))
    return Table(key, title, tuple(heads), tuple(body))


def exchange_page(material: Material, lang: str) -> Page | None:
    """For each criterion the cheapest listed plan that has more of it, with the rate, and where the money moves for one of them."""
    frontier = material.frontier
    if frontier is None:
        return None
    found = exchanges(frontier, material.plan, {c.id: c.sense for c in material.instance.criteria})
    if not found:
        return None
    lines = tuple(Sentence(f"exchange_{e.criterion}", _line(material, e, lang)) for e in found)
    figure = waterfall(material, frontier, found[0].point, lang)
    return Page(
        "exchange", say("exchange_page", lang), lines, (figure,), (exchange_table(material, found, lang),), (say("exchange_note", lang),)
    )


def _line(material: Material, exchange: Exchange, lang: str) -> str:
    units = material.units(lang)
    names = {c.id: short(name_of(c, lang)) for c in material.instance.criteria}
    gained = exchange.gain * units[exchange.criterion].factor
    costs = []
    for c, lost in exchange.losses.items():
        if lost > 0:
            amount = significant(lost * units[c].factor / gained, 3)
            costs.append(say("exchange_one", lang, amount=amount, unit=clean(units[c].label), name=names[c]))
    joint = "、" if lang == "ja" else " + "
    losses = joint.join(costs) or say("exchange_nothing", lang)
    own = clean(units[exchange.criterion].label)
    step = f"1{own}" if lang == "ja" else own
    # Without a unit two spaces would meet.
    return clean(say("exchange_line", lang, unit=step, gained=names[exchange.criterion], losses=losses, point=exchange.point))


def exchange_table(material: Material, found: list[Exchange], lang: str) -> Table:
    """Gain and losses of each move, in the criteria's units; a negative loss is a gain."""
    units = material.units(lang)
    criteria = material.instance.criteria
    names = {c.id: short(name_of(c, lang)) for c in criteria}
    labels = {c.id: f" ({clean(units[c.id].label)})" if units[c.id].label else "" for c in criteria}
    heads = (
        Column("improves", say("improves", lang), False),
        Column("by", say("by", lang)),
        *(Column(c.id, say("loses", lang, name=names[c.id]) + labels[c.id]) for c in criteria),
        Column("to", say("to_plan", lang), False),
    )
    rows = []
    for e in found:
        cells = [
            Cell(NONE)
            if c.id == e.criterion or c.id not in e.losses
            else Cell(significant(e.losses[c.id] * units[c.id].factor, 3), e.losses[c.id])
            for c in criteria
        ]
        gain = Cell(significant(e.gain * units[e.criterion].factor, 3), e.gain)
        rows.append((Cell(names[e.criterion] + labels[e.criterion]), gain, *cells, Cell(e.point)))
    return Table("exchange", say("exchange_table", lang), heads, tuple(rows))


def waterfall(material: Material, frontier: Frontier, point: str, lang: str) -> Bars:
    """From this plan's money to the other plan's, field by field."""
    other = next(p.plan for p in frontier.points if p.id == point)
    unit = material.unit(lang)
    before, after = _by_field(material, material.plan), _by_field(material, other)
    names: dict[str | None, str] = {f.id: name_of(f, lang) for f in material.instance.fields}
    moved = {f: after.get(f, ZERO) - before.get(f, ZERO) for f in {*before, *after}}
    order = sorted((f for f in moved if moved[f]), key=lambda f: (-abs(moved[f]), str(f)))
    steps = [(names.get(f, "-"), moved[f]) for f in order[:MOST_FIELDS]]
    if len(order) > MOST_FIELDS:
        rest = order[MOST_FIELDS:]
        steps.append((say("other_fields", lang, n=len(rest)), sum((moved[f] for f in rest), ZERO)))
    start, end = sum(before.values(), ZERO), sum(after.values(), ZERO)
    feet, ups, downs, level = [ZERO], [ZERO], [ZERO], start
    for _, step in steps:
        feet.append(min(level, level + step))
        ups.append(max(step, ZERO))
        downs.append(max(-step, ZERO))
        level += step
    categories = (say("swap_before", lang), *(n for n, _ in steps), say("swap_after", lang, point=point))

    def shown(values: list[Fraction]) -> tuple[float, ...]:
        return tuple(float(v * unit.factor) for v in values)

    series = (
        Series("foot", "", shown([*feet, ZERO]), "#FFFFFF", True),
        Series("total", say("amount_axis", lang), shown([start, *([ZERO] * len(steps)), end]), GREY),
        Series("more", say("more", lang), shown([*ups, ZERO]), GAIN),
        Series("less", say("less", lang), shown([*downs, ZERO]), LOSS),
    )
    title = say("swap_fig", lang, point=point)
    return Bars("swap", title, Axis(say("amount_axis", lang), unit.label), Axis(""), categories, series, lying=True)


def _by_field(material: Material, plan: Plan) -> dict[str | None, Fraction]:
    fields = {p.id: p.field for p in material.instance.programmes}
    money: dict[str | None, Fraction] = {}
    for choice in plan.choices:
        field = fields[choice.programme]
        money[field] = money.get(field, ZERO) + material.instance.header.grid * sum(p.amount for p in choice.payments)
    return money


def core_page(material: Material, lang: str) -> Page | None:
    """How many of the listed plans fund each programme."""
    frontier = material.frontier
    if frontier is None or len(frontier.points) < 2:
        return None
    n = len(frontier.points)
    taken = Counter(c.programme for p in frontier.points for c in p.plan.choices)
    programmes = material.instance.programmes
    core = sum(taken[p.id] == n for p in programmes)
    never = sum(taken[p.id] == 0 for p in programmes)
    counts = {"core": core, "never": never, "contested": len(programmes) - core - never}
    sentence = Sentence("core", say("core_line", lang, **counts))
    page = Page("core", say("core_page", lang), (sentence,), (_strip(material, taken, n, lang),), (core_table(material, taken, n, lang),))
    return Page(page.key, page.title, page.sentences, page.figures, page.tables, (say("core_note", lang),))


def _strip(material: Material, taken: Counter[str], n: int, lang: str) -> Bars:
    """Programmes by the share of plans that fund them: none, ten classes, all."""
    counts = [0] * (BINS + 2)
    for p in material.instance.programmes:
        k = taken[p.id]
        counts[0 if k == 0 else BINS + 1 if k == n else 1 + min(k * BINS // n, BINS - 1)] += 1
    classes = [f"{100 * i // BINS}-{100 * (i + 1) // BINS} %" for i in range(BINS)]
    categories = (say("in_none", lang), *classes, say("in_all", lang))
    series = Series("programmes", say("core_axis", lang), tuple(map(float, counts)), BLUE)
    value, across = Axis(say("core_axis", lang), "n"), Axis(say("core_share", lang), "%")
    return Bars("core", say("core_fig", lang), value, across, categories, (series,), caption=say("core_note", lang))


def core_table(material: Material, taken: Counter[str], n: int, lang: str) -> Table:
    """Contested programmes, the most even ones first."""
    funded = {c.programme for c in material.plan.choices}
    contested = [p for p in material.instance.programmes if 0 < taken[p.id] < n]
    contested.sort(key=lambda p: (abs(2 * taken[p.id] - n), p.id))
    heads = (
        Column("programme", say("core_table", lang), False),
        Column("share", say("core_share", lang)),
        Column("here", say("here", lang), False),
    )
    rows = tuple(
        (
            Cell(name_of(p, lang)),
            Cell(percent(Fraction(taken[p.id], n)), Fraction(taken[p.id], n)),
            Cell(say("yes" if p.id in funded else "no", lang)),
        )
        for p in contested
    )
    return Table("core", say("core_table", lang), heads, rows, most=12)
