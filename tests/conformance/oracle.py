"""Brute force: every assignment of ways, units, curve pieces, payers and tickets, and one LP for what is left.

Written from the texts (design of the formulation, docs/published-rules.md) and the schema; it shares no code with portfolio.formulation.
Logic (who is taken) is decided in Python, money and scale by scipy's LP. Money is counted in shares of the largest cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
from scipy.optimize import linprog

from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

INF = float("inf")
Expression = dict[Any, float]
"""variable -> coefficient; the key 1 holds the constant."""


@dataclass(frozen=True)
class Pick:
    """One way as it is taken.

    stretch: (first, last) breakpoint of the concave stretch · payers: funds that may pay · tickets: (fund, year) that must pay.
    """

    way: Way
    units: int
    stretch: tuple[int, int]
    payers: frozenset[str]
    tickets: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Best:
    """An optimum: value of the weighted aim, minimised criteria, ways taken with their units."""

    value: float
    criteria: tuple[float, ...]
    taken: tuple[tuple[str, str, int], ...]


@dataclass
class Lp:
    """Variables are made when first used; rows are lower <= expression <= upper."""

    bounds: dict[Any, tuple[float, float]] = field(default_factory=dict)
    rows: list[tuple[Expression, float, float]] = field(default_factory=list)

    def var(self, name: Any, lower: float = 0.0, upper: float = INF) -> Any:
        self.bounds.setdefault(name, (lower, upper))
        return name

    def row(self, expression: Expression, lower: float = -INF, upper: float = INF) -> None:
        self.rows.append((expression, lower, upper))

    def minimise(self, cost: Expression) -> tuple[float, dict[Any, float]] | None:
        """(value, solution) or None when infeasible."""
        place = {name: n for n, name in enumerate(self.bounds)}
        above: list[tuple[np.ndarray, float]] = []
        equal: list[tuple[np.ndarray, float]] = []
        for expression, lower, upper in self.rows:
            line, constant = np.zeros(len(place)), expression.get(1, 0.0)
            for name, value in expression.items():
                if name != 1:
                    line[place[name]] += value
            size = float(np.abs(line).max(initial=0.0))
            if size > 0:
                line, constant, lower, upper = line / size, constant / size, lower / size, upper / size
            if not size:
                if not lower - 1e-9 <= constant <= upper + 1e-9:
                    return None
            elif lower == upper:
                equal.append((line, upper - constant))
            else:
                above += [(line, upper - constant)] if upper < INF else []
                above += [(-line, constant - lower)] if lower > -INF else []
        if not place:
            return cost.get(1, 0.0), {}
        c = np.array([cost.get(name, 0.0) for name in place])
        size = max(float(np.abs(c).max()), 1e-12)
        tight = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
        answer = linprog(
            c / size,
            A_ub=np.array([a for a, _ in above]) if above else None,
            b_ub=np.array([b for _, b in above]) if above else None,
            A_eq=np.array([a for a, _ in equal]) if equal else None,
            b_eq=np.array([b for _, b in equal]) if equal else None,
            bounds=list(self.bounds.values()),
            method="highs-ds",
            options=tight,
        )
        if answer.status == 2:
            return None
        assert answer.status == 0, answer.message
        x = dict(zip(place, answer.x, strict=True))
        return sum(v * x[k] for k, v in cost.items() if k != 1) + cost.get(1, 0.0), x


def minimise(instance: Instance, spec: ModelSpec, weights: Mapping[str, float], limits: Mapping[str, float] | None = None) -> Best | None:
    """min sum weights_c f_c with f_c minimised (max criteria count negative), subject to f_c <= limits_c; None when nothing is feasible."""
    best: Best | None = None
    for picks in assignments(instance):
        question = _Question(instance, spec, picks)
        lp, criteria = question.lp()
        for c, most in (limits or {}).items():
            lp.row(criteria[c], upper=most)
        answer = lp.minimise(_sum((criteria[c], w) for c, w in weights.items()))
        if answer is not None and (best is None or answer[0] < best.value):
            x = {**answer[1], 1: 1.0}
            values = tuple(sum(v * x[k] for k, v in criteria[c.id].items()) for c in instance.criteria)
            best = Best(answer[0], values, tuple((p.way.programme, p.way.name, p.units) for p in picks))
    return best


# -- logic -------------------------------------------------------------------------------------------------------------
def assignments(instance: Instance) -> Iterator[tuple[Pick, ...]]:
    """Every choice of ways that the logical rules admit, with every way to pay it that needs a yes or no."""
    by_programme = []
    for p in instance.programmes:
        ways = [(w, n) for w in instance.ways if w.programme == p.id and not p.forbidden for n in range(1, w.units + 1)]
        by_programme.append(ways if p.mandatory else [None, *ways])
    for chosen in product(*by_programme):
        taken = [entry for entry in chosen if entry is not None]
        if _logical(instance, [w for w, _ in taken]):
            yield from product(*(_picks(instance, w, n) for w, n in taken))


def count(instance: Instance, most: int) -> int:
    """Number of assignments, counted up to `most`."""
    return sum(1 for _, _ in zip(range(most), assignments(instance), strict=False))


def _picks(instance: Instance, way: Way, units: int) -> list[Pick]:
    able = frozenset(f.id for f in instance.funds if _open(instance, way, f.id))
    groups = [
        (able if r.kind == "max_funds" else able & set(r.funds), r.max if r.kind == "max_funds" else 1)
        for r in instance.rules
        if r.kind in ("max_funds", "fund_exclusion") and r.select.admits(way)
    ]
    subsets = [frozenset(s) for size in range(len(able) + 1) for s in combinations(sorted(able), size)]
    allowed = [s for s in subsets if all(len(s & funds) <= most for funds, most in groups)]
    payers = [s for s in allowed if not any(s < other for other in allowed)]
    picks = []
    for stretch, funds in product(_stretches(way), payers):
        ticketed = [(f.id, t) for f in instance.funds if f.id in funds and f.ticket_min is not None for t in _open(instance, way, f.id)]
        for size in range(len(ticketed) + 1):
            picks += [Pick(way, units, stretch, funds, frozenset(some)) for some in combinations(ticketed, size)]
    return picks


def _open(instance: Instance, way: Way, fund_id: str) -> list[int]:
    """Years in which the fund may pay the way."""
    fund = next(f for f in instance.funds if f.id == fund_id)
    if not (fund.eligible.admits(way) and (not way.funds or fund_id in way.funds)) or not way.public_cost:
        return []
    return [t for t in way.years if (fund.opens is None or t >= fund.opens) and (fund.sunset is None or t <= fund.sunset)]


def _stretches(way: Way) -> list[tuple[int, int]]:
    """Longest runs of breakpoints on which the curve is concave."""
    slope = [(v1 - v0) / (b1 - b0) for (b0, v0), (b1, v1) in pairwise(way.curve)]
    cuts = [0, *(j for j in range(1, len(slope)) if slope[j] > slope[j - 1]), len(way.curve) - 1]
    return list(pairwise(cuts)) if len(way.curve) > 1 and way.public_cost else [(len(way.curve) - 1,) * 2]


def _is_member(way: Way, member: str) -> bool:
    programme, _, name = (part.strip() for part in member.partition(","))
    return way.programme == programme and name in ("", way.option, way.name)


def _logical(instance: Instance, ways: list[Way]) -> bool:
    def funded(member: str) -> int:
        return int(any(_is_member(w, member) for w in ways))

    def groups(rule: Any) -> int:
        keys = set()
        for w in ways:
            parts = (w.field, w.archetype) if rule.group == "cell" else (getattr(w, rule.group),)
            if rule.select.admits(w) and None not in parts:
                keys.add(parts)
        return len(keys)

    for rule in instance.rules:
        match rule.kind:
            case "requires" if any(funded(rule.if_) > funded(m) for m in rule.of):
                return False
            case "excludes" if sum(map(funded, rule.of)) > 1:
                return False
            case "at_least" if sum(map(funded, rule.of)) < rule.min:
                return False
            case "focus" if groups(rule) > rule.max:
                return False
            case "diversify" if groups(rule) < rule.min:
                return False
            case "persistence" if rule.max_changed is not None:
                before = {(r.programme, r.option) for r in instance.reference}
                now = {(w.programme, w.name) for w in ways}
                if len({p for p, _ in before ^ now}) > rule.max_changed:
                    return False
            case _:
                pass
    return True


# -- one LP ------------------------------------------------------------------------------------------------------------
def _sum(parts: Any) -> Expression:
    total: Expression = {}
    for expression, factor in parts:
        for name, value in expression.items():
            total[name] = total.get(name, 0.0) + factor * value
    return total


@dataclass
class _Question:
    """What is left when an assignment is fixed: payments x, carried money c, scale s, effect e."""

    instance: Instance
    spec: ModelSpec
    picks: tuple[Pick, ...]

    def lp(self) -> tuple[Lp, dict[str, Expression]]:
        self.out = Lp()
        self.unit = float(max([*(w.public_cost for w in self.instance.ways), Fraction(1, 10**9)]))
        self.pay: dict[Any, tuple[Way, str, int]] = {}
        for pick in self.picks:
            self._scale(pick)
            self._payments(pick)
        self._ledgers()
        self._ceilings()
        self._limits()
        criteria = {c.id: self._criterion(c) for c in self.instance.criteria}
        self._floors()
        self._rules(criteria)
        return self.out, criteria

    def money(self, value: Any) -> float:
        return float(getattr(value, "number", value)) / self.unit

    def _scale(self, pick: Pick) -> None:
        """(s, e) in the hull of the stretch, stretched by the units."""
        n, points = pick.units, [(float(b), float(v)) for b, v in pick.way.curve[pick.stretch[0] : pick.stretch[1] + 1]]
        if not pick.way.public_cost:
            points = points[-1:]
        s = self.out.var(("s", pick.way.label), n * points[0][0], n * points[-1][0])
        e = self.out.var(("e", pick.way.label), -INF, INF)
        if len(points) == 1:
            self.out.row({e: 1.0, 1: -n * points[0][1]}, 0.0, 0.0)
            return
        lines = [((v1 - v0) / (b1 - b0), b0, v0) for (b0, v0), (b1, v1) in pairwise(points)]
        for k, b0, v0 in lines:
            self.out.row({e: 1.0, s: -k, 1: -n * (v0 - k * b0)}, upper=0.0)
        k = (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
        self.out.row({e: 1.0, s: -k, 1: -n * (points[0][1] - k * points[0][0])}, lower=0.0)

    def _payments(self, pick: Pick) -> None:
        way, s = pick.way, ("s", pick.way.label)
        if not way.public_cost:
            return
        public = self.money(way.public_cost)
        mine: dict[tuple[str, int], Any] = {}
        for fund in self.instance.funds:
            if fund.id not in pick.payers:
                continue
            for t in _open(self.instance, way, fund.id):
                ticket = (fund.id, t) in pick.tickets
                closed = fund.ticket_min is not None and fund.ticket_min.number > 0 and not ticket
                least = self.money(fund.ticket_min) if ticket and fund.ticket_min is not None else 0.0
                mine[fund.id, t] = self.out.var(("x", way.label, fund.id, t), least, 0.0 if closed else INF)
        self.pay.update({x: (way, k, t) for (k, t), x in mine.items()})
        flexible = way.profile is None and way.payments is None
        weight = {t: float(self.instance.weight(t)) if flexible else 1.0 for t in self.instance.years}
        by_year = {t: {x: 1.0 for (_, u), x in mine.items() if u == t} for t in self.instance.years}
        if flexible:
            self.out.row({**{x: weight[t] for (_, t), x in mine.items()}, s: -public}, 0.0, 0.0)
            if way.ramp is not None and len(way.years) > 1:
                for t in way.years:
                    self.out.row({**by_year[t], s: -float(way.ramp) * public}, upper=0.0)
        elif way.profile is not None:
            for t in self.instance.years:
                self.out.row({**by_year[t], s: -public * float(way.profile.get(t, 0))}, 0.0, 0.0)
        else:
            assert way.payments is not None
            for key in {*way.payments, *mine}:
                line = {mine[key]: 1.0} if key in mine else {}
                self.out.row({**line, s: -self.money(way.payments.get(key, 0))}, 0.0, 0.0)
        for fund in self.instance.funds:
            own = {x: t for (k, t), x in mine.items() if k == fund.id}
            if fund.subsidy_rate is not None:
                most = float(fund.subsidy_rate.number) * self.money(way.cost)
                self.out.row({**{x: weight[t] for x, t in own.items()}, s: -most}, upper=0.0)
            if fund.project_cap is not None:
                self.out.row(dict.fromkeys(own, 1.0), upper=self.money(fund.project_cap))

    def _cash(self, fund: Any, year: int, ways: Any = None) -> Expression:
        """Cash that the fund pays in a year, by its outlay profile."""
        shares = [float(q.number) for q in fund.outlay_profile]
        return {
            x: shares[year - t]
            for x, (w, k, t) in self.pay.items()
            if k == fund.id and 0 <= year - t < len(shares) and (ways is None or ways(w))
        }

    def _committed(self, fund: Any, year: int, ways: Any = None) -> Expression:
        return {x: 1.0 for x, (w, k, t) in self.pay.items() if k == fund.id and t == year and (ways is None or ways(w))}

    def _ledgers(self) -> None:
        years = self.instance.years
        for fund in self.instance.funds:
            before: Expression = {}
            for t in years:
                use = self._cash(fund, t) if fund.basis == "outlay" else self._committed(fund, t)
                most = 0.0 if t == years[-1] else self.money(fund.carry_limit)
                after = {self.out.var(("c", fund.id, t), 0.0, most): 1.0}
                budget = self.money(fund.years[t]) if t in fund.years else 0.0
                self.out.row(_sum([(use, 1.0), (after, 1.0), (before, -1.0)]), upper=budget)
                before = after

    def _ceilings(self) -> None:
        for ceiling in self.instance.ceilings:
            funds = [f for f in self.instance.funds if not ceiling.funds or f.id in ceiling.funds]
            admits = ceiling.select.admits

            def money(t: int, funds: Any = funds, admits: Any = admits, ceiling: Any = ceiling) -> Expression:
                if ceiling.basis == "commitment":
                    return _sum((self._committed(f, t, admits), 1.0) for f in funds)
                legacy = 0.0 if t not in ceiling.years or ceiling.years[t].legacy is None else self.money(ceiling.years[t].legacy)
                if ceiling.basis == "outlay":
                    legacy += sum(self.money(f.legacy_outlay[t]) for f in funds if t in f.legacy_outlay)
                    return _sum([*((self._cash(f, t, admits), 1.0) for f in funds), ({1: legacy}, 1.0)])
                until = [u for u in self.instance.years if u <= t]
                owed = [(self._committed(f, u, admits), 1.0) for f in funds for u in until]
                paid = [(self._cash(f, u, admits), -1.0) for f in funds for u in until]
                return _sum([*owed, *paid, ({1: legacy}, 1.0)])

            for t, band in ceiling.years.items():
                self._between(money(t), band.min, band.max)
            if ceiling.min is not None or ceiling.max is not None:
                first, last = ceiling.first_year or self.instance.years[0], ceiling.last_year or self.instance.years[-1]
                whole = _sum((money(t), 1.0) for t in self.instance.years if first <= t <= last)
                self._between(whole, ceiling.min, ceiling.max)

    def _between(self, expression: Expression, least: Any, most: Any) -> None:
        self.out.row(expression, -INF if least is None else self.money(least), INF if most is None else self.money(most))

    def _limits(self) -> None:
        for capacity in self.instance.capacities:
            for t, amount in capacity.years.items():
                used = {("s", p.way.label): float(p.way.uses.get((capacity.id, t), 0)) for p in self.picks}
                self.out.row(used, upper=float(amount.number))
        for group in self.instance.match_groups:
            private = {("s", p.way.label): self.money((1 - p.way.rate) * p.way.cost) for p in self.picks if group.select.admits(p.way)}
            self.out.row(private, upper=self.money(group.capacity))

    # -- criteria, minimised -------------------------------------------------------------------------------------------
    def _effect(self, name: str, key: str, better: int = 1) -> Expression:
        """sum of value * effect for benefits, value * scale for harms."""
        total: Expression = {}
        for p in self.picks:
            value = float(getattr(p.way, name).get(key, 0))
            if value:
                total[("e" if value * better > 0 else "s", p.way.label)] = value
        return total

    def _criterion(self, criterion: Any) -> Expression:
        better = 1 if criterion.sense == "max" else -1
        if criterion.kind == "contribution":
            value = self._effect("contributes", criterion.id, better)
        elif criterion.kind == "risk":
            value = self._risk(criterion)
        else:
            value = _sum(
                ({self._worth(n): 1.0}, float(n.weight.number))
                for n in self.instance.needs
                if not criterion.needs or n.id in criterion.needs
            )
        extra: list[tuple[Expression, float]] = [(value, 1.0)]
        for rule in self.instance.rules:
            if rule.kind in ("synergy", "dual_use") and criterion.id in rule.bonus:
                earned = all(any(_is_member(p.way, m) for p in self.picks) for m in rule.of)
                extra.append(({1: float(rule.bonus[criterion.id].number)}, float(earned)))
            if rule.kind == "persistence" and rule.price is not None and rule.criterion == criterion.id:
                extra.append((self._moved(), -better * float(rule.price.number) * self.unit))
        return {k: -better * v for k, v in _sum(extra).items()}

    def _moved(self) -> Expression:
        before = {r.programme: self.money(r.money) for r in self.instance.reference}
        total: Expression = {}
        for p in self.instance.programmes:
            money = {x: 1.0 for x, (w, _, _) in self.pay.items() if w.programme == p.id}
            moved = self.out.var(("moved", p.id))
            old = before.get(p.id, 0.0)
            self.out.row(_sum([({moved: 1.0}, 1.0), (money, -1.0)]), lower=-old)
            self.out.row(_sum([({moved: 1.0}, 1.0), (money, 1.0)]), lower=old)
            total[moved] = 1.0
        return total

    def _residual(self, exposure: Any) -> Any:
        name = ("r", exposure.id)
        if name not in self.out.bounds:
            self.out.var(name, float(exposure.floor.number), INF)
            self.out.row(_sum([({name: 1.0}, 1.0), (self._effect("mitigates", exposure.id), 1.0)]), lower=1.0)
        return name

    def _risk(self, criterion: Any) -> Expression:
        names = sorted({n for link in self.instance.ripple for n in (link.from_field, link.to_field)})
        share = np.zeros((len(names), len(names)))
        for link in self.instance.ripple:
            share[names.index(link.from_field), names.index(link.to_field)] += float(link.share.number)
        carried = dict(zip(names, np.linalg.inv(np.eye(len(names)) - share).sum(axis=1), strict=True)) if names else {}
        scenarios = [s for s in self.instance.scenarios if s.probability.number > 0]
        losses = []
        for s in scenarios:
            loss: Expression = {}
            for i in self.instance.exposures:
                if i.id in s.severities and (not criterion.exposures or i.id in criterion.exposures):
                    loss[self._residual(i)] = self.money(i.value) * carried.get(i.field, 1.0) * float(s.severities[i.id].number)
            losses.append((float(s.probability.number), loss))
        measure = criterion.measure or self.spec.risk.measure
        alpha = float(criterion.alpha.number if criterion.alpha is not None else self.spec.risk.alpha)
        theta = float(criterion.blend.number if criterion.blend is not None else self.spec.risk.blend)
        expected = _sum((loss, p) for p, loss in losses)
        if measure == "expected":
            return _sum([(expected, self.unit)])
        if measure == "worst":
            worst = self.out.var(("worst", criterion.id), -INF)
            for _, loss in losses:
                self.out.row(_sum([({worst: 1.0}, 1.0), (loss, -1.0)]), lower=0.0)
            return {worst: self.unit}
        eta = self.out.var(("eta", criterion.id), -INF)
        cvar: Expression = {eta: 1.0}
        for n, (p, loss) in enumerate(losses):
            tail = self.out.var(("tail", criterion.id, n))
            self.out.row(_sum([({tail: 1.0, eta: 1.0}, 1.0), (loss, -1.0)]), lower=0.0)
            cvar[tail] = p / (1 - alpha)
        return _sum([(cvar, self.unit)] if measure == "cvar" else [(expected, theta * self.unit), (cvar, (1 - theta) * self.unit)])

    def _covered(self, need: Any) -> Expression:
        parts = [(self._effect("covers", need.id), 1.0)]
        for j in self.instance.capabilities:
            if need.id in j.covers:
                if ("u", j.id) not in self.out.bounds:
                    self.out.var(("u", j.id), 0.0, 1.0)
                    self.out.row(_sum([({("u", j.id): 1.0}, 1.0), (self._effect("provides", j.id), -1.0)]), upper=0.0)
                parts.append(({("u", j.id): 1.0}, float(j.covers[need.id].number)))
        return {k: v / float(need.target.number) for k, v in _sum(parts).items()}

    def _worth(self, need: Any) -> Any:
        """phi(covered / target) as the lowest of its lines."""
        name = ("phi", need.id)
        if name not in self.out.bounds:
            self.out.var(name, -INF)
            points = [(float(x.number), float(v.number)) for x, v in need.curve or ()] or [(0.0, 0.0), (1.0, 1.0)]
            covered = self._covered(need)
            for (x0, v0), (x1, v1) in pairwise(points):
                k = (v1 - v0) / (x1 - x0)
                self.out.row(_sum([({name: 1.0}, 1.0), (covered, -k)]), upper=v0 - k * x0)
            self.out.row({name: 1.0}, upper=points[-1][1])
        return name

    def _floors(self) -> None:
        for need in self.instance.needs:
            if need.floor is not None:
                self.out.row(self._covered(need), lower=float(need.floor.number))

    def _rules(self, criteria: dict[str, Expression]) -> None:
        for rule in self.instance.rules:
            if rule.kind == "share":
                part = {x: 1.0 for x, (w, _, _) in self.pay.items() if rule.select.admits(w)}
                whole = {x: 1.0 for x, (w, _, _) in self.pay.items() if rule.of.admits(w)}
                if rule.min is not None:
                    self.out.row(_sum([(part, 1.0), (whole, -float(rule.min.number))]), lower=0.0)
                if rule.max is not None:
                    self.out.row(_sum([(part, 1.0), (whole, -float(rule.max.number))]), upper=0.0)
            elif rule.kind == "linear":
                total = _sum((self._term(term), float(term.coef.number)) for term in rule.terms)
                low, high = (None if q is None else float(q.number) for q in (rule.min, rule.max))
                self.out.row(total, -INF if low is None else low, INF if high is None else high)
            elif rule.kind == "criterion_bound":
                sense = next(c.sense for c in self.instance.criteria if c.id == rule.criterion)
                natural = {k: v if sense == "min" else -v for k, v in criteria[rule.criterion].items()}
                low, high = (None if q is None else float(q.number) for q in (rule.min, rule.max))
                self.out.row(natural, -INF if low is None else low, INF if high is None else high)

    def _term(self, term: Any) -> Expression:
        mine = [p for p in self.picks if p.way.programme == term.programme and term.option in (None, p.way.option, p.way.name)]
        if term.on == "taken":
            return {1: float(sum(p.units for p in mine))}
        if term.on == "scale":
            return {("s", p.way.label): 1.0 for p in mine}
        ways = [p.way for p in mine]
        return {x: self.unit for x, (w, k, t) in self.pay.items() if w in ways and term.fund in (None, k) and term.year in (None, t)}
