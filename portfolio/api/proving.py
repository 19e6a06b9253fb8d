"""From claims to proofs and back: what a claim says about the Program, the tree that proves it, and the check of a result's proofs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pydantic import TypeAdapter

from portfolio.api.aims import worse_limit
from portfolio.api.stages import PROOF, Clock, Effort, Stage
from portfolio.errors import AuditFailed
from portfolio.formulation.assemble import assemble
from portfolio.numerics import GAP_SAVED_FOR_GRID, PROOF_TOLERANCE, PROVEN_DECIMALS
from portfolio.program import Floats, Program
from portfolio.proof.certificate import Question, asked, certificate, pack, unpack
from portfolio.proof.emptiness import empty_leaves
from portfolio.proof.leaves import Leaf
from portfolio.proof.multipliers import Lagrangian
from portfolio.proof.verify import Proven, Unproven, objective_step, verify
from portfolio.proof.workers import Tree
from portfolio.reference_point import with_achievement
from portfolio.results import Plan, Proof, Range, Result
from portfolio.schema.aim import Aim, Reference, Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

INFEASIBLE = "infeasible"
"""`of` of the proof that there is no plan at all."""


@dataclass(frozen=True)
class Checked:
    """What a proof in a result is worth. shown: what it proves about the Program · fault: why nothing follows from it, or what it does not
    cover (en, ja); None where the claim rests on it · bound: of the claim, as proven, in the claim's sense and unit."""

    of: str
    shown: Proven | None = None
    bound: Fraction | None = None
    fault: tuple[str, str] | None = None


def program_of(program: Program, aim: Aim, ranges: Mapping[str, Range], of: str) -> Program:
    """The Program that a claim is about: a reference-point aim has a column of its own (reference_point.py)."""
    return with_achievement(program, aim.point, ranges) if isinstance(aim, Reference) and of == "aim" else program


def question_of(
    program: Program, aim: Aim, ranges: Mapping[str, Range], of: str, within: Mapping[str, Fraction]
) -> tuple[Question, Fraction]:
    """What a claim says about the Program, and its origin: claim (minimised) = sum_q weights_q f_q - origin. Raises Unproven for a claim about
    an aim that ranks criteria: no single number stands for it."""
    place, signs = {c: q for q, c in enumerate(program.names)}, program.signs
    limits = tuple(sorted((place[c], signs[place[c]] * v) for c, v in within.items()))
    zero = Fraction(0)
    if of == INFEASIBLE:
        return Question((zero,) * program.q, limits), zero
    if isinstance(aim, Reference):
        of = "achievement"
    if of != "aim":
        return Question(tuple(Fraction(int(c == of)) for c in program.names), limits), zero
    if not isinstance(aim, Weighted):
        raise Unproven("no number stands for an aim that ranks criteria")
    scaled = {
        c: w / abs(ranges[c].worst - ranges[c].best) for c, w in aim.weights.items() if c in ranges and ranges[c].worst != ranges[c].best
    }
    origin = sum((w * signs[place[c]] * ranges[c].best for c, w in scaled.items()), zero)
    return Question(tuple(scaled.get(c, zero) for c in program.names), limits), origin


def prove(
    program: Program, question: Question, of: str, ask: Ask, value: Fraction | None, gap: Fraction, seed: int = 0, threads: int = 1
) -> Proof | None:
    """A proof of the bound value - gap (sum_q weights_q f_q, minimised), or of a weaker one when the ask's limit comes first.

    value None: that there is no feasible point. The answer is None where that could not be proven, or where the limit came before the first
    relaxation. Its bound is for `check` to say, exactly.
    """
    limited, cost, sizes = asked(program, question)
    step = objective_step(program, question.weights)
    cutoff, watch = math.inf, ask.watch
    if value is not None:
        origin = sum((w * Fraction(o) for w, o in zip(question.weights, program.exact.offsets, strict=True)), Fraction(0))
        # A bound above value - step rounds up to value where the objective lies on a grid.
        cutoff = float(value - origin - max(gap * (1 - GAP_SAVED_FOR_GRID), step * Fraction(999, 1000)))
        told, shown = ask.watch, float(value - origin)
        watch = None if told is None else (lambda p: told(replace(p, incumbent=shown)))
    at_once = Ask(seconds=ask.seconds, stop=ask.stop, watch=watch, cutoff=cutoff)
    found = empty_leaves(limited, at_once, seed, threads) if value is None else _bounding_leaves(limited, cost, at_once, seed, threads)
    if found is None:
        return None
    frame, leaves = found
    proof = certificate(program, question, frame, leaves, sizes)
    return Proof(of=of, program=str(proof["program"]), leaves=len(leaves), data=pack(proof))


def _bounding_leaves(program: Program, cost: Floats, ask: Ask, seed: int, threads: int) -> tuple[Lagrangian, list[Leaf]] | None:
    """Leaves whose bounds reach ask.cutoff, or weaker ones where a limit came first; None where it came before the first relaxation."""
    tree = Tree(program, cost, ask, seed, threads, dives=False)
    outcome = tree.minimise()
    return None if outcome.nodes == 0 and outcome.bound < ask.cutoff else (tree.frame, tree.leaves)


def prove_stages(
    session: Session, aim: Aim, ranges: Mapping[str, Range], clock: Clock, effort: Effort, stages: Sequence[Stage], plan: Plan
) -> tuple[Proof, ...]:
    """A proof per claim of a solve, as far as the time reaches."""
    found = []
    for stage in stages:
        program = program_of(session.program, aim, ranges, stage.of)
        question, _ = question_of(program, aim, ranges, stage.of, stage.within)
        unit = Fraction(1) if stage.of == "aim" else max(abs(plan.criteria[stage.of]), Fraction(1))
        # The smallest gap that can be asked for: a search's solutions are floating-point numbers.
        gap = max(effort.prove or Fraction(0), PROOF_TOLERANCE) * unit
        proof = prove(program, question, stage.of, clock.ask(PROOF), Fraction(stage.outcome.objective), gap, effort.seed, effort.threads)
        found.append(proof)
    return tuple(proof for proof in found if proof is not None)


def prove_none(session: Session, aim: Aim, ranges: Mapping[str, Range], clock: Clock) -> Proof | None:
    """The proof that no plan obeys the rules and the aim's floors; None when the time did not reach. Raises AuditFailed when it does not hold."""
    question, origin = question_of(session.program, aim, ranges, INFEASIBLE, floors_of(session.instance, aim, ranges))
    proof = prove(session.program, question, INFEASIBLE, clock.ask(PROOF), None, Fraction(0), session.seed)
    if proof is not None:
        _held(session.program, proof, question, origin)
    return proof


def proven_bounds(
    session: Session, aim: Aim, ranges: Mapping[str, Range], stages: Sequence[Stage], proofs: Sequence[Proof]
) -> dict[str, Fraction]:
    """Claim -> its verified bound, minimised. Raises AuditFailed when a proof that was just made does not hold."""
    within = {stage.of: stage.within for stage in stages}
    bounds = {}
    for proof in proofs:
        program = program_of(session.program, aim, ranges, proof.of)
        question, origin = question_of(program, aim, ranges, proof.of, within[proof.of])
        bounds[proof.of] = rounded(_held(program, proof, question, origin))
    return bounds


def _held(program: Program, proof: Proof, question: Question, origin: Fraction) -> Fraction:
    try:
        return proven_bound(program, proof, question, origin)[1]
    except Unproven as error:
        raise AuditFailed(f"the proof found does not hold: {error}", f"得られた証明が成り立ちません: {error}") from None


def proven_bound(program: Program, proof: Proof, question: Question, origin: Fraction) -> tuple[Proven, Fraction]:
    """What the proof shows, and the bound of the claim that it is about, minimised. Raises Unproven."""
    shown = verify(program, unpack(proof.data))
    if (shown.weights, tuple(sorted(shown.limits))) != (question.weights, question.limits):
        raise Unproven("it answers another question than the claim")
    if (shown.bound is None) != (proof.of == INFEASIBLE):
        raise Unproven("it does not show what the result says")
    return shown, Fraction(0) if shown.bound is None else shown.bound - origin


def rounded(bound: Fraction) -> Fraction:
    """A bound with so few decimals that a person can read it, never better than it is; whole numbers stay."""
    scale = 10**PROVEN_DECIMALS
    return Fraction(math.floor(bound * scale), scale)


def check_proofs(result: Result) -> tuple[Checked, ...]:
    """Every proof of a result, verified against the Program of the instance and model that the result embeds. Raises InvalidInput.

    >>> from portfolio.api.public import solve
    >>> [(one.of, one.fault, one.bound) for one in check_proofs(solve("toy", prove=0))]
    [('growth', None, Fraction(21, 1))]
    """
    if not result.proofs:
        return ()
    aim: Aim = TypeAdapter(Aim).validate_python(result.aim)
    instance = parse_instance(result.instance)
    program = assemble(instance, ModelSpec.model_validate(result.model))
    floors = floors_of(instance, aim, result.ranges)
    return tuple(_checked(program, aim, result, proof, floors) for proof in result.proofs)


def _checked(program: Program, aim: Aim, result: Result, proof: Proof, floors: Mapping[str, Fraction]) -> Checked:
    claim = next((c for c in result.claims if c.of == proof.of), None)
    if proof.of == INFEASIBLE:
        if result.status != "infeasible":
            return Checked(proof.of, fault=("the result does not say that it is infeasible", "結果は実行不可能と述べていません"))
    elif claim is None or (proof.of != "aim" and proof.of not in program.names):
        return Checked(proof.of, fault=("the result makes no such claim", "そのような主張は結果にありません"))
    try:
        program = program_of(program, aim, result.ranges, proof.of)
        question, origin = question_of(program, aim, result.ranges, proof.of, floors if claim is None else claim.within)
        shown, bound = proven_bound(program, proof, question, origin)
    except Unproven as error:
        return Checked(proof.of, fault=(f"the proof does not hold: {error}", f"証明が成り立ちません: {error}"))
    if claim is None:
        return Checked(proof.of, shown)
    sign = 1 if claim.of == "aim" else program.signs[program.names.index(claim.of)]
    if sign * claim.bound > bound:
        said = (
            f"the claim's bound {float(claim.bound):.9g} is better than the proven {float(sign * bound):.9g}",
            f"主張の限界 {float(claim.bound):.9g} は証明された {float(sign * bound):.9g} より強い",
        )
        return Checked(proof.of, shown, sign * bound, said)
    return Checked(proof.of, shown, sign * bound)


def floors_of(instance: Instance, aim: Aim, ranges: Mapping[str, Range]) -> dict[str, Fraction]:
    """The limits that the aim's floors set, as `within` of a claim."""
    by_id = {c.id: c for c in instance.criteria}
    return {f.criterion: worse_limit(by_id[f.criterion], f, ranges[f.criterion].best) for f in aim.floors if f.criterion in ranges}
