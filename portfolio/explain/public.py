"""What scripts and notebooks call: why (not), why infeasible, prices, alternatives, core index, planning again, comparing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from portfolio.api.aims import resolve_aim, worse_limit
from portfolio.api.public import Source, load
from portfolio.engine.store import Store
from portfolio.engine.work import Tally
from portfolio.errors import UsageError
from portfolio.explain.alternatives import alternatives
from portfolio.explain.bulk import Options, explain_all
from portfolio.explain.compare import compare
from portfolio.explain.conflict import find_conflict
from portfolio.explain.core import core_index, vertices
from portfolio.explain.effort import Effort
from portfolio.explain.feasible import Rulebook
from portfolio.explain.known import known_programme
from portfolio.explain.persistence import stability
from portfolio.explain.presence import explain_programme
from portfolio.explain.prices import chosen_limits, fixed_duals, price
from portfolio.explain.question import Question
from portfolio.formats.result_text import read_result
from portfolio.formulation.cells import as_view
from portfolio.library import DEFAULT_MODEL, load_model
from portfolio.numerics import BREAK_EVEN_TOLERANCE, DEFAULT_GAP
from portfolio.results import Frontier, Result
from portfolio.results.explanation import Alternatives, Comparison, Conflict, Core, Presence, Price, Stability
from portfolio.schema.aim import Aim
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance

EVERY_KIND = ("effect", "cost", "success", "money")
"""Break-evens of one programme in full."""
CONFLICT_SECONDS = 5.0
"""At least so long the rules against a programme that no plan can fund are sought, even where the budget is spent."""
SIDE_BY_SIDE = 2
"""Break-evens searched at a time: HiGHS lets the other thread run."""


def as_result(result: Result | Path | str) -> Result:
    """A result, or the one in a file."""
    return result if isinstance(result, Result) else read_result(result)


def _of_one_score(result: Result) -> Result:
    """Raises UsageError: the aim ranks criteria, so that no single value says how close to the best a plan is."""
    if result.aim.get("kind") == "lexicographic":
        raise UsageError(
            "this result's aim ranks criteria: prices, alternatives and closeness need one score; solve with weights for them",
            "この結果の目標は基準に順位を付けています。価格・代替案・安定性には一つのスコアが必要です。重みを指定して解き直してください",
        )
    return result


def explain_result(
    result: Result | Path | str,
    programme: str,
    kinds: Sequence[str] = EVERY_KIND,
    gap: float = float(DEFAULT_GAP),
    seconds: float = float("inf"),
    solves: int = 40,
    budget: float = float("inf"),
    frontier: Frontier | None = None,
    stop: threading.Event | None = None,
    tolerance: Fraction = BREAK_EVEN_TOLERANCE,
) -> Presence:
    """Why one programme is not funded, or why it is, with a bound on every number.

    kinds: break-evens to find · gap: of each solve, share of the aim's range · seconds: per solve · solves: MIPs per break-even
    budget: seconds for everything; break-evens are then as narrow as the time allowed · tolerance: width at which they are narrow enough.
    Raises UsageError (no such programme, no plan), InvalidInput.

    >>> import portfolio
    >>> answer = explain_result(portfolio.solve("toy"), "b", kinds=())
    >>> answer.topic, answer.loss.high == 1
    ('why_not', True)
    """
    read = as_result(result)
    known_programme(read, programme)
    question = Question(read)
    effort = Effort(gap * question.unit, seconds, solves, stop, time.monotonic() + budget, SIDE_BY_SIDE, tolerance)
    answer = explain_programme(question, programme, effort, kinds, frontier)
    if answer.status == "infeasible" and answer.topic == "why_not":
        book = _book(read, (programme,), seconds, stop)
        book.deadline = max(effort.deadline, time.monotonic() + CONFLICT_SECONDS)
        answer = answer.model_copy(update={"conflict": find_conflict(book, with_repairs=False)})
    return answer


def explain_unfunded(
    result: Result | Path | str,
    names: Sequence[str] = (),
    options: Options | None = None,
    store: Path | str | None = None,
    workers: int = 1,
    stop: threading.Event | None = None,
    watch: Callable[[Tally], None] | None = None,
) -> tuple[list[Presence], int]:
    """Every programme that is not funded (or those named): (answers, how many came from the store). store: a SQLite file that lets a run be resumed."""
    read = as_result(result)
    if read.plan is None:
        raise UsageError("the result holds no plan to explain", "説明すべき計画がない結果です")
    with Store(store) as kept:
        answers, reused = explain_all(read, names or unfunded(read), options or Options(), kept, workers, stop, watch)
    return [a.presence for a in answers if a.presence is not None], reused


def unfunded(result: Result) -> list[str]:
    """Programmes of the instance that the plan does not fund, in file order."""
    funded = {c.programme for c in result.plan.choices} if result.plan else set()
    return [p.id for p in parse_instance(result.instance).programmes if p.id not in funded]


def why_infeasible(
    source: Result | Source,
    model: ModelSpec | str = DEFAULT_MODEL,
    aim: Aim | None = None,
    seconds: float = 60.0,
    repairs: bool = True,
    stop: threading.Event | None = None,
) -> Conflict | None:
    """The smallest set of named rules that no plan obeys together, what each would have to give, the smallest repairs; None: there is a plan.

    seconds: for everything; what is not settled by then is said to be open.
    """
    if isinstance(source, Result):
        book = _book(source, (), seconds, stop)
    else:
        spec = load_model(model) if isinstance(model, str) else model
        instance = as_view(load(source), spec)
        resolved = resolve_aim(instance, spec, aim)
        book = Rulebook(instance, spec, _floors(instance, resolved, {}), seconds=seconds, stop=stop or threading.Event())
    book.deadline = time.monotonic() + seconds
    return find_conflict(book, repairs)


def _book(result: Result, insist: tuple[str, ...], seconds: float, stop: threading.Event | None) -> Rulebook:
    instance, spec = parse_instance(result.instance), ModelSpec.model_validate(result.model)
    aim: Aim = TypeAdapter(Aim).validate_python(result.aim)
    ranges = {c: r.best for c, r in result.ranges.items()}
    return Rulebook(
        instance,
        spec,
        _floors(instance, aim, ranges),
        insist,
        seconds,
        stop=stop or threading.Event(),
        seed=int(result.options.get("seed", 0)),
    )


def _floors(instance: Any, aim: Aim, best: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Criterion -> worst natural value that the aim's floors admit (a share of the best needs its range)."""
    criteria = {c.id: c for c in instance.criteria}
    return {
        f.criterion: worse_limit(criteria[f.criterion], f, best.get(f.criterion, Fraction(0)))
        for f in aim.floors
        if f.value is not None or f.criterion in best
    }


def price_limits(
    result: Result | Path | str,
    only: Sequence[str] = (),
    everything: bool = False,
    gap: float = float(DEFAULT_GAP),
    seconds: float = float("inf"),
    stop: threading.Event | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> tuple[str, list[Price]]:
    """(what values are counted in, price of each limit). only: ids or paths; else the limits that the plan uses up, or every one."""
    question = Question(_of_one_score(as_result(result)))
    effort = Effort(gap * question.unit, seconds, stop=stop)
    chosen = chosen_limits(question, only, everything)
    if only and not chosen:
        listed = ", ".join(only)
        raise UsageError(f"no fund, ceiling or capacity named {listed}", f"{listed} という財源・上限・供給制約はありません")
    duals = fixed_duals(question, seconds)
    found = []
    for n, limit in enumerate(chosen):
        if stop is not None and stop.is_set():
            break
        found.append(price(question, limit, effort, duals))
        if watch is not None:
            watch(n + 1, len(chosen))
    return question.of, found


def find_alternatives(
    result: Result | Path | str, k: int, within: Fraction, seconds: float = float("inf"), stop: threading.Event | None = None
) -> tuple[str, Alternatives]:
    """(what values are counted in, up to k plans within a share of the best that differ as much as possible)."""
    question = Question(_of_one_score(as_result(result)))
    return question.of, alternatives(question, k, within, Effort(seconds=seconds, stop=stop))


def core_programmes(
    result: Result | Path | str,
    weights: str,
    slack: float = float(DEFAULT_GAP),
    seconds: float = float("inf"),
    stop: threading.Event | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Core:
    """Core index under ranked weights (`growth,continuity`) or intervals (`growth=0.2..0.5,...`). slack: of the normalised aim."""
    read = as_result(result)
    if sum(r.best != r.worst for r in read.ranges.values()) < 2:
        raise UsageError("weights are open only between two criteria that move", "重みを比べるには、動く評価基準が二つ以上必要です")
    exact = Fraction(repr(slack))
    return core_index(read, vertices(weights, read.ranges), Effort(slack, seconds, stop=stop), exact, watch)


def plan_again(
    result: Result | Path | str,
    source: Source,
    changed: Sequence[int] = (),
    prices: Sequence[Fraction] = (),
    gap: float = float(DEFAULT_GAP),
    seconds: float = float("inf"),
    stop: threading.Event | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> tuple[str, Stability]:
    """(what values are counted in, the best plan of `source` at each closeness to the result's plan, and free of it)."""
    read = _of_one_score(as_result(result))
    question = Question(read)
    return question.of, stability(read, load(source), changed, prices, Effort(gap * question.unit, seconds, stop=stop), watch)


def compare_results(before: Result | Path | str, after: Result | Path | str) -> Comparison:
    """What moved between two results, and how the earlier plan fares under the later one's data. Raises UsageError, InvalidInput.

    >>> import portfolio
    >>> one = portfolio.solve("toy")
    >>> compare_results(one, one).shift.moves
    ()
    """
    return compare(as_result(before), as_result(after))
