"""Mutants of a module: its source with one operator, constant, call, condition or statement changed; and the hunt for those that no trial notices."""

from __future__ import annotations

import ast
import copy
import signal
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
}  # fmt: skip
KINDS = (
    ast.Compare, ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp, ast.If, ast.IfExp, ast.Constant, ast.Call, ast.Expr, ast.Continue,
)  # fmt: skip
CALLS = {"min": "max", "max": "min", "floor": "ceil", "ceil": "floor", "lcm": "gcd", "gcd": "lcm", "all": "any", "any": "all"}
Trial = Callable[[Any], bool]


@dataclass(frozen=True)
class Mutant:
    """Where it differs from the source, and how."""

    line: int
    text: str
    change: str

    def __str__(self) -> str:
        return f"{self.line}: {self.change}   {self.text}"


def hunt(module: Any, trials: Sequence[Trial], seconds: float, functions: Sequence[str] = ()) -> tuple[int, list[Mutant]]:
    """(mutants tried, those that every trial takes for sound). A mutant that raises, or takes longer than `seconds` of processor time, is
    noticed. functions: mutate only these (none: the whole module)."""
    path = Path(str(module.__file__))
    source = path.read_text(encoding="utf-8")
    # Trials that the source itself does not stand would take every mutant for noticed.
    assert _survives(compile(source, path.name, "exec"), str(module.__name__), trials, seconds)
    tried, alive = 0, list[Mutant]()
    for mutant, tree in mutants(source, functions):
        tried += 1
        if _survives(compile(tree, path.name, "exec"), str(module.__name__), trials, seconds):
            alive.append(mutant)
    print(f"{module.__name__}: {tried} mutants, {len(alive)} alive", *alive, sep="\n")
    return tried, alive


def _survives(code: types.CodeType, name: str, trials: Sequence[Trial], seconds: float) -> bool:
    module = types.ModuleType("mutant")
    module.__dict__["__name__"] = name
    try:
        with within(seconds):
            exec(code, module.__dict__)
            return all(trial(module) for trial in trials)
    except Exception:
        return False


def mutants(source: str, functions: Sequence[str] = ()) -> Iterator[tuple[Mutant, ast.Module]]:
    """(what is changed, mutated tree). Words and imports are left alone."""
    tree, lines = ast.parse(source), source.splitlines()
    spans = [(n.lineno, n.end_lineno or n.lineno) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in functions]
    assert not functions or len(spans) == len(functions), functions
    for number, original in enumerate(ast.walk(tree)):
        line = getattr(original, "lineno", 0)
        if functions and not any(first <= line <= last for first, last in spans):
            continue
        for variant in range(2 if isinstance(original, KINDS) else 0):
            # Tried on the node first: a copy of the whole tree takes long.
            if not _change(copy.deepcopy(original), variant):
                continue
            changed = copy.deepcopy(tree)
            said = _change(_nth(changed, number), variant)
            yield Mutant(line, lines[line - 1].strip(), said), ast.fix_missing_locations(changed)


def _nth(tree: ast.Module, number: int) -> ast.AST:
    return next(node for n, node in enumerate(ast.walk(tree)) if n == number)


def _change(node: ast.AST, variant: int) -> str:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        others = COMPARE.get(type(node.ops[0]), ())
        if variant < len(others):
            before, node.ops[0] = type(node.ops[0]).__name__, others[variant]()
            return f"{before} -> {others[variant].__name__}"
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and variant == 0 and type(node.op) in ARITHMETIC:
        before, node.op = type(node.op).__name__, ARITHMETIC[type(node.op)]()
        return f"{before} -> {type(node.op).__name__}"
    elif isinstance(node, ast.BoolOp) and variant == 0:
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return f"now {type(node.op).__name__}"
    elif isinstance(node, ast.UnaryOp) and variant == 0 and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
        return "minus dropped"
    elif isinstance(node, (ast.If, ast.IfExp)) and variant < 2:
        node.test = ast.Constant(bool(variant))
        return f"condition {bool(variant)}"
    elif isinstance(node, ast.Constant) and type(node.value) is int and variant < 2:
        before_value, node.value = node.value, node.value + (1, -1)[variant]
        return f"{before_value} -> {node.value}"
    elif isinstance(node, ast.Call) and variant == 0:
        return _renamed(node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and variant == 0:
        node.value = ast.Constant(None)
        return "call dropped"
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub)):
        node.value = ast.Constant(0)
        return "nothing added"
    elif isinstance(node, ast.Continue) and variant == 0:
        vars(node).update(vars(ast.Break()))
        node.__class__ = ast.Break
        return "continue -> break"
    return ""


def _renamed(node: ast.Call) -> str:
    target = node.func
    name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
    if name not in CALLS:
        return ""
    if isinstance(target, ast.Name):
        target.id = CALLS[name]
    elif isinstance(target, ast.Attribute):
        target.attr = CALLS[name]
    return f"{name} -> {CALLS[name]}"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TimeoutError when the block takes more processor time: some mutants never end."""

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
