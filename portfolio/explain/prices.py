"""What one more unit of a limit is worth: the aim solved again with the limit moved up and down, beside the LP dual of the plan with its choices fixed.

    gain(+step) = z(limit) - z(limit + step),   loss(-step) = z(limit - step) - z(limit),   z in [bound, value] on either side: intervals, not guesses.
The dual is the marginal value inside the fixed set of programmes; a MIP has no dual, and a step may change the set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.audit.binding import binding
from portfolio.explain.effort import Effort
from portfolio.explain.moves import way
from portfolio.explain.question import Question, exact
from portfolio.explain.variants import with_parts
from portfolio.results.explanation import Interval, Price
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import plain
from portfolio.solvers.outcome import Ask

STEP = Fraction(1, 20)
"""Step as a share of the limit: large enough to show above a gap of 0.1 %, small enough to be a marginal question."""


@dataclass(frozen=True)
class Limit:
    """One upper limit. place: path · kind: fund, ceiling, capacity, match · rows: (block, key) of its row in the Program."""

    place: str
    kind: str
    id: str
    year: int | None
    limit: Fraction
    money: bool
    block: str
    key: tuple[Any, ...]


def limits(instance: Instance) -> Iterator[Limit]:
    """Every fund and year with money, every ceiling, capacity and group of private money."""
    for fund in instance.funds:
        for year, q in sorted(fund.years.items()):
            if q.number > 0:
                yield Limit(f"funds.{fund.id}.years.{year}", "fund", fund.id, year, q.number, True, "fund_ledger", (fund.id, year))
    for c in instance.ceilings:
        if c.max is not None:
            yield Limit(f"ceilings.{c.id}.max", "ceiling", c.id, None, c.max.number, True, "ceiling_total", (c.id,))
        for year, band in sorted(c.years.items()):
            if band.max is not None:
                yield Limit(f"ceilings.{c.id}.years.{year}.max", "ceiling", c.id, year, band.max.number, True, "ceiling", (c.id, year))
    for capacity in instance.capacities:
        for year, q in sorted(capacity.years.items()):
            place = f"capacities.{capacity.id}.years.{year}"
            yield Limit(place, "capacity", capacity.id, year, q.number, False, "capacity", (capacity.id, year))
    for g in instance.match_groups:
        yield Limit(f"match_groups.{g.id}.capacity", "match", g.id, None, g.capacity.number, True, "match", (g.id,))


def chosen_limits(question: Question, only: Collection[str] = (), everything: bool = False) -> list[Limit]:
    """Those named by id or path; else every one, or those that the reported plan uses up."""
    every = list(limits(question.instance))
    if only:
        return [x for x in every if x.id in only or x.place in only]
    if everything:
        return every
    tight = {(b.kind, b.id): b.years for b in binding(question.instance, question.plan, "en")}
    return [x for x in every if (x.kind, x.id) in tight and (not tight[x.kind, x.id] or x.year in (None, *tight[x.kind, x.id]))]


def price(question: Question, limit: Limit, effort: Effort, duals: dict[tuple[str, tuple[Any, ...]], float]) -> Price:
    """Two solves, and the dual that is known already."""
    grid = question.instance.header.grid
    step = max(grid, round(STEP * limit.limit / grid) * grid) if limit.money else STEP * max(limit.limit, Fraction(1))
    start = question.start(question.plan)
    more = question.changed(moved(question.instance, limit, step)).best(_ask(effort, start))
    gain = Interval(
        low=exact(max(question.bound - more.value, 0.0)) if more.value < float("inf") else None,
        high=exact(max(question.value - more.bound, 0.0)) if more.bound > -float("inf") else None,
    )
    less: Interval | None = None
    if limit.limit - step >= 0:
        fewer = question.changed(moved(question.instance, limit, -step)).best(_ask(effort, None))
        if fewer.outcome.verdict != "infeasible":
            less = Interval(
                low=exact(max(fewer.bound - question.value, 0.0)) if fewer.bound > -float("inf") else None,
                high=exact(max(fewer.value - question.bound, 0.0)) if fewer.value < float("inf") else None,
            )
    used = _used(question, limit)
    reason = ""
    if gain.low == 0:
        reason = "unspent" if used is not None and used + step <= limit.limit else "blocked"
    dual = duals.get((limit.block, limit.key))
    return Price(
        place=limit.place, kind=limit.kind, year=limit.year, limit=limit.limit, used=used, step=step, money=limit.money, more=gain, less=less,
        dual=None if dual is None else exact(dual), reason=reason,
    )  # fmt: skip


def _ask(effort: Effort, start: Any) -> Ask:
    asked = effort.ask()
    return Ask(gap=asked.gap, seconds=asked.seconds, stop=asked.stop, start=start)


def _used(question: Question, limit: Limit) -> Fraction | None:
    """What the reported plan uses of a fund's year: authority of the year without what lapsed."""
    if limit.kind != "fund":
        return None
    line = next((x for x in question.plan.ledger if (x.fund, x.year) == (limit.id, limit.year)), None)
    return None if line is None else question.instance.header.grid * max(line.authority - line.lapsed, 0)


def moved(instance: Instance, limit: Limit, step: Fraction) -> Instance:
    """The instance with one limit raised (lowered)."""
    collection = {"fund": "funds", "ceiling": "ceilings", "capacity": "capacities", "match": "match_groups"}[limit.kind]
    new = plain(limit.limit + step)

    def edited(entry: Any) -> Any:
        if entry.id != limit.id:
            return entry
        if limit.kind == "match":
            return entry.model_copy(update={"capacity": new})
        if limit.year is None:
            return entry.model_copy(update={"max": new})
        held = entry.years[limit.year].model_copy(update={"max": new}) if limit.kind == "ceiling" else new
        return entry.model_copy(update={"years": {**entry.years, limit.year: held}})

    return with_parts(instance, **{collection: tuple(edited(e) for e in getattr(instance, collection))})


def fixed_duals(question: Question, seconds: float = float("inf")) -> dict[tuple[str, tuple[Any, ...]], float]:
    """(block, key) of a limit's row -> gain of the aim per unit [instance unit], with every whole decision of the reported plan fixed."""
    session, program = question.session, question.program
    taken = {(c.programme, way(c)): c.units for c in question.plan.choices}
    with session.taking(taken):
        first = session.minimise(question.weights, Ask(seconds=seconds), question.limits)
        if first.x is None:
            return {}
        whole = np.flatnonzero(program.integer)
        values = np.round(first.x[whole])
        session.solver.bound_columns(list(whole), values, values)
        try:
            last = session.minimise(question.weights, Ask(seconds=seconds, relax=True), question.limits)
        finally:
            session.solver.bound_columns(list(whole), program.col_lower[whole], program.col_upper[whole])
    if last.duals is None:
        return {}
    unit = float(program.money_unit)
    found: dict[tuple[str, tuple[Any, ...]], float] = {}
    for block in program.rows:
        if block.name in ("fund_ledger", "ceiling", "ceiling_total", "capacity", "match"):
            per = 1.0 if block.name == "capacity" else unit
            found |= {(block.name, key): max(-float(last.duals[block.start + n]) / per, 0.0) for n, key in enumerate(block.index)}
    return found
