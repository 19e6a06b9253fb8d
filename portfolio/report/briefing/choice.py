"""The frontier around the chosen plan, and what one more unit of a criterion costs."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

from portfolio.report.blocks import Cell, Column, Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Group, Page, Points
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.shape import Exchange, exchanges, knee, neighbours
from portfolio.report.briefing.stepped import stepped
from portfolio.report.content import criterion_label
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, Unit, in_words, percent_up, significant
from portfolio.report.palette import BLUE, CHOSEN, GREY, INK, KNEE, NEIGHBOUR
from portfolio.results import Frontier, Plan
from portfolio.schema.criterion import Criterion

ZERO = Fraction(0)
MOST_PAIRS = 3
"""Criterion pairs drawn on the page; more criteria are in the explorer."""
MYRIAD = 10_000
"""From one Japanese unit of large numbers to the next: 億, 兆."""
MOST_FIELDS = 8
"""Fields of the waterfall with a bar of their own."""


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
    """Losses per round step of the criterion that gains."""
    instance, units = material.instance, material.units(lang)
    names = {c.id: short(name_of(c, lang)) for c in instance.criteria}
    labels = {c.id: criterion_label(instance, c) for c in instance.criteria}

    money = {c for c, label in labels.items() if label and label == instance.header.unit}

    def amount(criterion: str, value: Fraction) -> str:
        if criterion in money:
            return in_words(instance.header, value, lang)
        label = clean(units[criterion].label)
        return f"{significant(value * units[criterion].factor, 3)} {label}".strip()

    step = 1 / units[exchange.criterion].factor
    while lang == "ja" and exchange.criterion in money and abs(material.plan.criteria[exchange.criterion]) >= step * MYRIAD:
        step *= MYRIAD
    costs = [
        say("exchange_one", lang, amount=amount(c, lost * step / exchange.gain), name=names[c])
        for c, lost in exchange.losses.items()
        if lost > 0
    ]
    losses = ("、" if lang == "ja" else " + ").join(costs) or say("exchange_nothing", lang)
    said = amount(exchange.criterion, step)
    return say("exchange_line", lang, step=said, gained=names[exchange.criterion], losses=losses, point=exchange.point)


def exchange_table(material: Material, found: list[Exchange], lang: str) -> Table:
    """Change of every criterion by each move, in its unit; positive is better."""
    units = material.units(lang)
    criteria = material.instance.criteria
    names = {c.id: short(name_of(c, lang)) for c in criteria}
    labels = {c.id: f" ({clean(units[c.id].label)})" if units[c.id].label else "" for c in criteria}
    heads = (
        Column("improves", say("improves", lang), False),
        *(Column(c.id, names[c.id] + labels[c.id]) for c in criteria),
        Column("to", say("to_plan", lang), False),
    )
    rows = []
    for e in found:
        better = {e.criterion: e.gain, **{c: -lost for c, lost in e.losses.items()}}
        rows.append((Cell(names[e.criterion]), *(_change(better.get(c.id), units[c.id]) for c in criteria), Cell(e.point)))
    return Table("exchange", say("exchange_table", lang), heads, tuple(rows))


def _change(value: Fraction | None, unit: Unit) -> Cell:
    return Cell(NONE) if value is None else Cell(("+" if value > 0 else "") + significant(value * unit.factor, 3), value)


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
    start = sum(before.values(), ZERO)
    labels = (say("swap_before", lang), say("swap_after", lang, point=point))
    axis = Axis(say("amount_axis", lang), unit.label)
    moves = [(name, step * unit.factor) for name, step in steps]
    return stepped("swap", say("swap_fig", lang, point=point), axis, labels, start * unit.factor, moves, lang)


def _by_field(material: Material, plan: Plan) -> dict[str | None, Fraction]:
    fields = {p.id: p.field for p in material.instance.programmes}
    money: dict[str | None, Fraction] = {}
    for choice in plan.choices:
        field = fields[choice.programme]
        money[field] = money.get(field, ZERO) + material.instance.header.grid * sum(p.amount for p in choice.payments)
    return money
