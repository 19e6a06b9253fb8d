"""What a solve hands on: the plan on the publication grid, its ledgers, its claims. All that a report or an audit may know.

Money is an integer number of grid units; every other number is exact (a decimal or "p/q" string in files). Criteria stand in their natural
sense. A result embeds the canonical instance and model, so that audit, explain and report need nothing else.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from portfolio.schema.exact import Exact
from portfolio.schema.record import Record

RESULT_VERSION = 1
Status = Literal["proven", "limit", "interrupted", "infeasible", "no_plan"]


class Payment(Record):
    """`amount` grid units committed by `fund` in `year`."""

    fund: str
    year: int
    amount: int


class Choice(Record):
    """A funded programme: the way taken, units, scale and what it is paid.

    scale: s_o in [0, units], derived from the published amounts · effect: e_o = units * v(scale / units), on the curve itself
    private: (1 - rho) C s in the instance's money unit.
    """

    programme: str
    option: str
    start: int | None = None
    units: int = 1
    scale: Exact
    effect: Exact
    private: Exact
    payments: tuple[Payment, ...] = ()


class LedgerLine(Record):
    """committed + carried_out + lapsed = authority + carried_in (grid units; on outlay basis `outlay` stands for `committed`).

    authority: B_kt rounded down to the grid · outlay: cash paid in the year from this plan's commitments, cumulative rounding.
    """

    fund: str
    year: int
    authority: int
    carried_in: int
    committed: int
    outlay: int
    carried_out: int
    lapsed: int


class Plan(Record):
    """One published plan.

    criteria: id -> value in natural sense · residuals: exposure -> r_i · losses: scenario -> money · coverage: need -> covered / target
    synergies: ids of synergies and dual-use pairs earned · later: fund -> grid units still to be paid after the horizon.
    """

    choices: tuple[Choice, ...]
    ledger: tuple[LedgerLine, ...]
    later: dict[str, int] = {}
    criteria: dict[str, Exact]
    residuals: dict[str, Exact] = {}
    losses: dict[str, Exact] = {}
    coverage: dict[str, Exact] = {}
    synergies: tuple[str, ...] = ()


class Range(Record):
    """Scale of a criterion, natural sense: `best` is a bound (no plan is better), `worst` the payoff table's other end."""

    best: Exact
    worst: Exact


class Claim(Record):
    """One proven statement: no plan has `of` better than `bound`; this plan has `value`; `gap` is their distance.

    of: "aim" (the normalised aim, minimised, range = 1) or a criterion id (natural sense, gap relative to max(|value|, 1))
    grid: the part of the gap that whole units cost; proven = gap - grid <= target
    within: the limits under which the bound holds, criterion -> worst admitted value (earlier stages of a lexicographic aim).
    """

    of: str
    value: Exact
    bound: Exact
    gap: Exact
    target: Exact
    proven: bool
    grid: Exact = Fraction(0)
    within: dict[str, Exact] = {}


class Proof(Record):
    """Multipliers and a tree from which anybody can recompute the bound of the claim of that name, without a solver (proof/verify.py).

    of: a claim's `of`, or "infeasible" · program: SHA-256 of the exact Program that it is about · leaves: of its tree
    data: JSON, deflated, base64 (proof/certificate.py).
    """

    of: str
    program: str
    leaves: int
    data: str


class Audit(Record):
    """What the exact checker counted."""

    checks: int
    violated: int
    unaudited: int = 0


class Result(Record):
    """A complete, replayable answer of `solve`."""

    format: Literal["portfolio-result"] = "portfolio-result"
    schema_version: int = RESULT_VERSION
    status: Status
    instance_hash: str
    model_hash: str
    instance: dict[str, Any]
    model: dict[str, Any]
    aim: dict[str, Any]
    ranges: dict[str, Range] = {}
    options: dict[str, Any] = {}
    versions: dict[str, str] = {}
    claims: tuple[Claim, ...] = ()
    proofs: tuple[Proof, ...] = ()
    plan: Plan | None = None
    grid_loss: dict[str, Exact] = {}
    audit: Audit | None = None
    notices: tuple[str, ...] = ()
    decisions: tuple[dict[str, Any], ...] = ()
    seconds: dict[str, float] = {}
