"""Smallest repairs and amounts short against enumeration: no set of changes of any kinds of rules is cheaper, and none of one rule alone is shorter."""

from __future__ import annotations

from fractions import Fraction

import pytest

from portfolio.explain.conflict import find_conflict
from portfolio.explain.elastic import HARD, WEIGHTS
from portfolio.explain.feasible import Rulebook
from portfolio.explain.named_rules import only
from portfolio.library import load_model
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from tests.conformance import oracle
from tests.support.cheapest_repair import cheapest_repair, rule_of
from tests.support.small_instances import small

SPEC = load_model()
INFEASIBLE = (18, 29, 43, 63, 81, 100)
"""As in test_conflict, of rules that an enumeration without logic still reaches."""
SEEDS = [*INFEASIBLE, *(pytest.param(seed, marks=pytest.mark.fuzz) for seed in range(1000, 2400))]
"""In the long tier every seed is drawn, and those that some plan obeys are skipped."""
COUNTED_BY_MONEY = frozenset(("budget", "ceiling", "floor", "match"))


def drawn(seed: int) -> Instance:
    return parse_instance(small(seed, lambda i: 1 < oracle.count(i, 61) <= 60))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_repair_is_cheaper_and_no_rule_of_a_conflict_gives_less(seed: int) -> None:
    instance = drawn(seed)
    if oracle.minimise(instance, SPEC, {instance.criteria[0].id: 1.0}) is not None:
        assert seed not in INFEASIBLE
        pytest.skip("some plan obeys it")
    book = Rulebook(instance, SPEC)
    conflict = find_conflict(book)
    assert conflict is not None and conflict.repairs, seed
    soft = {k for k, rule in book.by_key.items() if rule.kind not in HARD}
    for repair in conflict.repairs:
        least = cheapest_repair(instance, SPEC, soft - set(repair.without))
        if least is None:
            pytest.skip("too many assignments without rules of logic")
        assert float(repair.cost) == pytest.approx(least, abs=1e-5), (seed, repair)
        assert float(repair.bound) <= least + 1e-5
    assert min(r.cost for r in conflict.repairs) == conflict.repairs[0].cost and not conflict.repairs[0].without
    named = [rule_of(change, book.rules) for change in conflict.rules]
    alone_stand = only(instance, [rule.key for rule in named], book.rules)
    authority = float(sum((q.number for f in alone_stand.funds for q in f.years.values()), Fraction(0))) or 1.0
    for change, rule in zip(conflict.rules, named, strict=True):
        if change.money and change.kind in COUNTED_BY_MONEY:
            least = cheapest_repair(alone_stand, SPEC, [rule.key])
            assert least is not None
            short = least * authority / WEIGHTS[change.kind]
            # Each year's amount is rounded up to what can be written down.
            room = len(instance.years) * float(instance.header.grid) + 1e-4
            assert short - 1e-4 <= float(change.amount) <= short + room, (seed, change, short)
