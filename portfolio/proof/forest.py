"""Many trees in one store: equal parts stand once, so that a zone's tree costs only what its parent's tree does not have.

multipliers   y[rows] = k 2^(units[row] - digits)        nodes   (column, at, down, up): x_column <= at and x_column >= at + 1

A place >= 0 is a node, a place < 0 the leaf with multipliers -place - 1; a node's halves stand before it. What proof/verify_zones.py reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.proof.envelope import opened, rows_of, sealed, steps_of

FORMAT = "portfolio-zone-proofs"
VERSION = 1
LARGEST = 1_000_000_000
"""Bytes of a store when unpacked; more is no store of this toolkit."""
Node = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Multipliers:
    """y[rows] = k 2^(units[row] - digits); the units are the store's."""

    digits: int
    rows: tuple[int, ...]
    k: tuple[int, ...]


class Forest:
    """Grows only: a place stays what it is."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.multipliers: list[Multipliers] = []
        self._node: dict[Node, int] = {}
        self._leaf: dict[Multipliers, int] = {}

    def leaf(self, multipliers: Multipliers) -> int:
        """The place of a leaf with these multipliers."""
        if multipliers not in self._leaf:
            self._leaf[multipliers] = len(self.multipliers)
            self.multipliers.append(multipliers)
        return -self._leaf[multipliers] - 1

    def tree(self, splits: Sequence[Sequence[int]], leaves: Sequence[Multipliers]) -> int:
        """The place of a tree as proof/certificate.py writes it: splits [column, at, down, up], each before its halves; leaves in their order."""
        places = [0] * len(splits)

        def place(of: int) -> int:
            return places[of] if of >= 0 else self.leaf(leaves[-of - 1])

        for n in range(len(splits) - 1, -1, -1):
            column, at, down, up = splits[n]
            places[n] = self._place((column, at, place(down), place(up)))
        return place(0 if splits else -1)

    def splits(self, root: int) -> list[list[int]]:
        """The splits of the tree at a place, as `tree` takes them."""
        found: list[list[int]] = []
        leaves = 0
        todo = [(root, -1, 0)]
        while todo:
            at, owner, side = todo.pop()
            if owner >= 0:
                found[owner][side] = len(found) if at >= 0 else -leaves - 1
            if at < 0:
                leaves += 1
                continue
            column, where, down, up = self.nodes[at]
            todo += [(up, len(found), 3), (down, len(found), 2)]
            found.append([column, where, 0, 0])
        return found

    def _place(self, node: Node) -> int:
        if node not in self._node:
            self._node[node] = len(self.nodes)
            self.nodes.append(node)
        return self._node[node]

    def part(self, roots: Sequence[int]) -> tuple[Forest, dict[int, int]]:
        """(what these places need and nothing else, numbered by their order alone; place here -> place there)."""
        other, known = Forest(), dict[int, int]()
        for root in roots:
            todo = [root]
            while todo:
                at = todo.pop()
                if at in known:
                    continue
                if at < 0:
                    known[at] = other.leaf(self.multipliers[-at - 1])
                    continue
                column, where, down, up = self.nodes[at]
                missing = [half for half in (up, down) if half not in known]
                if missing:
                    todo += [at, *missing]
                else:
                    known[at] = other._place((column, where, known[down], known[up]))
        return other, known

    def data(self, program: str, units: Sequence[int]) -> dict[str, Any]:
        """Plain data. program: digest of the Program · units: exponents of its rows and of a limit per criterion."""
        records = [{"digits": m.digits, "rows": list(m.rows), "y": list(m.k)} for m in self.multipliers]
        nodes = [list(node) for node in self.nodes]
        return {"format": FORMAT, "version": VERSION, "program": program, "units": list(units), "nodes": nodes, "multipliers": records}


def forest_of(data: Mapping[str, Any]) -> Forest:
    """A store as it was written. Raises KeyError, TypeError, ValueError for other data."""
    forest = Forest()
    for record in data["multipliers"]:
        forest.leaf(Multipliers(int(record["digits"]), tuple(map(int, record["rows"])), tuple(map(int, record["y"]))))
    for column, at, down, up in data["nodes"]:
        forest._place((int(column), int(at), int(down), int(up)))
    if len(forest.nodes) != len(data["nodes"]) or len(forest.multipliers) != len(data["multipliers"]):
        raise ValueError("a part stands twice")
    return forest


def pack(data: Mapping[str, Any]) -> str:
    """Compact text: columns of numbers as differences where they rise, deflated, base64."""
    records = data["multipliers"]
    slim = {
        "digits": [m["digits"] for m in records],
        "rows": [steps_of(m["rows"]) for m in records],
        "y": [m["y"] for m in records],
    }
    nodes = [[column, at, *(n - half if half >= 0 else half for half in halves)] for n, (column, at, *halves) in enumerate(data["nodes"])]
    return sealed({**data, "nodes": nodes, "multipliers": slim})


def unpack(text: str) -> dict[str, Any]:
    """Inverse of pack. Raises Unproven for anything that is not a store of this format."""
    return opened(text, "a store of proofs", (FORMAT, VERSION), LARGEST, _whole)


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    slim, nodes = data["multipliers"], data["nodes"]
    records = [
        {"digits": digits, "rows": rows_of(rows), "y": y} for digits, rows, y in zip(slim["digits"], slim["rows"], slim["y"], strict=True)
    ]
    return {
        **data,
        "multipliers": records,
        "nodes": [[column, at, *(_half(n, half) for half in halves)] for n, (column, at, *halves) in enumerate(nodes)],
    }


def _half(n: int, half: int) -> int:
    """The place of a half of node n: so many nodes further up, or a leaf. Raises ValueError, TypeError."""
    if half < 0:
        return half
    if half == 0 or half > n:
        raise ValueError("a half that is not there")
    return n - half
