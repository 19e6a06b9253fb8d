"""The cheapest way for soft rules to give way, by enumeration: every choice of ways, payers and tickets with what it costs in logic, and one LP for the amounts.

Built on tests.conformance.oracle, whose rows get slack columns here; it shares no code with portfolio.explain but the table of weights by kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, count, product
from typing import Any

from portfolio.explain.elastic import WEIGHTS
from portfolio.explain.named_rules import NamedRule
from portfolio.results.explanation import RuleChange
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way
from tests.conformance import oracle

INF = float("inf")
LOGIC = ("requires", "excludes", "at_least", "focus", "diversify", "persistence")
PAYING = ("max_funds", "fund_exclusion")


def cheapest_repair(instance: Instance, spec: ModelSpec, soft: Collection[str], most: int = 2000) -> float | None:
    """Cost of the cheapest repair when the rules with keys `soft` may give way; inf: none; None: more than `most` assignments."""
    listed: list[tuple[float, tuple[oracle.Pick, ...]]] = []
    for entry in _assignments(instance, soft):
        listed.append(entry)
        if len(listed) > most:
            return None
    best = INF
    for cost, picks in sorted(listed, key=lambda entry: entry[0]):
        if cost >= best:
            break
        lp, slack = _Elastic(instance, spec, picks, soft).elastic()
        answer = lp.minimise(slack)
        if answer is not None:
            best = min(best, cost + answer[0])
    return best


def rule_of(change: RuleChange, rules: Iterable[NamedRule]) -> NamedRule:
    """The named rule that a change belongs to: changes speak of one year or field of it."""
    return next(
        r
        for r in rules
        if r.kind == change.kind and r.side in ("", change.side) and (change.place == r.place or change.place.startswith(f"{r.place}."))
    )


# -- logic -------------------------------------------------------------------------------------------------------------
def _assignments(instance: Instance, soft: Collection[str]) -> Iterator[tuple[float, tuple[oracle.Pick, ...]]]:
    """(cost of the rules of logic that it breaks, assignment); none that breaks a rule which must stand."""
    by_programme: list[list[tuple[float, tuple[Way, int] | None]]] = []
    for p in instance.programmes:
        none = _price(f"programmes.{p.id}.mandatory", "mandatory", soft) if p.mandatory else 0.0
        each = _price(f"programmes.{p.id}.forbidden", "forbidden", soft) if p.forbidden else 0.0
        ways = [(each * n, (w, n)) for w in instance.ways if w.programme == p.id for n in range(1, w.units + 1)]
        by_programme.append([entry for entry in [(none, None), *ways] if entry[0] < INF])
    for chosen in product(*by_programme):
        taken = [entry for _, entry in chosen if entry is not None]
        cost = sum(c for c, _ in chosen) + sum(
            excess * _price(f"rules.{r.id}", r.kind, soft)
            for r in instance.rules
            if (excess := _broken(instance, r, [w for w, _ in taken]))
        )
        if cost < INF:
            for picks in product(*(_picks(instance, way, n, soft) for way, n in taken)):
                paying = sum(c for c, _ in picks)
                if paying < INF:
                    yield cost + paying, tuple(p for _, p in picks)


def _price(key: str, kind: str, soft: Collection[str]) -> float:
    return WEIGHTS[kind] if key in soft else INF


def _broken(instance: Instance, rule: Any, ways: list[Way]) -> int:
    """By how much a rule of logic is missed."""

    def funded(member: str) -> int:
        return int(any(oracle._is_member(w, member) for w in ways))

    def groups() -> int:
        keys = [(w.field, w.archetype) if rule.group == "cell" else (getattr(w, rule.group),) for w in ways if rule.select.admits(w)]
        return len({key for key in keys if None not in key})

    match rule.kind:
        case "requires":
            return sum(max(funded(rule.if_) - funded(m), 0) for m in rule.of)
        case "excludes":
            return max(sum(map(funded, rule.of)) - 1, 0)
        case "at_least":
            return max(int(rule.min) - sum(map(funded, rule.of)), 0)
        case "focus":
            return max(groups() - int(rule.max), 0)
        case "diversify":
            return max(int(rule.min) - groups(), 0)
        case "persistence" if rule.max_changed is not None:
            before = {(r.programme, r.option) for r in instance.reference}
            changed = {p for p, _ in before ^ {(w.programme, w.name) for w in ways}}
            return max(len(changed) - int(rule.max_changed), 0)
    return 0


def _picks(instance: Instance, way: Way, units: int, soft: Collection[str]) -> list[tuple[float, oracle.Pick]]:
    """Every set of payers with what it costs, every set of tickets."""
    able = frozenset(f.id for f in instance.funds if oracle._open(instance, way, f.id))
    limits = [
        (
            able if r.kind == "max_funds" else able & set(r.funds),
            r.max if r.kind == "max_funds" else 1,
            _price(f"rules.{r.id}", r.kind, soft),
        )
        for r in instance.rules
        if r.kind in PAYING and r.select.admits(way)
    ]
    subsets = [frozenset(s) for size in range(len(able) + 1) for s in combinations(sorted(able), size)] if limits else [able]
    found = []
    for payers in subsets:
        cost = sum(excess * price for funds, most, price in limits if (excess := max(len(payers & funds) - most, 0)))
        ticketed = [
            (f.id, t) for f in instance.funds if f.id in payers and f.ticket_min is not None for t in oracle._open(instance, way, f.id)
        ]
        for stretch in oracle._stretches(way):
            for size in range(len(ticketed) + 1):
                found += [(cost, oracle.Pick(way, units, stretch, payers, frozenset(some))) for some in combinations(ticketed, size)]
    return found


# -- amounts -----------------------------------------------------------------------------------------------------------
@dataclass
class _Soft(oracle.Lp):
    """Rows made while `price` is set may be missed at that price per unit."""

    def __post_init__(self) -> None:
        self.price: float | None = None
        self.slack: oracle.Expression = {}
        self._serial = count()

    @contextmanager
    def at(self, price: float | None) -> Iterator[None]:
        self.price, before = price, self.price
        try:
            yield
        finally:
            self.price = before

    def row(self, expression: oracle.Expression, lower: float = -INF, upper: float = INF) -> None:
        if self.price is None:
            return super().row(expression, lower, upper)
        for low, high, sign in ((lower, INF, 1.0), (-INF, upper, -1.0)):
            if (low, high) != (-INF, INF):
                missed = self.var(("missed", next(self._serial)))
                self.slack[missed] = self.price
                super().row({**expression, missed: sign}, low, high)
        return None


@dataclass
class _Elastic(oracle._Question):
    """An assignment's LP in which soft rules on amounts may be missed."""

    soft: Collection[str]

    def elastic(self) -> tuple[oracle.Lp, oracle.Expression]:
        authority = sum((q.number for f in self.instance.funds for q in f.years.values()), Fraction(0))
        self.lp()
        self.per_money = self.unit / (float(authority) or 1.0)
        out = self.out = _Soft()
        self.pay = {}
        for pick in self.picks:
            self._scale(pick)
            self._payments(pick)
        whole = self.instance
        for fund in whole.funds:
            self._alone("funds", fund, f"funds.{fund.id}", WEIGHTS["budget"] * self.per_money, super()._ledgers)
        for ceiling in whole.ceilings:
            self._ceiling_sides(ceiling)
        for capacity in whole.capacities:
            self._capacity(capacity)
        for group in whole.match_groups:
            price = WEIGHTS["match"] * self.per_money
            self.instance = whole.model_copy(update={"capacities": ()})
            self._alone("match_groups", group, f"match_groups.{group.id}", price, super()._limits)
        self.instance = whole
        criteria = {c.id: self._criterion(c) for c in whole.criteria}
        for need in whole.needs:
            covered = self._covered(need)
            if need.floor is not None:
                with out.at(WEIGHTS["need"] if f"needs.{need.id}.floor" in self.soft else None):
                    out.row(covered, lower=float(need.floor.number))
        for rule in whole.rules:
            if rule.kind in ("share", "linear", "criterion_bound"):
                price = WEIGHTS[rule.kind] * (self.per_money if rule.kind == "share" else 1 / max(abs(_limit(rule)), 1e-6))
                self._alone("rules", rule, f"rules.{rule.id}", price, lambda: oracle._Question._rules(self, criteria))
        return out, dict(out.slack)

    def _alone(self, collection: str, entry: Any, key: str, price: float, rows: Any) -> None:
        """Rows of one entry, soft or not."""
        whole = self.instance
        self.instance = _with(whole, collection, (entry,))
        with self.out.at(price if key in self.soft else None):  # type: ignore[attr-defined]
            rows()
        self.instance = whole

    def _ceiling_sides(self, ceiling: Any) -> None:
        """The two sides of a ceiling are two rules."""
        for side, other, kind in (("min", "max", "floor"), ("max", "min", "ceiling")):
            bands = {t: type(b).model_construct(**{**dict(b), other: None}) for t, b in ceiling.years.items()}
            half = ceiling.model_copy(update={other: None, "years": bands})
            price = WEIGHTS[kind] * self.per_money
            self._alone("ceilings", half, f"ceilings.{ceiling.id}:{side}", price, super()._ceilings)

    def _capacity(self, capacity: Any) -> None:
        for t, amount in capacity.years.items():
            used = {("s", p.way.label): float(p.way.uses.get((capacity.id, t), 0)) for p in self.picks}
            price = WEIGHTS["capacity"] / max(abs(float(amount.number)), 1e-6)
            with self.out.at(price if f"capacities.{capacity.id}" in self.soft else None):  # type: ignore[attr-defined]
                self.out.row(used, upper=float(amount.number))


def _limit(rule: Any) -> float:
    return float((rule.max if rule.min is None else rule.min).number)


def _with(instance: Instance, collection: str, entries: tuple[Any, ...]) -> Instance:
    """A copy with one collection cut down, its ways as they were."""
    copy = instance.model_copy(update={collection: entries})
    copy.__dict__["ways"] = instance.ways
    return copy
