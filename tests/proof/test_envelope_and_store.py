"""Proofs travel in an envelope: what was put in comes out, anything else is refused; and mutants of the code that opens it. Tier: test, fuzz."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest

from portfolio.proof import envelope, forest
from portfolio.proof.verify import Unproven
from tests.support.frontier_reference import store_of, text_of
from tests.support.mutants import hunt
from tests.support.spoiled_frontiers import files

Raw = dict[str, Any]
KIND = ("some-format", 3)


def packed(data: object, more: bytes = b"") -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.b64encode(zlib.compress(raw) + more).decode()


def opens(module: Any) -> bool:
    """What was sealed is opened, and nothing else."""
    data = {"format": KIND[0], "version": KIND[1], "rows": [3, 4, 9]}
    if store_of(module.sealed(data)) != data or module.opened(packed(data), "it", KIND, 1000, lambda d: d["rows"]) != data["rows"]:
        return False
    if module.steps_of([3, 4, 9]) != [3, 1, 5] or module.rows_of([3, 1, 5]) != [3, 4, 9] or module.rows_of([]) != []:
        return False
    bad = (
        "", "!!", packed(data)[:-8], "!" + packed(data), packed({**data, "version": 4}), packed({**data, "format": "other"}), packed(b"no json"),
        packed([]), packed({"version": 3}), packed({**data, "long": "x" * 1000}), packed(b"[" * 900 + b"]" * 90),
    )  # fmt: skip
    return all(is_refused(lambda text=text: module.opened(text, "it", KIND, 1000, lambda d: d["rows"])) for text in bad)


def is_refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except Unproven:
        return True
    return False


def test_an_envelope_holds_what_was_put_into_it() -> None:
    assert opens(envelope)


def reads_stores(module: Any) -> bool:
    """Stores of zones' proofs, read as docs/proofs.md says: places of halves and rows are differences."""
    for raw in files():
        text = raw["certificate"]["proofs"]
        data, packed_data = module.unpack(text), store_of(text)
        rows = [list(accumulate(steps)) for steps in packed_data["multipliers"]["rows"]]
        records = zip(packed_data["multipliers"]["digits"], rows, packed_data["multipliers"]["y"], strict=True)
        if data["multipliers"] != [{"digits": d, "rows": r, "y": y} for d, r, y in records]:
            return False
        nodes = [[c, at, *(n - half if half >= 1 else half for half in halves)] for n, (c, at, *halves) in enumerate(packed_data["nodes"])]
        if data["nodes"] != nodes or store_of(module.pack(data)) != packed_data:
            return False
        if module.forest_of(data).data(data["program"], data["units"]) != data:
            return False
        for part in ("nodes", "multipliers"):
            if not is_double_refused(module, {**data, part: [*data[part], data[part][0]]}):
                return False
        last = len(nodes) - 1
        for half in (0, last + 1):
            bad = {**packed_data, "nodes": [*packed_data["nodes"][:-1], [*nodes[last][:2], half, -1]]}
            if not is_refused(lambda bad=bad: module.unpack(text_of(bad))):
                return False
        first = {**packed_data, "nodes": [*packed_data["nodes"][:-1], [*nodes[last][:2], last, -1]]}
        if last and module.unpack(text_of(first))["nodes"][last][2] != 0:
            return False
    return True


def is_double_refused(module: Any, data: Raw) -> bool:
    try:
        module.forest_of(data)
    except ValueError:
        return True
    return False


def test_stores_are_read_as_the_document_says() -> None:
    assert reads_stores(forest)


@pytest.mark.fuzz
def test_mutants_of_envelope_and_store_are_noticed() -> None:
    for module, trial, functions in (
        (envelope, opens, ("opened", "steps_of", "rows_of")),
        (forest, reads_stores, ("forest_of", "pack", "unpack", "_whole", "_half")),
    ):
        tried, alive = hunt(module, [trial], 30.0, functions)
        assert tried > 5 and not alive, alive
