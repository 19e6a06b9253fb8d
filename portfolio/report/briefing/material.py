"""What a briefing is made from, read once: the chosen plan and what came out of the other verbs about the same instance.

The chosen plan is the result's. Without a result it is a point of the frontier: the one asked for, else the knee, and the briefing says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from portfolio.audit.outcome import Outcome, outcome
from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.errors import UsageError
from portfolio.report.blocks import Content
from portfolio.report.briefing.shape import knee
from portfolio.report.content import criterion_unit
from portfolio.report.effects import Effects
from portfolio.report.numbers import Unit, money_unit
from portfolio.report.reach import Judgement, judgements
from portfolio.report.sweep_content import sweep_content
from portfolio.results import Explanation, Frontier, Plan, Result
from portfolio.results.sweep import Sweep
from portfolio.schema.aim import Aim
from portfolio.schema.criterion import Criterion
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance

ZERO = Fraction(0)


@dataclass(frozen=True)
class Material:
    """result: built from the frontier's point `point` when `from_frontier`, of a sweep's instance without a plan when `from_sweep`

    sweep, explanation: records of those verbs.
    """

    result: Result
    frontier: Frontier | None = None
    sweep: Sweep | None = None
    explanation: Explanation | None = None
    point: str | None = None
    from_frontier: bool = False
    from_sweep: bool = False

    @cached_property
    def instance(self) -> Instance:
        return parse_instance(self.result.instance)

    @cached_property
    def model(self) -> ModelSpec:
        return ModelSpec.model_validate(self.result.model)

    @property
    def solved(self) -> bool:
        """Is there a plan? Most of what follows needs one."""
        return self.result.plan is not None

    @cached_property
    def plan(self) -> Plan:
        assert self.result.plan is not None
        return self.result.plan

    @cached_property
    def effects(self) -> Effects:
        return Effects(self.instance)

    @cached_property
    def aim(self) -> Aim:
        found: Aim = TypeAdapter(Aim).validate_python(self.result.aim)
        return found

    @cached_property
    def amounts(self) -> dict[str, Fraction]:
        """Programme -> committed money (instance unit)."""
        grid = self.instance.header.grid
        return {c.programme: grid * sum(p.amount for p in c.payments) for c in self.plan.choices}

    @cached_property
    def total(self) -> Fraction:
        return sum(self.amounts.values(), ZERO)

    @cached_property
    def judged(self) -> list[Judgement]:
        """Judgements, widest reach first."""
        return judgements(self.instance)

    @cached_property
    def _swept(self) -> dict[str, Content]:
        return {}

    def swept(self, lang: str) -> Content:
        """What the sweep's own report says; made once per language."""
        if self.sweep is None:
            return Content()
        if lang not in self._swept:
            self._swept[lang] = sweep_content(self.sweep, lang)
        return self._swept[lang]

    @cached_property
    def nothing(self) -> Outcome:
        """What the criteria, losses and coverage are when nothing is funded."""
        return outcome(Selection(self.instance, ()), self.model, Tally())

    def unit(self, lang: str) -> Unit:
        """Unit of money for the plan's size."""
        return money_unit(self.instance.header, self.total, lang)

    def units(self, lang: str) -> dict[str, Unit]:
        """Criterion -> its printed unit."""
        return {c.id: criterion_unit(self.instance, c, self._size(c), lang) for c in self.instance.criteria}

    def _size(self, criterion: Criterion) -> Fraction:
        span = self.result.ranges.get(criterion.id)
        return max(abs(self.plan.criteria[criterion.id]), abs(span.best) if span is not None else ZERO)


def material(
    result: Result | None,
    frontier: Frontier | None = None,
    sweep: Sweep | None = None,
    explanation: Explanation | None = None,
    point: str | None = None,
) -> Material:
    """Check that everything is about one instance, and the explanation about the result. Raises UsageError."""
    hashes = {name: r.instance_hash for name, r in _named(result, frontier, sweep, explanation).items()}
    if len(set(hashes.values())) > 1:
        pairs = ", ".join(f"{name} {value[:12]}" for name, value in hashes.items())
        raise UsageError(f"these files are about different instances: {pairs}", f"異なるインスタンスのファイルです: {pairs}")
    if explanation is not None and (result is None or point is not None):
        raise UsageError(
            "an explanation is about the plan of its result: name that result, without --point",
            "説明はその結果の計画についてのものです。--point なしで、その結果を指定してください",
        )
    if point is not None:
        chosen = _point_result(_needs_frontier(frontier), point)
        return Material(chosen, frontier, sweep, explanation, point, True)
    if result is not None:
        same = None if result.plan is None else _same_point(result.plan, frontier)
        return Material(result, frontier, sweep, explanation, same)
    if frontier is None and sweep is not None:
        return Material(_sweep_result(sweep), None, sweep, from_sweep=True)
    found = _needs_frontier(frontier)
    if not found.points:
        raise UsageError(f"the frontier holds no plan (status {found.status})", f"フロンティアに計画がありません（状態 {found.status}）")
    at = knee(found)
    return Material(_point_result(found, at), frontier, sweep, explanation, at, True)


def _named(*records: Any) -> Mapping[str, Any]:
    return {r.format.removeprefix("portfolio-"): r for r in records if r is not None}


def _needs_frontier(frontier: Frontier | None) -> Frontier:
    if frontier is None:
        raise UsageError(
            "a result, a frontier with plans or a sweep is needed", "結果、計画を含むフロンティア、感度分析のいずれかが必要です"
        )
    return frontier


def _point_result(frontier: Frontier, point: str) -> Result:
    """The frontier's point in the shape of a result; it claims nothing but what the frontier's certificate says."""
    plan = next((p.plan for p in frontier.points if p.id == point), None)
    if plan is None:
        ids = ", ".join(p.id for p in frontier.points[:12])
        raise UsageError(f"the frontier has no plan {point} (it has {ids} ...)", f"フロンティアに計画 {point} はありません（{ids} など）")
    kept = ("instance_hash", "model_hash", "instance", "model", "ranges", "options", "versions", "audit", "notices", "seconds")
    return Result(status="limit", aim={"kind": "weighted"}, plan=plan, **{name: getattr(frontier, name) for name in kept})


def _sweep_result(sweep: Sweep) -> Result:
    """What a sweep knows of its instance in the shape of a result; it has no published plan."""
    kept = ("instance_hash", "model_hash", "instance", "model", "aim", "ranges", "options", "versions")
    return Result(status="limit", **{name: getattr(sweep, name) for name in kept})


def _same_point(plan: Plan, frontier: Frontier | None) -> str | None:
    """Id of the frontier's point that is this plan."""
    if frontier is None:
        return None
    return next((p.id for p in frontier.points if p.plan.choices == plan.choices), None)
