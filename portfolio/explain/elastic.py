"""Rules that give way: slack columns on the rows of chosen named rules, and what each slack costs.

    minimise  sum over rules of  weight(kind) * sum slack / reference        (elastic programming: Chinneck 2008, doi:10.1007/978-0-387-74932-7)

The Program is assembled with the soft budgets and prohibitions open, because columns derive their bounds from them; the true limits come back as right-hand
sides of elastic rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from portfolio.explain.feasible import Rulebook
from portfolio.explain.named_rules import NamedRule, only
from portfolio.formulation.assemble import assemble
from portfolio.program import Block, Floats, Program
from portfolio.schema.instance import Instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome

_INF = float("inf")
WEIGHTS = {
    "aim_floor": 0.5, "floor": 1.0, "ceiling": 1.0, "capacity": 1.0, "need": 1.0, "criterion_bound": 1.0, "linear": 1.0, "share": 1.0, "match": 1.5, "budget": 2.0,
    "focus": 0.05, "diversify": 0.05, "at_least": 0.05, "excludes": 0.1, "requires": 0.1, "max_funds": 0.05, "fund_exclusion": 0.1, "persistence": 0.02,
    "mandatory": 0.2, "forbidden": 0.2,
}  # fmt: skip
"""Price of a change by kind: shares of a limit (money: of all funds together) at about 1, one rule of logic given up like 5-20 % of it. Judgement: what is easy to
change comes first - an aim's own floor, then limits, then budgets; decisions on single programmes last."""
HARD = frozenset(("project_cap", "ticket_min", "subsidy_rate"))
"""Terms of funds: they are given up whole or not at all, so no amount is asked of them."""
ROWS = {
    "requires": ("requires",), "excludes": ("excludes",), "at_least": ("at_least",), "focus": ("focus",), "diversify": ("diversify",),
    "share": ("share_min", "share_max"), "max_funds": ("max_funds",), "fund_exclusion": ("fund_exclusion",), "linear": ("linear",),
    "criterion_bound": ("criterion_bound",), "persistence": ("persistence",), "capacity": ("capacity",), "match": ("match",),
    "need": ("need_floor",), "ceiling": ("ceiling", "ceiling_total"), "floor": ("ceiling", "ceiling_total"),
}  # fmt: skip
"""Kind -> row blocks whose sides are the rule itself (not its helpers)."""


@dataclass(frozen=True)
class Slack:
    """One elastic side: row and its rule; reference: what a slack of 1 is a share of [row's unit]."""

    rule: NamedRule
    row: int
    key: tuple[object, ...]
    side: str
    reference: float
    column: int = -1


@dataclass(frozen=True)
class Elastic:
    """The Program with slack columns; cost (n,) prices them. instance: the one it was assembled from, soft budgets and prohibitions opened."""

    instance: Instance
    program: Program
    cost: Floats
    slacks: tuple[Slack, ...]

    def solve(self, book: Rulebook, seconds: float, gap: float = 0.0) -> Outcome:
        """The cheapest way to give way."""
        session = Session(self.instance, book.spec, book.seed, self.program)
        return session.solver.minimise(self.cost, Ask(gap=gap, seconds=seconds, stop=book.stop))


def elastic(book: Rulebook, kept: Collection[str], soft: Collection[str]) -> Elastic:
    """Rules `kept`, of which `soft` may give way at a price; all other rules of the book are gone."""
    opened = {k for k in soft if book.by_key[k].kind in ("budget", "forbidden")}
    instance = only(book.instance, set(kept) - opened, book.rules)
    program = assemble(instance, book.spec)
    rows = _Rows(program)
    money = _authority(book.instance) / float(program.money_unit)
    slacks: list[Slack] = []
    for key in kept:
        rule = book.by_key[key]
        if rule.kind == "aim_floor":
            criterion = rule.place.rpartition(".")[2]
            row = rows.criterion(criterion, float(book.floors[criterion]))
            slacks += [Slack(rule, row, (criterion,), "max", max(abs(float(book.floors[criterion])), 1e-6))] if key in soft else []
        elif key in soft:
            slacks += _slacks(book.instance, program, rows, rule, money)
    extended, cost, placed = rows.with_slacks(slacks)
    return Elastic(instance, extended, cost, placed)


def _authority(instance: Instance) -> float:
    return float(sum((q.number for f in instance.funds for q in f.years.values()), Fraction(0))) or 1.0


def _slacks(instance: Instance, program: Program, rows: _Rows, rule: NamedRule, money: float) -> list[Slack]:
    name = rule.place.split(".")[1]
    if rule.kind == "budget":
        fund = next(f for f in instance.funds if f.id == name)
        found = []
        for row, key in rows.of("fund_ledger", 0, name):
            authority = fund.years[key[1]].number if key[1] in fund.years else Fraction(0)
            rows.upper[row] = float(authority / program.money_unit)
            found.append(Slack(rule, row, key, "max", money))
        return found
    if rule.kind == "mandatory":
        return [Slack(rule, row, key, "min", 1.0) for row, key in rows.of("one_way", 0, name)]
    if rule.kind == "forbidden":
        return [Slack(rule, rows.ways(name), (name,), "max", 1.0)]
    found = []
    for block in ROWS[rule.kind]:
        for row, key in rows.of(block, 0, name):
            for side, limit in (("max", rows.upper[row]), ("min", rows.lower[row])):
                if np.isfinite(limit) and rule.side in ("", side):
                    found.append(Slack(rule, row, key, side, _reference(rule.kind, float(limit), money)))
    return found


def _reference(kind: str, limit: float, money: float) -> float:
    if kind in ("ceiling", "floor", "share", "match"):
        return money
    return max(abs(limit), 1e-6) if kind in ("capacity", "linear", "criterion_bound") else 1.0


class _Rows:
    """The Program's rows, to which some are added and whose sides move before it is frozen again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lower, self.upper = program.row_lower.copy(), program.row_upper.copy()
        self.extra: list[tuple[Floats, Floats]] = []

    def of(self, name: str, part: int, value: str) -> list[tuple[int, tuple[object, ...]]]:
        """(row, key) of a block's rows whose key has `value` at `part`."""
        found: list[tuple[int, tuple[object, ...]]] = []
        for block in self.program.rows:
            if block.name == name:
                found += [(block.start + n, key) for n, key in enumerate(block.index) if key[part] == value]
        return found

    def _add(self, columns: Floats, values: Floats, lower: float, upper: float) -> int:
        self.extra.append((columns, values))
        self.lower, self.upper = np.append(self.lower, lower), np.append(self.upper, upper)
        return len(self.lower) - 1

    def ways(self, programme: str) -> int:
        """sum of the programme's units <= 0."""
        take = self.program.block("take")
        columns = [] if take is None else [take.start + n for n, key in enumerate(take.index) if key[0] == programme]
        return self._add(np.array(columns, dtype=float), np.ones(len(columns)), -_INF, 0.0)

    def criterion(self, name: str, worst: float) -> int:
        """criterion no worse than a natural value."""
        q = self.program.names.index(name)
        used = np.flatnonzero(self.program.criteria[q])
        limit = self.program.signs[q] * worst - float(self.program.offsets[q])
        return self._add(used.astype(float), self.program.criteria[q][used], -_INF, limit)

    def with_slacks(self, slacks: list[Slack]) -> tuple[Program, Floats, tuple[Slack, ...]]:
        """The Program with the added rows and one column per slack, and the cost of the slacks."""
        p, n = self.program, self.program.n
        entries: list[list[tuple[int, float]]] = [[] for _ in range(len(self.lower))]
        for k, (columns, values) in enumerate(self.extra):
            entries[p.m + k] = [(int(c), float(v)) for c, v in zip(columns, values, strict=True)]
        most = np.zeros(len(slacks))
        for k, slack in enumerate(slacks):
            entries[slack.row].append((n + k, 1.0 if slack.side == "min" else -1.0))
            most[k] = self._most(slack)
        indptr, indices, data = [0], [], []
        for row in range(len(self.lower)):
            inside = slice(p.indptr[row], p.indptr[row + 1]) if row < p.m else slice(0, 0)
            indices += [p.indices[inside], np.array([c for c, _ in entries[row]], dtype=np.int32)]
            data += [p.data[inside], np.array([v for _, v in entries[row]], dtype=np.float64)]
            indptr.append(indptr[-1] + (inside.stop - inside.start) + len(entries[row]))
        wider = np.hstack([p.criteria, np.zeros((p.q, len(slacks)))])
        program = replace(
            p,
            indptr=np.array(indptr, dtype=np.int32),
            indices=np.concatenate(indices).astype(np.int32) if indices else p.indices,
            data=np.concatenate(data) if data else p.data,
            row_lower=self.lower,
            row_upper=self.upper,
            col_lower=np.append(p.col_lower, np.zeros(len(slacks))),
            col_upper=np.append(p.col_upper, most),
            integer=np.append(p.integer, np.zeros(len(slacks), dtype=bool)),
            criteria=wider,
            columns=(*p.columns, Block("slack", n, [(s.rule.key, *map(str, s.key), s.side) for s in slacks], "how far a rule gives way")),
            exact_form=None,
        )
        cost = np.zeros(n + len(slacks))
        for k, slack in enumerate(slacks):
            cost[n + k] = WEIGHTS.get(slack.rule.kind, 0.1) / slack.reference
        return program, cost, tuple(replace(s, column=n + k) for k, s in enumerate(slacks))

    def _most(self, slack: Slack) -> float:
        """The slack with which the row holds whatever the columns do: a bound that excludes no repair."""
        p, row = self.program, slack.row
        if row < p.m:
            inside = slice(p.indptr[row], p.indptr[row + 1])
            columns, values = p.indices[inside], p.data[inside]
        else:
            columns, values = self.extra[row - p.m][0].astype(int), self.extra[row - p.m][1]
        low, high = values * p.col_lower[columns], values * p.col_upper[columns]
        if slack.side == "max":
            return max(float(np.maximum(low, high).sum() - self.upper[row]), 0.0)
        return max(float(self.lower[row] - np.minimum(low, high).sum()), 0.0)
