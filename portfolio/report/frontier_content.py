"""What a frontier's report says, from the Frontier alone: claim, points, trade-offs, knee, core, a small scatter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from portfolio.pareto.quality import hypervolume
from portfolio.pareto.shape import knee, rates
from portfolio.program import Floats
from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.content import criterion_unit
from portfolio.report.frontier_texts import said
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, Unit, money_unit, percent, percent_up, significant
from portfolio.report.texts import text
from portfolio.results import Frontier, FrontierPoint
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

MOST_POINTS, MOST_CORE = 30, 15
WIDTH, HEIGHT = 56, 12
"""Cells of the scatter."""


def frontier_content(frontier: Frontier, lang: str, saved: str | None = None, scatter: bool = True) -> Content:
    """The first screen of `portfolio frontier`."""
    instance = parse_instance(frontier.instance)
    head = (Sentence("title", _title(instance, frontier, lang), "head"), *_claim(frontier, lang))
    notices = tuple(Sentence(f"notice_{n}", text("notice", lang, text=clean(t)), "bad") for n, t in enumerate(frontier.notices))
    if not frontier.points:
        return Content(head, (), (*notices, *_next(frontier, saved, lang)))
    view = _View(instance, frontier, lang)
    tables = (view.points_table(), view.rates_table(), view.core_table())
    drawn = view.scatter() if scatter else ()
    return Content(head, tuple(t for t in tables if t.rows), (*drawn, *view.remarks(), *notices, *_next(frontier, saved, lang)))


def _title(instance: Instance, frontier: Frontier, lang: str) -> str:
    header = instance.header
    names = {c.id: short(name_of(c, lang)) for c in instance.criteria}
    chosen = frontier.options.get("criteria", list(names))
    joint = "、" if lang == "ja" else ", "
    model = f"{text('model', lang)} {clean(str(frontier.model.get('id', '')))}"
    frontier_of = said("frontier_of", lang, names=joint.join(names.get(c, c) for c in chosen))
    return " · ".join((name_of(header, lang), f"{header.first_year}-{header.last_year}", model, frontier_of))


def _claim(frontier: Frontier, lang: str) -> Iterator[Sentence]:
    certificate = frontier.certificate
    if certificate is None or not frontier.points:
        key: str = frontier.status if frontier.status in ("infeasible", "interrupted") else "no_plan"
        yield Sentence("status", said(key, lang), "bad")
        return
    epsilon, target = percent_up(certificate.certified), percent_up(certificate.target)
    key = frontier.status if frontier.status in ("certified", "complete") else "weaker"
    yield Sentence("claim", said(key, lang, epsilon=epsilon, target=target), "bad" if key == "weaker" else "good")
    counts, audit = frontier.counts, frontier.audit
    yield Sentence(
        "circumstances",
        said(
            "circumstances", lang, points=len(frontier.points), zones=len(certificate.zones),
            open=sum(z.alpha > certificate.target for z in certificate.zones), mips=counts.get("mips", 0), lps=counts.get("lps", 0),
            seconds=round(frontier.seconds.get("total", 0.0)), checks=f"{audit.checks:,}" if audit else 0, violated=audit.violated if audit else 0,
        ),
    )  # fmt: skip


class _View:
    """The points in the order and units in which they are shown."""

    def __init__(self, instance: Instance, frontier: Frontier, lang: str) -> None:
        self.instance, self.frontier, self.lang = instance, frontier, lang
        certificate = frontier.certificate
        assert certificate is not None
        self.names = certificate.criteria
        self.signs = np.array(certificate.signs, dtype=float)
        self.scale = np.array([float(r) for r in certificate.scale])
        by_id = {c.id: c for c in instance.criteria}
        self.criteria = [by_id[name] for name in self.names]
        self.points: list[FrontierPoint] = sorted(frontier.points, key=lambda p: p.plan.criteria[self.names[0]] * certificate.signs[0])
        sizes = [max(abs(p.plan.criteria[name]) for p in self.points) for name in self.names]
        self.units: list[Unit] = [criterion_unit(instance, c, size, lang) for c, size in zip(self.criteria, sizes, strict=True)]
        self.values: Floats = np.array([[float(p.plan.criteria[n]) for n in self.names] for p in self.points]) * self.signs
        self.knee = knee(self.values)

    def label(self, i: int) -> str:
        """A criterion and its unit."""
        unit = clean(self.units[i].label)
        return short(name_of(self.criteria[i], self.lang)) + (f" [{unit}]" if unit else "")

    def points_table(self) -> Table:
        """One row per point, and the ranges below."""
        lang, grid = self.lang, self.instance.header.grid
        money = [grid * sum(p.amount for c in point.plan.choices for p in c.payments) for point in self.points]
        unit = money_unit(self.instance.header, max(money), lang)
        columns = (
            Column("point", said("point", lang), False),
            *(Column(name, self.label(i)) for i, name in enumerate(self.names)),
            Column("programmes", said("funded", lang)),
            Column("money", said("share", lang)),
        )
        rows = [
            (
                Cell(point.id),
                *(self._value(point.plan.criteria[name], i) for i, name in enumerate(self.names)),
                Cell(str(len(point.plan.choices)), len(point.plan.choices)),
                Cell(unit.text(paid), paid),
            )
            for point, paid in zip(self.points, money, strict=True)
        ]
        spans = [self.frontier.ranges.get(name) for name in self.names]
        ends = [
            (
                Cell(said(key, lang)),
                *(Cell(NONE) if s is None else self._value(getattr(s, key), i) for i, s in enumerate(spans)),
                Cell(NONE),
                Cell(NONE),
            )
            for key in ("best", "worst")
        ]
        title = said("points", lang, name=short(name_of(self.criteria[0], lang)))
        return Table("points", title, columns, (*rows, *ends), 2, MOST_POINTS, (said("share_note", lang, unit=unit.label),))

    def rates_table(self) -> Table:
        """What one unit of one criterion costs in another."""
        lang = self.lang
        columns = (
            Column("gain", said("gain", lang), False),
            Column("cost", said("cost", lang), False),
            *(Column(k, said(k, lang)) for k in ("least", "median", "most")),
        )
        rows = []
        for rate in rates(self.values, self.scale):
            factor = self.units[rate.worse].factor / self.units[rate.better].factor
            figures = [Fraction(repr(v)) * factor for v in (rate.least, rate.median, rate.most)]
            rows.append((Cell(self.label(rate.better)), Cell(self.label(rate.worse)), *(Cell(significant(v, 3), v) for v in figures)))
        return Table("rates", said("rates", lang), columns, tuple(rows))

    def core_table(self) -> Table:
        """Share of the points that fund each programme."""
        lang = self.lang
        count = dict.fromkeys((p.id for p in self.instance.programmes), 0)
        for point in self.points:
            for choice in point.plan.choices:
                count[choice.programme] += 1
        n = len(self.points)
        order = sorted((k for k, v in count.items() if v), key=lambda k: (-count[k], k))
        names = {p.id: name_of(p, lang) for p in self.instance.programmes}
        rows = tuple((Cell(names[k]), Cell(percent(Fraction(count[k], n)), Fraction(count[k], n))) for k in order)
        columns = (Column("programme", text("programme", lang), False), Column("share", said("point", lang) + " %"))
        full, none = sum(v == n for v in count.values()), sum(v == 0 for v in count.values())
        note = said("core_note", lang, all=full, some=len(count) - full - none, none=none)
        return Table("core", said("core", lang), columns, rows, most=MOST_CORE, notes=(note,))

    def scatter(self) -> Iterator[Sentence]:
        """The first two criteria, better to the right and upwards; K marks the knee."""
        x, y = (self._place(self.values[:, i], cells) for i, cells in ((0, WIDTH), (1, HEIGHT)))
        grid = [[" "] * WIDTH for _ in range(HEIGHT)]
        for k in range(len(self.points)):
            grid[HEIGHT - 1 - y[k]][x[k]] = "o"
        if self.knee is not None:
            grid[HEIGHT - 1 - y[self.knee]][x[self.knee]] = "K"
        yield Sentence("scatter", said("scatter", self.lang, y=self.label(1), x=self.label(0)))
        for n, line in enumerate(grid):
            yield Sentence(f"scatter_{n}", "|" + "".join(line).rstrip())
        yield Sentence("scatter_axis", "+" + "-" * WIDTH)

    def remarks(self) -> Iterator[Sentence]:
        """Hypervolume and knee."""
        sizes = self.hypervolumes()
        if sizes is not None:
            value, missing = (Fraction(repr(v)) for v in sizes)
            yield Sentence("hypervolume", said("hypervolume", self.lang, value=percent(value, 1), missing=percent_up(missing)))
        if self.knee is not None:
            yield Sentence("knee", said("knee", self.lang, id=self.points[self.knee].id))

    def hypervolumes(self) -> tuple[float, float] | None:
        """(what the points dominate, most that plans not found can add), as shares of the box from the ideal to the worst values.

        Every plan f has a point n with n - epsilon r <= f: what is dominated by all plans lies within what the shifted points dominate.
        """
        spans = [self.frontier.ranges.get(name) for name in self.names]
        if any(s is None for s in spans) or self.frontier.certificate is None:
            return None
        ideal = np.array([float(s.best) for s in spans if s is not None]) * self.signs
        far = np.array([float(s.worst) for s in spans if s is not None]) * self.signs
        reference = np.maximum(far, self.values.max(axis=0))
        box = float(np.prod((reference - ideal) / self.scale))
        if box <= 0:
            return None
        shifted = np.maximum(self.values - float(self.frontier.certificate.certified) * self.scale, ideal)
        found, most = (hypervolume((v - ideal) / self.scale, (reference - ideal) / self.scale) / box for v in (self.values, shifted))
        return found, max(most - found, 0.0)

    def _value(self, value: Fraction, i: int) -> Cell:
        return Cell(significant(value * self.units[i].factor), value)

    @staticmethod
    def _place(values: Floats, cells: int) -> list[int]:
        wide = float(np.ptp(values))
        return [cells - 1 - round((float(v) - float(values.min())) / wide * (cells - 1)) if wide else 0 for v in values]


def _next(frontier: Frontier, saved: str | None, lang: str) -> Iterator[Sentence]:
    if saved is None:
        return
    yield Sentence("saved", text("saved", lang, path=clean(saved)))
    if frontier.status in ("limit", "interrupted"):
        yield Sentence("resume", said("resume", lang, path=clean(saved)))
    else:
        yield Sentence("next", text("next", lang, path=clean(saved)))
