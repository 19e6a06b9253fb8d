"""One component at a time, no solver: a plan written by hand, and exactly the rows that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Floats, Program
from portfolio.schema.validate import parse_instance

Raw = dict[str, Any]
IN_MONEY = ("pay", "carry", "moved", "eta", "tail", "worst")
"""Column blocks that count money: the plans below give it in the instance's unit."""


def broken(raw: Raw, plan: Mapping[str, float]) -> set[str]:
    """Labels of the rows that the plan (column label -> value, others 0) violates, in exact arithmetic of hand-sized numbers."""
    program = assemble(parse_instance(raw), load_model())
    place = {program.col_label(j): j for j in range(program.n)}
    x = np.zeros(program.n)
    for label, value in plan.items():
        x[place[label]] = value / float(program.money_unit) if label.split("[")[0] in IN_MONEY else value
    _add_up(program, x)
    activity = np.add.reduceat(np.append(program.data * x[program.indices], 0.0), np.minimum(program.indptr[:-1], len(program.data)))
    activity[np.diff(program.indptr) == 0] = 0.0
    wrong = (activity < program.row_lower - 1e-9) | (activity > program.row_upper + 1e-9)
    return {program.row_label(i) for i in np.flatnonzero(wrong)}


def _add_up(program: Program, x: Floats) -> None:
    """Fill in the sum columns (what a fund commits in a year, what a way is paid), which a plan by hand leaves out."""
    for name, definition in (("use", "fund_use"), ("spend", "spend_sum")):
        columns, rows = program.block(name), next((b for b in program.rows if b.name == definition), None)
        if columns is None or rows is None:
            continue
        for n in range(columns.size):
            inside = slice(program.indptr[rows.start + n], program.indptr[rows.start + n + 1])
            x[columns.start + n] = 0.0
            x[columns.start + n] = program.data[inside] @ x[program.indices[inside]]


def free(name: str, **terms: Any) -> Raw:
    """A programme that costs nothing: only the logic matters."""
    return {"id": name, "cost": 0, **terms}


def instance(programmes: list[Raw], **parts: Any) -> Raw:
    """Two years, one fund of 10 a year, one criterion."""
    return {
        "header": {"id": "table", "first_year": 2026, "last_year": 2027, "grid": "0.1", **parts.pop("header", {})},
        "fields": [{"id": "f"}, {"id": "g"}],
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", "years": {"2026": 10, "2027": 10}}],
        "programmes": programmes,
        **parts,
    }


def check(raw: Raw, table: list[tuple[Mapping[str, float], set[str]]]) -> None:
    for plan, expected in table:
        assert broken(raw, plan) == expected, plan


def taken(*names: str) -> dict[str, float]:
    return {f"take[{name},base]": 1.0 for name in names}


A = {"take[a,base]": 1.0}
TWO_FUNDS = [{"id": "k", "years": {"2026": 10, "2027": 10}}, {"id": "l", "years": {"2026": 10, "2027": 10}}]


# -- choice and curve --------------------------------------------------------------------------------------------------
def test_choice_one_way_at_most_and_one_when_mandatory() -> None:
    options = [{"id": "low"}, {"id": "high"}]
    both = {"take[a,low]": 1.0, "take[a,high]": 1.0}
    check(instance([free("a", options=options)]), [({}, set()), ({"take[a,low]": 1.0}, set()), (both, {"one_way[a]"})])
    check(instance([free("a", mandatory=True)]), [({}, {"one_way[a]"}), (A, set())])


def test_choice_units_and_their_flag_go_together() -> None:
    raw = instance([free("a", units=3)])
    check(
        raw,
        [
            ({"take[a,base]": 3, "chosen[a,base]": 1}, set()),
            ({"take[a,base]": 3}, {"chosen_upper[a,base]"}),
            ({"chosen[a,base]": 1}, {"chosen_lower[a,base]"}),
        ],
    )


def test_curve_weights_add_up_to_the_units_taken() -> None:
    raw = instance([{"id": "a", "cost": 4, "curve": [["0.5", "0.6"], [1, 1]]}])
    at_half = {"position[a,base,1]": 1.0, "pay[a,base,k,2026]": 2.0}
    check(raw, [(A | at_half, set()), (at_half, {"on_curve[a,base]"}), (A, {"on_curve[a,base]"})])


def test_curve_that_is_not_concave_needs_one_piece() -> None:
    raw = instance([{"id": "a", "cost": 4, "curve": [["0.25", "0.1"], ["0.5", "0.2"], [1, 1]]}])
    paid = {"pay[a,base,k,2026]": 3.0}
    # Scale 0.75 lies on the second piece, halfway between 0.5 and 1.
    second = {"piece[a,base,2]": 1.0, "position[a,base,3]": 0.5, "position[a,base,4]": 0.5}
    check(raw, [(A | paid | second, set()), (A | paid | second | {"piece[a,base,1]": 1.0}, {"one_piece[a,base]", "on_curve[a,base]"})])
    # A mixture of the ends would earn more than the curve: no single piece admits it.
    mixed = {"piece[a,base,1]": 1.0, "position[a,base,1]": 1 / 3, "position[a,base,4]": 2 / 3}
    check(raw, [(A | paid | mixed, {"on_curve[a,base]", "on_curve[a,base,2]"})])


# -- money -------------------------------------------------------------------------------------------------------------
def test_demand_counts_later_money_at_its_value_of_the_base_year() -> None:
    raw = instance([{"id": "a", "cost": 4}], header={"discount_rate": "0.25"})
    check(
        raw,
        [
            (A | {"pay[a,base,k,2026]": 4.0}, set()),
            (A | {"pay[a,base,k,2027]": 5.0}, set()),
            (A | {"pay[a,base,k,2027]": 4.0}, {"demand[a,base]"}),
            ({"pay[a,base,k,2026]": 1.0}, {"demand[a,base]"}),
        ],
    )


def test_profile_prescribes_each_year() -> None:
    raw = instance([{"id": "a", "cost": 4, "profile": {"2026": "0.25", "2027": "0.75"}}])
    right = A | {"pay[a,base,k,2026]": 1.0, "pay[a,base,k,2027]": 3.0}
    wrong = A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,k,2027]": 2.0}
    check(raw, [(right, set()), (wrong, {"profile[a,base,2026]", "profile[a,base,2027]"})])


def test_payments_prescribe_fund_and_year() -> None:
    raw = instance([{"id": "a", "payments": {"k": {"2026": 1}, "l": {"2027": 2}}}], funds=TWO_FUNDS)
    right = A | {"pay[a,base,k,2026]": 1.0, "pay[a,base,l,2027]": 2.0}
    check(raw, [(right, set()), (right | {"pay[a,base,l,2027]": 1.0}, {"payment[a,base,l,2027]"})])


def test_ramp_limits_the_share_of_a_year() -> None:
    raw = instance([{"id": "a", "cost": 4, "ramp": "0.5"}])
    check(
        raw,
        [
            (A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,k,2027]": 2.0}, set()),
            (A | {"pay[a,base,k,2026]": 3.0, "pay[a,base,k,2027]": 1.0}, {"ramp[a,base,2026]"}),
        ],
    )


def test_fund_rate_is_a_share_of_the_total_cost() -> None:
    raw = instance([{"id": "a", "cost": 4}], funds=[TWO_FUNDS[0] | {"subsidy_rate": "0.5"}, TWO_FUNDS[1]])
    check(
        raw,
        [
            (A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,l,2026]": 2.0}, set()),
            (A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,k,2027]": 1.0, "pay[a,base,l,2026]": 1.0}, {"fund_rate[a,base,k]"}),
        ],
    )


def test_fund_ledger_holds_each_year_with_what_was_carried() -> None:
    raw = instance([{"id": "a", "cost": 14}], funds=[{"id": "k", "years": {"2026": 10, "2027": 10}, "carry_limit": 5}])
    late = A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,k,2027]": 12.0}
    check(
        raw,
        [
            (A | {"pay[a,base,k,2026]": 10.0, "pay[a,base,k,2027]": 4.0}, set()),
            (late, {"fund_ledger[k,2027]"}),
            (late | {"carry[k,2026]": 2.0}, set()),
            (A | {"pay[a,base,k,2026]": 8.0, "pay[a,base,k,2027]": 6.0, "carry[k,2026]": 3.0}, {"fund_ledger[k,2026]"}),
        ],
    )


def test_fund_ledger_on_outlay_basis_counts_cash() -> None:
    fund = {"id": "k", "basis": "outlay", "years": {"2026": 2, "2027": 6}, "outlay_profile": ["0.5", "0.5"]}
    raw = instance([{"id": "a", "cost": 6}], funds=[fund])
    # 4 committed in 2026 is 2 in cash that year and 2 the next; 2 committed in 2027 adds 1.
    check(
        raw,
        [(A | {"pay[a,base,k,2026]": 4.0, "pay[a,base,k,2027]": 2.0}, set()), (A | {"pay[a,base,k,2026]": 6.0}, {"fund_ledger[k,2026]"})],
    )


def test_fund_terms_cap_payers_exclusion_ticket() -> None:
    split = A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,l,2026]": 2.0}
    cap = instance([{"id": "a", "cost": 4}], funds=[TWO_FUNDS[0] | {"project_cap": 3}, TWO_FUNDS[1]])
    check(cap, [(split, set()), (A | {"pay[a,base,k,2026]": 2.0, "pay[a,base,k,2027]": 2.0}, {"project_cap[a,base,k]"})])
    flags = {"pays[a,base,k]": 1.0, "pays[a,base,l]": 1.0}
    for kind, rule in (("max_funds", {"max": 1}), ("fund_exclusion", {"funds": ["k", "l"]})):
        raw = instance([{"id": "a", "cost": 4}], funds=TWO_FUNDS, rules=[{"id": "r", "kind": kind, **rule}])
        alone = A | {"pay[a,base,k,2026]": 4.0, "pays[a,base,k]": 1.0}
        check(raw, [(alone, set()), (split | flags, {f"{kind}[r,a,base]"}), (split, {"pays_if[a,base,k]", "pays_if[a,base,l]"})])
    ticket = instance([{"id": "a", "cost": 4}], funds=[TWO_FUNDS[0] | {"ticket_min": 3}, TWO_FUNDS[1]])
    flag = {"ticket[a,base,k,2026]": 1.0}
    check(
        ticket,
        [
            (A | {"pay[a,base,k,2026]": 4.0} | flag, set()),
            (split, {"ticket_upper[a,base,k,2026]"}),
            (split | flag, {"ticket_lower[a,base,k,2026]"}),
        ],
    )


def test_ceilings_on_commitments_cash_and_burden() -> None:
    fund = {"id": "k", "years": {"2026": 10, "2027": 10}, "outlay_profile": ["0.5", "0.5"], "legacy_outlay": {"2026": 1}}
    ceilings = [
        {"id": "total", "select": {"tags": ["x"]}, "max": 6},
        {"id": "year", "years": {"2026": {"min": 2, "max": 5}}},
        {"id": "cash", "basis": "outlay", "years": {"2026": {"max": 4, "legacy": 1}}},
        {"id": "later", "basis": "burden", "years": {"2027": {"max": 2}}},
    ]
    raw = instance([{"id": "a", "cost": 6, "tags": ["x"]}, {"id": "b", "cost": 2}], funds=[fund], ceilings=ceilings)
    both = taken("a", "b")
    good = both | {"pay[a,base,k,2026]": 4.0, "pay[a,base,k,2027]": 2.0, "pay[b,base,k,2027]": 2.0}
    check(
        raw,
        [
            (good, set()),
            ({}, {"ceiling[year,2026]"}),
            # 5.5 in 2026: above 5, cash 2.75 + 2 legacy above 4.
            (
                both | {"pay[a,base,k,2026]": 5.5, "pay[a,base,k,2027]": 0.5, "pay[b,base,k,2027]": 2.0},
                {"ceiling[year,2026]", "ceiling[cash,2026]"},
            ),
            # 5 in 2027: half of it is still to be paid at the end of the year.
            (both | {"pay[a,base,k,2026]": 3.0, "pay[a,base,k,2027]": 3.0, "pay[b,base,k,2027]": 2.0}, {"ceiling[later,2027]"}),
        ],
    )
    more = instance([{"id": "a", "cost": 8, "tags": ["x"]}], ceilings=ceilings[:1])
    check(more, [(A | {"pay[a,base,k,2026]": 8.0}, {"ceiling_total[total]"})])


def test_limits_capacity_and_private_match() -> None:
    raw = instance(
        [{"id": "a", "cost": 4, "subsidy_rate": "0.5", "curve": [[0, 0], [1, 1]], "uses": {"eng": 3}}],
        capacities=[{"id": "eng", "years": {"2026": 2}}],
        match_groups=[{"id": "m", "capacity": "1.5"}],
    )

    def at(scale: float) -> dict[str, float]:
        return A | {"position[a,base,1]": 1 - scale, "position[a,base,2]": scale, "pay[a,base,k,2026]": 2 * scale}

    check(raw, [(at(0.6), set()), (at(0.7), {"capacity[eng,2026]"}), (at(0.8), {"capacity[eng,2026]", "match[m]"})])


# -- risk and public goods ---------------------------------------------------------------------------------------------
RISK: Raw = {
    "exposures": [{"id": "e", "value": 10, "floor": "0.2"}],
    "scenarios": [{"id": "calm", "probability": "0.5"}, {"id": "cut", "probability": "0.5", "severities": {"e": "0.5"}}],
}


def test_risk_residual_and_tail() -> None:
    raw = instance([free("a", mitigates={"e": "0.6"})], **RISK, criteria=[{"id": "risk", "kind": "risk", "alpha": "0.5"}])
    alone, helped = {"residual[e]": 1.0, "eta[risk]": 5.0}, {"residual[e]": 0.4, "eta[risk]": 2.0}
    check(
        raw,
        [
            (alone, set()),
            (A | helped, set()),
            (helped, {"residual_link[e]"}),
            (alone | {"eta[risk]": 4.0}, {"tail_link[risk,cut]"}),
            (alone | {"eta[risk]": 4.0, "tail[risk,cut]": 1.0}, set()),
        ],
    )


def test_risk_worst_case_is_above_every_loss() -> None:
    raw = instance([free("a")], **RISK, criteria=[{"id": "risk", "kind": "risk", "measure": "worst"}])
    check(raw, [({"residual[e]": 1.0, "worst[risk]": 5.0}, set()), ({"residual[e]": 1.0, "worst[risk]": 4.0}, {"worst_link[risk,cut]"})])


def test_coverage_segments_floor_and_shared_capability() -> None:
    raw = instance(
        [free("a", covers={"n": 2}, provides={"cap": "0.5"})],
        criteria=[{"id": "public", "kind": "coverage"}],
        needs=[{"id": "n", "target": 10, "floor": "0.2", "curve": [[0, 0], ["0.5", "0.8"], [1, 1]]}],
        capabilities=[{"id": "cap", "covers": {"n": 6}}],
    )
    # 2 of 10, and 3 more when half of the capability is there: 0.5 of the target is the whole first segment.
    check(
        raw,
        [
            ({}, {"need_floor[n]"}),
            (A | {"segment[n,1]": 0.4}, set()),
            (A | {"segment[n,1]": 0.5}, {"need[n]"}),
            (A | {"capability[cap]": 0.5, "segment[n,1]": 1.0}, set()),
            (A | {"capability[cap]": 0.6}, {"capability_link[cap]"}),
        ],
    )


# -- rules -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "good", "bad", "label"),
    [
        ({"kind": "requires", "if": "a", "of": ["b"]}, [(), ("b",), ("a", "b")], [("a",)], "requires[r,b]"),
        ({"kind": "excludes", "of": ["a", "b"]}, [(), ("a",), ("b",)], [("a", "b")], "excludes[r]"),
        ({"kind": "at_least", "of": ["a", "b"]}, [("a",), ("a", "b")], [(), ("c",)], "at_least[r]"),
        ({"kind": "focus", "max": 2}, [(), ("a", "b")], [("a", "b", "c")], "focus[r]"),
        ({"kind": "focus", "max": 0, "select": {"fields": ["g"]}}, [("a",)], [("a", "c")], "focus[r]"),
        ({"kind": "diversify", "min": 2}, [("a", "b")], [(), ("a",)], "diversify[r]"),
        ({"kind": "persistence", "max_changed": 1}, [("a",), (), ("a", "b")], [("b",), ("a", "b", "c")], "persistence[r]"),
    ],
)
def test_rules_on_who_is_funded(rule: Raw, good: list[tuple[str, ...]], bad: list[tuple[str, ...]], label: str) -> None:
    programmes = [free("a", field="f"), free("b", field="f"), free("c", field="g")]
    raw = instance(programmes, rules=[{"id": "r", **rule}], reference=[{"programme": "a", "option": "base"}])
    check(raw, [*((taken(*names), set()) for names in good), *((taken(*names), {label}) for names in bad)])


def test_synergy_is_earned_by_all_and_a_harm_cannot_be_left_out() -> None:
    two = [free("a"), free("b")]
    z = {"synergy[r]": 1.0}
    gain = instance(two, rules=[{"id": "r", "kind": "synergy", "of": ["a", "b"], "bonus": {"growth": 1}}])
    check(gain, [(taken("a", "b") | z, set()), (taken("a", "b"), set()), (taken("a") | z, {"synergy_upper[r,b]"})])
    harm = instance(two, rules=[{"id": "r", "kind": "synergy", "of": ["a", "b"], "bonus": {"growth": -1}}])
    check(harm, [(taken("a", "b") | z, set()), (taken("a", "b"), {"synergy_lower[r]"}), (taken("a"), set())])


def test_focus_and_diversify_count_fields_through_their_flags() -> None:
    programmes = [free("a", field="f"), free("b", field="f"), free("c", field="g")]
    f, g = {"open[r,f]": 1.0}, {"open[r,g]": 1.0}
    focus = instance(programmes, rules=[{"id": "r", "kind": "focus", "group": "field", "max": 1}])
    check(
        focus,
        [(taken("a", "b") | f, set()), (taken("a", "b"), {"open_if[r,f,0]", "open_if[r,f,1]"}), (taken("a", "c") | f | g, {"focus[r]"})],
    )
    spread = instance(programmes, rules=[{"id": "r", "kind": "diversify", "group": "field", "min": 2}])
    check(spread, [(taken("a", "c") | f | g, set()), (taken("a") | f | g, {"open_only_if[r,g]"}), (taken("a") | f, {"diversify[r]"})])


def test_shares_of_committed_money() -> None:
    programmes = [{"id": "a", "cost": 4, "field": "f"}, {"id": "b", "cost": 2, "field": "g"}]
    rule = {"id": "r", "kind": "share", "select": {"fields": ["g"]}, "min": "0.2", "max": "0.5"}
    raw = instance(programmes, rules=[rule])
    a, b = {"pay[a,base,k,2026]": 4.0}, {"pay[b,base,k,2026]": 2.0}
    check(
        raw,
        [
            ({}, set()),
            (taken("a", "b") | a | b, set()),
            (taken("a") | a, {"share_min[r]"}),
            (taken("b") | b, {"share_max[r]"}),
        ],
    )


def test_linear_terms_criterion_bounds_and_moved_money() -> None:
    terms = [{"programme": "a", "on": "money", "fund": "k", "coef": "0.5"}, {"programme": "b", "coef": 1}]
    programmes = [{"id": "a", "cost": 4, "effects": {"growth": 3}}, free("b", effects={"growth": 1})]
    raw = instance(programmes, rules=[{"id": "r", "kind": "linear", "terms": terms, "max": 2}])
    paid = {"pay[a,base,k,2026]": 4.0}
    check(raw, [(taken("b"), set()), (taken("a") | paid, set()), (taken("a", "b") | paid, {"linear[r]"})])
    bound = instance(programmes, rules=[{"id": "r", "kind": "criterion_bound", "criterion": "growth", "min": 3}])
    check(bound, [(taken("b"), {"criterion_bound[r,growth]"}), (taken("a") | paid, set())])
    price = {"id": "r", "kind": "persistence", "price": 1, "criterion": "growth"}
    moved = instance(programmes, rules=[price], reference=[{"programme": "a", "option": "base", "money": 3}])
    check(
        moved,
        [
            (taken("a") | paid | {"moved[r,a]": 1.0}, set()),
            (taken("a") | paid, {"moved_up[r,a]"}),
            ({"moved[r,a]": 3.0}, set()),
            ({}, {"moved_down[r,a]"}),
        ],
    )
