"""Files: names that are unique, legal and read back; ranges that are exact; solution files of other programs."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pulp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.errors import UsageError
from portfolio.program import Block, Program
from portfolio.solvers.files import lp_text, mps_text
from portfolio.solvers.goal import Goal
from portfolio.solvers.naming import LONGEST, codes, decode, labels, positions
from portfolio.solvers.sides import box_bound, one_sided
from portfolio.solvers.solution_file import read_solution

IDS = st.from_regex(r"\A\w[\w\-]{0,79}\Z")
LP_NAME = re.compile(r"[A-Za-z!\"#$%&(),;?@_'`{}~][A-Za-z0-9!\"#$%&(),.;?@_'`{}~]*")


def tiny(names: list[tuple[str, ...]] | None = None) -> Program:
    """max x + 2 y, x in {0..3}, y in [0, 1.5]: x + y <= 3 (row a), -1 <= x - y <= 2.1 (row b), 0 <= 0 (row c, empty), y unused in c."""
    keys = names or [("x",), ("y-1",)]
    return Program(
        indptr=np.array([0, 2, 4, 4], dtype=np.int32),
        indices=np.array([0, 1, 0, 1], dtype=np.int32),
        data=np.array([1.0, 1.0, 1.0, -1.0]),
        row_lower=np.array([-np.inf, -1.0, -np.inf]),
        row_upper=np.array([3.0, 2.1, 0.0]),
        col_lower=np.array([0.0, 0.0]),
        col_upper=np.array([3.0, 1.5]),
        integer=np.array([True, False]),
        criteria=np.array([[-1.0, -2.0]]),
        offsets=np.array([0.0]),
        signs=(-1,),
        names=("worth",),
        columns=(Block("take", 0, keys, "taken [money unit]"),),
        rows=(Block("row", 0, [("a",), ("b",), ("c",)], "some rows"),),
    )


GOAL = Goal(np.array([-1.0, -2.0]), 0.5, "-worth", "10 JPY bn", "tiny")


@given(st.lists(st.tuples(IDS, IDS), min_size=1, max_size=6, unique=True))
def test_names_of_any_ids_are_unique_legal_and_read_back(keys: list[tuple[str, ...]]) -> None:
    listed = labels([Block("take", 0, keys)])
    for style in ("mps", "lp"):
        names = codes(listed, style)  # type: ignore[arg-type]
        assert len(set(names)) == len(keys)
        assert [decode(name, listed) for name in names] == listed
        assert max(map(len, names)) <= LONGEST and not any(re.search(r"\s", name) or not name.isascii() for name in names)
    assert all(LP_NAME.fullmatch(name) for name in codes(listed, "lp"))


def test_a_repeated_label_gets_its_position() -> None:
    assert labels([Block("c", 0, [(1,)]), Block("c", 1, [(1,), (2,)])]) == ["c[1]", "c[1]~1", "c[2]"]


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.booleans())
def test_two_sides_survive_the_range_section(low: float, width: float, negative: bool) -> None:
    low, high = (-low - width, -low) if negative else (low, low + width)
    if not low < high:
        return
    program = replace(tiny(), row_lower=np.array([-np.inf, low, -np.inf]), row_upper=np.array([3.0, high, 0.0]))
    try:
        text = mps_text(program, GOAL)
    except UsageError:
        return
    kind = re.search(r"^ ([GL]) row\[b\]$", text, re.MULTILINE)
    assert kind
    sides = dict(re.findall(r"^ (RHS|RNG) row\[b\] (\S+)$", text, re.MULTILINE))
    side, wide = float(sides.get("RHS", 0.0)), float(sides["RNG"])
    read = (side, side + wide) if kind[1] == "G" else (side - wide, side)
    assert read == (low, high)


@pytest.mark.parametrize("kind", ["mps", "lp"])
def test_highs_and_cbc_read_the_names_and_agree(kind: str, tmp_path: Path) -> None:
    """CBC silently renames everything when it dislikes one name."""
    path, solution = tmp_path / f"m.{kind}", tmp_path / "s.sol"
    path.write_text((mps_text if kind == "mps" else lp_text)(tiny(), GOAL), encoding="utf-8")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(-3.5 + 0.0)
    highs.writeSolution(str(solution), 0)
    assert read_solution(solution.read_text(), tiny()) == pytest.approx([1, 1.5])
    command = [pulp.PULP_CBC_CMD.pulp_cbc_path, str(path), "-solve", "-printingOptions", "all", "-solution", str(solution)]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert "row" in solution.read_text() and read_solution(solution.read_text(), tiny()) == pytest.approx([1, 1.5])


def test_files_say_their_units_and_equations_in_ascii() -> None:
    text = mps_text(tiny(), replace(GOAL, money="10 億円"))
    head = [line for line in text.splitlines() if line.startswith("*")]
    assert head[0] == '* "format": "portfolio-mps"' and "column take: taken [money, unit: 10 ??]" in head[2]
    assert text.isascii()


def test_a_side_that_the_bounds_imply_is_left_out_and_no_other() -> None:
    lower, upper = one_sided(tiny())
    assert lower[1] == -1.0 and upper[1] == 2.1
    wide = replace(tiny(), row_lower=np.array([-np.inf, -1.5, -np.inf]))
    assert one_sided(wide)[0][1] == -np.inf
    assert box_bound(tiny(), np.array([-1.0, -2.0])) == -6.0


@pytest.mark.parametrize(
    "text",
    [
        "# Objective value = -3\ntake[x] 1\ntake[y-1] 1.5\n",  # Gurobi
        "solution status: optimal\nobjective value: -3\ntake[x]   1 \t(obj:-1)\ntake[y-1]  1.5 \t(obj:-2)\n",  # SCIP
        "Optimal - objective value -3\n 0 take(x) 1 0\n 1 take(y%2D1) 1.5 0\n",  # CBC, from an LP file
        '<CPLEXSolution><variables><variable name="take[x]" index="0" value="1"/><variable name="take[y-1]" index="1" value="1.5"/>',
    ],
    ids=["gurobi", "scip", "cbc", "cplex"],
)
def test_solution_files_of_other_programs_are_read(text: str) -> None:
    assert read_solution(text, tiny()).tolist() == [1.0, 1.5]


def test_columns_a_file_leaves_out_are_zero() -> None:
    assert read_solution("take[x] 2\n", tiny()).tolist() == [2.0, 0.0]


@pytest.mark.parametrize(("text", "said"), [("Infeasible - objective value 0\n", "no solution"), ("x1 3\n", "names no variable")])
def test_a_file_without_a_plan_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_solution(text, tiny())


def test_every_name_a_column_can_have_is_found() -> None:
    found = positions(tiny())
    assert found["take[y-1]"] == found["take(y%2D1)"] == 1
    assert math.isfinite(box_bound(tiny(), np.zeros(2)))
