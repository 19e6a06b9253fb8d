"""What `portfolio sweep` hands on: what was varied and how, every run with its outcome, and what the runs say together.

Values of runs are floats: they belong to solver plans before the publication grid. `aim` is the normalised aim (0 = every criterion at its best bound, 1 = at its
worst, docs/published-rules.md 16) with the base's weights and frozen ranges unless the run says otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

from portfolio.results.plan import Range
from portfolio.schema.exact import Exact
from portfolio.schema.record import Record, Text

SWEEP_VERSION = 1
DesignKind = Literal["tornado", "grid", "monte-carlo", "morris", "sobol", "weights", "models", "staircase"]
RunStatus = Literal["optimal", "limit", "infeasible", "invalid", "failed"]
"""optimal: within the gap · limit: stopped early, with or without a plan · infeasible: proven · invalid: the numbers contradict each other
failed: nothing can be said."""
Robustness = Literal["core", "contested", "never"]


class Factor(Record):
    """One thing that varies, moved by a level in [0, 1]: from `low` to `high`.

    own: every path from the low to the high end of its own range · range: from low to high [its unit] · scale: its number times low .. high
    weight: weight of a criterion in the aim, before normalisation · base: level of the instance itself, where it has one
    source: whose judgement it is (id of a source), or the kind of number.
    """

    id: str
    mode: Literal["own", "range", "scale", "weight"]
    paths: tuple[str, ...]
    low: Exact | None = None
    high: Exact | None = None
    base: Exact | None = None
    source: str = ""
    reason: Text = Text()


class Design(Record):
    """What was planned. points: levels of the factors by run, in their order; None where the run leaves a factor as it is.

    models: model ids compared · left_out: numbers that could vary but were not, with why.
    """

    kind: DesignKind
    factors: tuple[Factor, ...] = ()
    seed: int = 0
    sampler: str = ""
    points: tuple[tuple[Exact | None, ...], ...] = ()
    models: tuple[str, ...] = ()
    left_out: dict[str, int] = {}


class Taken(Record):
    """A funded programme in a run: way (`option` or `option@start`), units, money committed [instance money, before the grid]."""

    programme: str
    way: str
    units: int = 1
    money: float


class Run(Record):
    """One solved variation. number: place in the design, -1 for the base (nothing varied).

    aim, bound: value and proven lower bound of the normalised aim · base_aim: best value that the base's choice of ways reaches here (None: it is infeasible here,
    or was not tried) · same_as_base: the Program is that of the base, so nothing was solved.
    """

    number: int
    levels: tuple[Exact | None, ...] = ()
    model: str = ""
    status: RunStatus
    reason: Text = Text()
    criteria: dict[str, float] = {}
    aim: float | None = None
    bound: float | None = None
    base_aim: float | None = None
    base_feasible: bool | None = None
    taken: tuple[Taken, ...] = ()
    same_as_base: bool = False


class Swing(Record):
    """A factor moved alone to its ends: what happens to the aim, to the criteria and to the plan. None: no plan there (statuses say why)."""

    factor: str
    low: float | None
    high: float | None
    swing: float
    criteria_low: dict[str, float] = {}
    criteria_high: dict[str, float] = {}
    entered_low: tuple[str, ...] = ()
    left_low: tuple[str, ...] = ()
    entered_high: tuple[str, ...] = ()
    left_high: tuple[str, ...] = ()
    statuses: tuple[str, str] = ("", "")
    resolved: bool = True


class Spread(Record):
    """Distribution of one output over the runs with a plan (natural sense)."""

    output: str
    least: float
    q05: float
    median: float
    q95: float
    most: float
    base: float | None = None


class Funded(Record):
    """How often a programme is funded, of the runs with a plan, and with how much money where it is."""

    programme: str
    runs: int
    share: float
    status: Robustness
    in_base: bool
    money_least: float = 0.0
    money_mean: float = 0.0
    money_most: float = 0.0


class Side(Record):
    """A condition `low <= level of factor <= high` of a rule; None: open."""

    factor: str
    low: float | None = None
    high: float | None = None


class Flip(Record):
    """A rule that says when a contested programme is funded (or not).

    sides: the box · density: share of its runs in which the statement holds · coverage: share of all such runs that lie in it · support: runs in it
    method: cart (classification tree) or prim (patient rule induction).
    """

    programme: str
    funded: bool
    sides: tuple[Side, ...]
    density: float
    coverage: float
    support: int
    lift: float
    method: Literal["cart", "prim"]


class Regret(Record):
    """What a plan's choice of ways loses against the best plan of each run [normalised aim]. number: run the plan was found in (-1: the base).

    Largest and mean over the runs where it is feasible; low: against the run's plan, high: against the run's bound. infeasible: runs in which it cannot be carried out.
    """

    number: int
    tried: int
    infeasible: int
    low_max: float | None = None
    high_max: float | None = None
    low_mean: float | None = None
    high_mean: float | None = None
    programmes: int = 0


class Share(Record):
    """Part of an output's variance. first, total: of the variance (Sobol) · elementary: mean absolute elementary effect and its deviation (Morris) [output's unit].

    of: a factor or a source · error: half width of a 95 % confidence interval where the method gives one.
    """

    output: str
    of: str
    group: Literal["factor", "source"] = "factor"
    first: float | None = None
    total: float | None = None
    mu_star: float | None = None
    sigma: float | None = None
    error: float | None = None


class Step(Record):
    """One step of a budget staircase: on [low, high] [instance money] this set of programmes is within the gap.

    proven: on the whole interval, not only at the levels solved · aim_low, aim_high: value of its choice at the two ends (None: it cannot be carried out)
    marginal: what one more unit of money earns on the step [normalised aim per instance money] · nested: it keeps every programme of the step before.
    """

    low: float
    high: float
    programmes: tuple[str, ...]
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    nested: bool = True
    aim_low: float | None = None
    aim_high: float | None = None
    marginal: float = 0.0
    proven: bool = True


class Staircase(Record):
    """Levels of a budget at which the set of programmes changes. of: fund or `total` · today: the budget as it is [instance money] · tolerance: [instance money]
    monotone: more money was never worse in what was solved; the intervals rest on that. switches: between which two levels each change lies."""

    of: str
    today: float
    tolerance: float
    gap: float
    monotone: bool
    solves: int
    steps: tuple[Step, ...] = ()
    switches: tuple[tuple[float, float], ...] = ()


class Answers(Record):
    """What the runs say together."""

    solved: int = 0
    failed: dict[str, int] = {}
    spreads: tuple[Spread, ...] = ()
    funded: tuple[Funded, ...] = ()
    swings: tuple[Swing, ...] = ()
    flips: tuple[Flip, ...] = ()
    regrets: tuple[Regret, ...] = ()
    shares: tuple[Share, ...] = ()
    staircase: Staircase | None = None


class Sweep(Record):
    """A complete, replayable answer of `sweep`. status: complete, or interrupted (the runs that are there are finished ones)."""

    format: Literal["portfolio-sweep"] = "portfolio-sweep"
    schema_version: int = SWEEP_VERSION
    status: Literal["complete", "interrupted", "infeasible", "no_plan"]
    instance_hash: str
    model_hash: str
    instance: dict[str, Any]
    model: dict[str, Any]
    aim: dict[str, Any]
    ranges: dict[str, Range] = {}
    design: Design
    base: Run | None = None
    runs: tuple[Run, ...] = ()
    answers: Answers = Answers()
    options: dict[str, Any] = {}
    versions: dict[str, str] = {}
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = {}
