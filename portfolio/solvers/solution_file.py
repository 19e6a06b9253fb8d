"""Solution files of other programs -> values of the Program's columns.

Read are the line formats of HiGHS, CBC, SCIP, Gurobi, Xpress (name and value on a line, whatever stands around them) and CPLEX' XML.
Columns that a file leaves out are 0: CBC, SCIP and Gurobi write only what is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from portfolio.errors import UsageError
from portfolio.program import Floats, Program
from portfolio.solvers.naming import positions

_XML = re.compile(r'<variable\b[^>]*?\bname="([^"]+)"[^>]*?\bvalue="([^"]+)"')
_NOTHING = re.compile(
    r"^\W*(model status\W+|solution status\W+)?(integer |primal )?(infeasible|unbounded|no solution)", re.IGNORECASE | re.MULTILINE
)


def read_solution(text: str, program: Program) -> Floats:
    """x (n,) from the text of a solution file. Raises UsageError: the file says infeasible, or names no column of this Program."""
    known = positions(program)
    x = np.clip(np.zeros(program.n), program.col_lower, program.col_upper)
    seen = 0
    for name, value in _pairs(text):
        column = known.get(name)
        if column is not None:
            x[column] = value
            seen += 1
    if seen == 0:
        cause = "says that there is no solution" if _NOTHING.search(text[:400]) else "names no variable of this instance and model"
        cause_ja = "解がないと記しています" if _NOTHING.search(text[:400]) else "このデータとモデルの変数が1つもありません"
        raise UsageError(f"the solution file {cause}", f"解ファイルは{cause_ja}")
    return x


def _pairs(text: str) -> Iterator[tuple[str, float]]:
    """(name, number) wherever a line holds a word followed by a number; of HiGHS' sections only the primal columns."""
    if "<variable" in text:
        yield from ((name.replace("&amp;", "&"), number) for name, raw in _XML.findall(text) if (number := _number(raw)) is not None)
        return
    for line in text.splitlines():
        if line.startswith(("# Rows", "# Dual")):
            return
        for name, raw in pairwise(line.split()):
            number = _number(raw)
            if number is not None and _number(name) is None:
                yield name, number
                break


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
