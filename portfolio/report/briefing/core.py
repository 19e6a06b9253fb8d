"""Which programmes every reported plan funds: the share of plans by programme, sorted (core index of Liesiö, Mild and Salo 2007, doi:10.1016/j.ejor.2006.05.005).

The shares are counts over the frontier's points, not proofs about plans that are not listed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.naming import name_of
from portfolio.report.numbers import NONE, percent
from portfolio.report.palette import STATUS
from portfolio.report.sweep_cells import exact

FIRST = 12
"""Rows of the table on a page."""


@dataclass(frozen=True)
class Shares:
    """taken: programme -> plans that fund it · n: plans."""

    taken: Counter[str]
    n: int
    programmes: tuple[str, ...]

    def status(self, programme: str) -> str:
        """core: in all, never: in none, contested."""
        k = self.taken[programme]
        return "core" if k == self.n else "contested" if k else "never"

    def count(self, status: str) -> int:
        """Programmes of that status."""
        return sum(self.status(p) == status for p in self.programmes)


def shares(material: Material) -> Shares | None:
    """None without a frontier of two plans."""
    frontier = material.frontier
    if frontier is None or len(frontier.points) < 2:
        return None
    taken = Counter(c.programme for p in frontier.points for c in p.plan.choices)
    return Shares(taken, len(frontier.points), tuple(p.id for p in material.instance.programmes))


def core_page(material: Material, lang: str) -> Page | None:
    """How many of the listed plans fund each programme."""
    found = shares(material)
    if found is None:
        return None
    return Page(
        "core",
        say("core_page", lang, core=found.count("core"), n=found.n),
        (core_sentence(found, lang),),
        (strip(material, found, lang),),
        (core_table(material, found, lang),),
        (say("core_note", lang),),
    )


def core_sentence(found: Shares, lang: str) -> Sentence:
    """Counts of the three kinds."""
    return Sentence("core", say("core_line", lang, **{s: found.count(s) for s in ("core", "never", "contested")}))


def strip(material: Material, found: Shares, lang: str) -> Bars:
    """One bar per programme, the surest first."""
    names = {p.id: name_of(p, lang) for p in material.instance.programmes}
    order = sorted(found.programmes, key=lambda p: (-found.taken[p], p))

    def of(status: str) -> tuple[float, ...]:
        return tuple(100.0 * found.taken[p] / found.n if found.status(p) == status else 0.0 for p in order)

    series = tuple(Series(s, say(f"strip_{s}", lang), of(s), STATUS[s]) for s in ("core", "contested"))
    value, across = Axis(say("core_share", lang), "%"), Axis(say("core_axis", lang, n=len(order)))
    return Bars("core", say("core_fig", lang), value, across, tuple(names[p] for p in order), series, named=False)


def core_table(material: Material, found: Shares, lang: str) -> Table:
    """Contested programmes, the most even ones first; with a sweep also the share of its runs."""
    funded = {c.programme for c in material.plan.choices}
    names = {p.id: name_of(p, lang) for p in material.instance.programmes}
    runs = {} if material.sweep is None else {f.programme: exact(f.share) for f in material.sweep.answers.funded}
    contested = sorted(
        (p for p in found.programmes if found.status(p) == "contested"), key=lambda p: (abs(2 * found.taken[p] - found.n), p)
    )
    heads = [Column("programme", say("core_table", lang), False), Column("share", say("core_share", lang))]
    heads += [Column("runs", say("core_runs", lang))] if runs else []
    heads.append(Column("here", say("here", lang), False))
    rows = []
    for p in contested:
        share = Fraction(found.taken[p], found.n)
        cells = [Cell(names[p]), Cell(percent(share), share)]
        if runs:
            cells.append(Cell(percent(runs[p]), runs[p]) if p in runs else Cell(NONE))
        rows.append((*cells, Cell(say("yes" if p in funded else "no", lang))))
    return Table("core", say("core_table", lang), tuple(heads), tuple(rows), most=FIRST)
