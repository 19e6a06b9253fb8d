"""Varied instances: equal to parsing the whole changed file, whatever number moves; sums stay sums; contradictions are said."""

from __future__ import annotations

import copy
from collections import defaultdict
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.api.public import load
from portfolio.api.vary import Variants
from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.json_text import parse_json, read_text
from portfolio.formats.paths import with_settings
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.schema.families import family_of
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

FULL = Path(__file__).parents[1] / "schema" / "full_instance.json"


def whole(variants: Variants, settings: dict[str, F]) -> Instance | None:
    raw = with_settings(variants.raw, [f"{path}={value.numerator}/{value.denominator}" for path, value in settings.items()])
    try:
        return parse_instance(raw)
    except InvalidInput:
        return None


def part(variants: Variants, settings: dict[str, F]) -> Instance | None:
    try:
        return variants.at(settings)
    except InvalidInput:
        return None


def one_of_each_kind(instance: Instance) -> list[str]:
    kinds: dict[str, str] = {}
    for path, _ in instance.quantities_in_use():
        kinds.setdefault(path if path.startswith("quantities") else family_of(path), path)
    return list(kinds.values())


@pytest.mark.parametrize("source", ["full", "generated", "toy"])
def test_a_varied_instance_equals_the_parsed_whole_for_every_kind_of_number(source: str) -> None:
    instance = {"full": lambda: parse_instance(parse_json(read_text(FULL))), "generated": lambda: generate(6), "toy": lambda: load("toy")}[
        source
    ]()
    variants, spec = Variants(instance), load_model()
    valid = 0
    for path in one_of_each_kind(instance):
        for factor in (F(9, 10), F(21, 20)):
            settings = variants.renormalised({path: variants.number(path) * factor})
            expected, found = whole(variants, settings), part(variants, settings)
            assert (expected is None) == (found is None), path
            if expected is None or found is None:
                continue
            valid += 1
            assert found.canonical() == expected.canonical(), path
            assert found.ways == expected.ways, path
            one, other = assemble(found, spec), assemble(expected, spec)
            for name in ("indptr", "indices", "data", "row_lower", "row_upper", "col_lower", "col_upper", "criteria", "offsets"):
                assert np.array_equal(getattr(one, name), getattr(other, name)), (path, name)
    assert valid > (5 if source == "toy" else 30)


def test_the_base_stays_as_it_was() -> None:
    instance = generate(6)
    before, variants = instance.canonical(), Variants(instance)
    raw = copy.deepcopy(variants.raw)
    for path in one_of_each_kind(instance):
        part(variants, {path: variants.number(path) * F(3, 4)})
    assert instance.canonical() == before
    assert variants.raw == raw
    assert variants.at({}) is instance


def test_probabilities_stay_a_distribution() -> None:
    variants = Variants(generate(6))
    first, *others = [path for path in variants.numbers if path.startswith("scenarios.") and path.endswith(".probability")]
    varied = variants.at({first: F(1, 2)})
    probability = {f"scenarios.{s.id}.probability": s.probability.number for s in varied.scenarios}
    assert sum(probability.values()) == 1
    assert probability[first] == F(1, 2)
    shares = {path: probability[path] / variants.numbers[path].number for path in others if variants.numbers[path].number}
    assert len(set(shares.values())) == 1, "the others keep their proportions"


def test_when_all_of_a_sum_are_set_they_are_scaled_together() -> None:
    variants = Variants(generate(6))
    paths = [path for path in variants.numbers if path.startswith("scenarios.") and path.endswith(".probability")]
    found = variants.renormalised({path: variants.numbers[path].number * 2 for path in paths})
    assert found == {path: variants.numbers[path].number for path in paths}


def test_a_shared_quantity_moves_everything_that_rests_on_it() -> None:
    raw: dict[str, Any] = load("toy").canonical()
    raw["quantities"] = {"a": 2, "b": {"factors": {"a": "@a", "c": 3}}}
    programme = raw["programmes"][0]
    name = next(iter(programme["effects"] if "effects" in programme else programme["options"][0]["effects"]))
    (programme if "effects" in programme else programme["options"][0])["effects"][name] = {"factors": {"b": "@b", "d": 5}}
    variants = Variants(parse_instance(raw))
    assert variants.at({"quantities.a": F(4)}).ways == whole(variants, {"quantities.a": F(4)}).ways  # type: ignore[union-attr]
    assert variants.at({"quantities.a": F(4)}).ways != variants.base.ways


def test_contradicting_numbers_are_an_input_error_and_unknown_paths_a_usage_error() -> None:
    variants = Variants(load("toy"))
    rates = defaultdict(list)
    for path in variants.numbers:
        rates[path.rpartition(".")[2]].append(path)
    cost = rates["cost"][0]
    with pytest.raises(InvalidInput):
        variants.at({cost: F(-1)})
    with pytest.raises(UsageError, match="no `nowhere`"):
        variants.at({"programmes.nowhere.cost": F(1)})
    with pytest.raises(UsageError, match="no `nowhere`"):
        variants.number("programmes.nowhere.cost")
