"""Can a set of named rules be obeyed together? The relaxation is asked first: where it is infeasible, so is everything."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from portfolio.explain.named_rules import AIM, NamedRule, named_rules, only
from portfolio.explain.variants import with_programme
from portfolio.formulation.assemble import assemble
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

Answer = Literal["yes", "no", "open"]


@dataclass
class Rulebook:
    """An instance, the floors of its aim (criterion -> worst natural value), and programmes that are insisted on. seconds: for each question."""

    instance: Instance
    spec: ModelSpec
    floors: Mapping[str, Fraction] = field(default_factory=dict)
    insist: tuple[str, ...] = ()
    seconds: float = float("inf")
    deadline: float = float("inf")
    stop: threading.Event = field(default_factory=threading.Event)
    seed: int = 0

    def __post_init__(self) -> None:
        for name in self.insist:
            self.instance = with_programme(self.instance, name, mandatory=True)
        insisted = {f"programmes.{name}.mandatory" for name in self.insist}
        self.rules: list[NamedRule] = [r for r in named_rules(self.instance, self.floors) if r.key not in insisted]
        self.by_key = {rule.key: rule for rule in self.rules}
        self._known: dict[frozenset[str], Answer] = {}
        self.asked = 0

    def session(self, kept: Collection[str]) -> Session:
        """The instance with only these rules, in a session; floors of the aim are limits, not rows."""
        instance = only(self.instance, kept, self.rules)
        return Session(instance, self.spec, self.seed, assemble(instance, self.spec))

    def limits(self, session: Session, kept: Collection[str]) -> dict[int, float]:
        """Floors of the aim that are kept, minimised."""
        names, signs = session.program.names, session.program.signs
        return {names.index(c): signs[names.index(c)] * float(v) for c, v in self.floors.items() if f"{AIM}.{c}" in kept}

    def obeyed(self, kept: Sequence[str], whole: bool = True) -> Answer:
        """Is there a plan that obeys these rules (whole: with whole decisions, else in the relaxation)?"""
        key = frozenset(kept)
        known = self._known.get(key)
        if known == "no" or (known == "yes" and whole):
            return known
        session = self.session(key)
        limits = self.limits(session, key)
        answer = self._answer(session, limits, relax=True)
        if answer == "yes" and whole:
            answer = self._answer(session, limits, relax=False)
            self._known[key] = answer
        elif answer == "no":
            self._known[key] = answer
        return answer

    def _answer(self, session: Session, limits: dict[int, float], relax: bool) -> Answer:
        self.asked += 1
        left = min(self.seconds, max(self.deadline - time.monotonic(), 0.0))
        if left <= 0 or self.stop.is_set():
            return "open"
        outcome = session.minimise(np.zeros(session.program.q), Ask(seconds=left, relax=relax, stop=self.stop), limits)
        if outcome.verdict == "infeasible":
            return "no"
        return "yes" if outcome.x is not None else "open"
