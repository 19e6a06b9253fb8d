"""What `portfolio explain` hands on: answers to "why not", "why", "what is it worth", "why infeasible", each with the bounds it rests on.

Losses are in the unit of the claim they are measured against (the normalised aim, range = 1, or a criterion's own unit), minimised: positive = worse.
Money is in grid units. Every interval is proven on both sides unless its status says otherwise.
"""

from __future__ import annotations

from typing import Literal

from portfolio.results.plan import Plan
from portfolio.schema.exact import Exact
from portfolio.schema.record import Record

EXPLANATION_VERSION = 1
Answer = Literal["yes", "no", "open"]
SearchStatus = Literal["proven", "limit", "interrupted", "infeasible", "failed"]


class Interval(Record):
    """low <= true value <= high; a side that is missing is not known."""

    low: Exact | None = None
    high: Exact | None = None


class Move(Record):
    """One programme before and after: way taken (None: not funded) and money (grid units)."""

    programme: str
    before: str | None = None
    after: str | None = None
    money_before: int = 0
    money_after: int = 0


class Shift(Record):
    """What changes from one plan to another. funds: fund -> grid units more (less: negative) · criteria: natural, after - before."""

    moves: tuple[Move, ...] = ()
    funds: dict[str, int] = {}
    criteria: dict[str, Exact] = {}


class Hindrance(Record):
    """A rule that stands against a programme. place: path in the instance · kind: eligible, forbidden, requires, excludes, full, used_up

    full: violated when the programme is added to the reported plan as it stands · used_up: at its limit in the best plan that contains it
    short: by how much, in the rule's own unit (money: instance unit) · others: what else is concerned (programmes, funds).
    """

    place: str
    kind: str
    owner: str = ""
    used: Exact | None = None
    limit: Exact | None = None
    short: Exact | None = None
    money: bool = False
    others: tuple[str, ...] = ()


class BreakEven(Record):
    """At which size of one change a plan with the programme is as good as the reported plan.

    kind: effect (factor on its own benefits), cost (share cut), success (probability), money (grid units earmarked in `fund`)
    today: the size now · out: proven not enough (None: nothing is proven below) · enough: a size at which a plan with the programme is as good
    (found and audited; None: none)
    most: the largest size asked · solves: MIPs spent.
    """

    kind: Literal["effect", "cost", "success", "money"]
    fund: str | None = None
    today: Exact
    out: Exact | None = None
    enough: Exact | None = None
    most: Exact
    tolerance: Exact
    solves: int = 0


class Presence(Record):
    """Why a programme is not funded (topic why_not) or is (topic why): the best plan with, or without, it.

    status: of that search · loss: what insisting costs, against the best plan of all · value, bound: of that plan, minimised
    within: share of the aim's range -> is there such a plan within it of the best? · frontier: points of a frontier that fund it (None: no frontier given)
    held: criteria that had to stay at least as good as this (the aim's floors, criteria ranked before `of`), natural · note: `ranked`: break-evens not sought
    dominated: programmes of its own field that bring at least as much of everything for no more public money.
    """

    topic: Literal["why_not", "why"]
    programme: str
    of: str
    status: SearchStatus
    gap: Exact | None = None
    value: Exact | None = None
    bound: Exact | None = None
    loss: Interval = Interval()
    plan: Plan | None = None
    shift: Shift = Shift()
    hindrances: tuple[Hindrance, ...] = ()
    dominated: tuple[str, ...] = ()
    break_evens: tuple[BreakEven, ...] = ()
    within: dict[str, Answer] = {}
    held: dict[str, Exact] = {}
    frontier: tuple[str, ...] | None = None
    frontier_size: int = 0
    conflict: Conflict | None = None
    seconds: float = 0.0
    note: str = ""


class RuleChange(Record):
    """One rule and how much it gives way. place: path · side: min, max or empty · amount: in the rule's own unit (money: instance unit; logic: 1 = given up)

    before, after: its limit, where it has one · owner: whose rule it is.
    """

    place: str
    side: str = ""
    kind: str
    owner: str = ""
    amount: Exact
    before: Exact | None = None
    after: Exact | None = None
    money: bool = False


class Repair(Record):
    """A set of changes after which a plan exists. cost: weighted size of the changes, minimised; bound: no repair of this search is cheaper

    checked: a plan of the repaired instance passed the audit · without: rules that this repair had to leave alone.
    """

    changes: tuple[RuleChange, ...]
    cost: Exact
    bound: Exact
    checked: bool
    without: tuple[str, ...] = ()


class Conflict(Record):
    """Rules that no plan obeys together. minimal: without any one of them the rest can be obeyed (each shown by a plan); else `open` names those not settled

    integral: the relaxation obeys them all, only whole decisions cannot · short: for each rule alone, the least by which it must give way
    while the others stand · searched: rules looked at.
    """

    rules: tuple[RuleChange, ...]
    minimal: bool
    open: tuple[str, ...] = ()
    integral: bool = False
    repairs: tuple[Repair, ...] = ()
    searched: int = 0
    seconds: float = 0.0


class Price(Record):
    """What one more unit of a limit is worth. step: size of the change · more, less: gain of the aim at +step, loss at -step (intervals)

    dual: marginal value per unit inside the fixed set of programmes (an LP dual of the plan with its choices fixed) · reason: why more changes nothing.
    """

    place: str
    kind: str
    year: int | None = None
    limit: Exact
    used: Exact | None = None
    step: Exact
    money: bool = True
    more: Interval = Interval()
    less: Interval | None = None
    dual: Exact | None = None
    reason: str = ""


class Variant(Record):
    """One of several plans that differ. distance: programmes funded in one and not in the other, to the nearest earlier plan; bound: none is farther."""

    plan: Plan
    value: Exact
    distance: int
    bound: int


class Alternatives(Record):
    """Plans within `within` of the best that differ as much as possible. shared, never: programmes in all, in none of them
    exhausted: proven that no further set of programmes is that close."""

    within: Exact
    variants: tuple[Variant, ...]
    shared: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    complete: bool = True
    exhausted: bool = False
    seconds: float = 0.0


class CoreEntry(Record):
    """share: of the supported plans found that fund the programme · status: proven for every admissible weighting, else `open`."""

    programme: str
    share: Exact
    status: Literal["core", "borderline", "exterior", "open"]


class Core(Record):
    """Programmes under incomplete weights. vertices: extreme points of the admissible weights (criterion -> weight)

    slack: plans within this much of the best at some admissible weighting count (normalised aim) · plans: number of different sets of programmes found.
    """

    vertices: tuple[dict[str, Exact], ...]
    slack: Exact
    entries: tuple[CoreEntry, ...]
    plans: int
    seconds: float = 0.0


class StabilityPoint(Record):
    """The best plan when at most `changed` programmes change against the earlier one (None: free), or at `price` per unit of money moved."""

    changed: int | None = None
    price: Exact | None = None
    status: SearchStatus
    value: Exact | None = None
    bound: Exact | None = None
    moved: int = 0
    money_moved: int = 0
    shift: Shift = Shift()


class Stability(Record):
    """The price of stability: what keeping close to the earlier plan costs. keeps: rules that the earlier plan breaks now."""

    points: tuple[StabilityPoint, ...]
    breaks: tuple[str, ...] = ()
    old_value: Exact | None = None
    seconds: float = 0.0


class InputChange(Record):
    """One number or entry of the input that differs. before, after: as text; empty: not there."""

    place: str
    before: str = ""
    after: str = ""


class Comparison(Record):
    """Two results: what moved, what differs in the input, and how the earlier plan fares under the later one's rules.

    carried: criteria of the earlier plan under the later data (None where it cannot be read there) · breaks: rules of the later instance that it violates
    of: what aim_before, aim_carried, aim_after (minimised) and bound_after speak of, `aim` or a criterion.
    """

    shift: Shift
    inputs: tuple[InputChange, ...] = ()
    carried: dict[str, Exact] | None = None
    breaks: tuple[str, ...] = ()
    aim_before: Exact | None = None
    aim_carried: Exact | None = None
    aim_after: Exact | None = None
    bound_after: Exact | None = None
    of: str = "aim"


Presence.model_rebuild()
