"""Mutants of a module: its source with one operator, constant, call or condition changed."""

from __future__ import annotations

import ast
import copy
import signal
from collections.abc import Iterator
from contextlib import contextmanager

COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
}  # fmt: skip
KINDS = (ast.Compare, ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp, ast.If, ast.IfExp, ast.Constant, ast.Call)
CALLS = {"min": "max", "max": "min", "floor": "ceil", "ceil": "floor", "lcm": "gcd", "gcd": "lcm", "all": "any", "any": "all"}


def mutants(source: str) -> Iterator[tuple[str, ast.Module]]:
    """(line and change, mutated tree). Words and imports are left alone."""
    tree = ast.parse(source)
    for number, original in enumerate(ast.walk(tree)):
        for variant in range(2 if isinstance(original, KINDS) else 0):
            # Tried on the node first: a copy of the whole tree takes long.
            if not _change(copy.deepcopy(original), variant):
                continue
            changed = copy.deepcopy(tree)
            node = _nth(changed, number)
            said = _change(node, variant)
            if said:
                yield f"line {getattr(node, 'lineno', 0)}: {said}", ast.fix_missing_locations(changed)


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
        before, node.value = node.value, node.value + (1, -1)[variant]
        return f"{before} -> {node.value}"
    elif isinstance(node, ast.Call) and variant == 0:
        target = node.func
        name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
        if name in CALLS:
            if isinstance(target, ast.Name):
                target.id = CALLS[name]
            elif isinstance(target, ast.Attribute):
                target.attr = CALLS[name]
            return f"{name} -> {CALLS[name]}"
    return ""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TimeoutError when the block takes longer: some mutants never end."""

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
