"""Tables and JSON say the same: whatever goes out comes back, exactly."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from every_feature import AIMS, EVERYTHING, FULL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.errors import InvalidInput
from portfolio.formats.instance_json import instance_json
from portfolio.formats.json_text import parse_json
from portfolio.formats.tables import load_tables, read_folder, read_workbook, write_folder, write_workbook
from portfolio.formats.tables.csv_folder import csv_text
from portfolio.formats.tables.read import read_sheets
from portfolio.formats.tables.sheet import Row, Sheet
from portfolio.formats.tables.write import tables_of
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance


def everything(**changes: Any) -> Instance:
    return parse_instance(copy.deepcopy(EVERYTHING | changes))


def through_folder(instance: Instance, path: Path) -> Instance:
    write_folder(instance, path / "tables")
    return load_tables(path / "tables")


def through_workbook(instance: Instance, path: Path) -> Instance:
    write_workbook(instance, path / "book.xlsx", "ja")
    return load_tables(path / "book.xlsx")


@pytest.mark.parametrize("through", [through_folder, through_workbook])
@pytest.mark.parametrize("aim", [EVERYTHING["aim"], *AIMS], ids=["weights", "bare", "lexicographic", "reference"])
def test_an_instance_with_every_feature_comes_back(through: Any, aim: dict[str, Any], tmp_path: Path) -> None:
    instance = everything(aim=aim)
    back = through(instance, tmp_path)
    assert instance_json(back) == instance_json(instance)
    assert back.hash == instance.hash


def test_json_text_reads_back_to_an_equal_instance() -> None:
    for aim in (EVERYTHING["aim"], *AIMS):
        instance = everything(aim=aim)
        text = instance_json(instance)
        again = parse_instance(parse_json(text))
        assert again.hash == instance.hash
        assert instance_json(again) == text


def test_the_second_workbook_is_the_first(tmp_path: Path) -> None:
    first = through_workbook(everything(), tmp_path)
    write_workbook(first, tmp_path / "second.xlsx", "ja")
    assert (tmp_path / "second.xlsx").read_bytes() == (tmp_path / "book.xlsx").read_bytes()


def test_interactions_come_before_rules(tmp_path: Path) -> None:
    rules = list(reversed(EVERYTHING["rules"]))
    back = through_folder(everything(rules=rules), tmp_path)
    mixed = [rule["id"] for rule in rules]
    kinds = ("requires", "excludes", "at_least", "synergy", "dual_use")
    assert [rule.id for rule in back.rules] == sorted(mixed, key=lambda i: next(r["kind"] not in kinds for r in rules if r["id"] == i))
    assert through_folder(back, tmp_path / "again").hash == back.hash


def test_a_folder_and_a_workbook_give_the_same_raw_data(tmp_path: Path) -> None:
    write_folder(everything(), tmp_path / "tables")
    write_workbook(everything(), tmp_path / "book.xlsx")
    assert parse_instance(read_folder(tmp_path / "tables")).hash == parse_instance(read_workbook(tmp_path / "book.xlsx")).hash


def test_writing_again_empties_the_tables_that_are_gone(tmp_path: Path) -> None:
    write_folder(everything(), tmp_path)
    bare = everything(reference=[], rules=[rule for rule in EVERYTHING["rules"] if rule["kind"] != "persistence"])
    write_folder(bare, tmp_path)
    assert load_tables(tmp_path).hash == bare.hash


def test_what_no_table_can_hold_is_refused_by_name(tmp_path: Path) -> None:
    programmes = copy.deepcopy(EVERYTHING["programmes"])
    programmes[3]["options"] = [{"id": "base", "payments": {}}]
    with pytest.raises(InvalidInput) as caught:
        write_folder(everything(programmes=programmes), tmp_path)
    assert [(p.path, p.code) for p in caught.value.problems] == [("programmes[3].options[0].payments", "not_in_tables")]
    assert not list(tmp_path.iterdir())


def test_an_empty_text_is_the_same_as_none(tmp_path: Path) -> None:
    fields = [{"id": "chips", "note": ""}, {"id": "air", "name": {"en": " "}}]
    exposures = [{"id": "drones", "value": 1, "floor": {"value": "0.1", "note": "", "unit": ""}}]
    back = through_folder(everything(fields=fields, exposures=exposures), tmp_path)
    assert back.hash == everything(fields=[{"id": "chips"}, {"id": "air"}], exposures=[{"id": "drones", "value": 1, "floor": "0.1"}]).hash


def test_numbers_stay_exact(tmp_path: Path) -> None:
    costs = [
        "0.1",
        "0.30000000000000004",
        "123456789012345678.123456789",
        "1/3",
        "1e-9",
        "100000000000000000000",
        "0.123456789012345",
        "99999999999999.9",
    ]
    programmes = [{"id": f"p{i}", "cost": cost} for i, cost in enumerate(costs)]
    small = {key: EVERYTHING[key] for key in ("header", "fields", "criteria", "scenarios", "exposures", "sources", "needs")}
    funds = [{"id": "f", "years": {"2026": 1}}]
    instance = parse_instance(copy.deepcopy(small | {"programmes": programmes, "funds": funds}))
    for through in (through_folder, through_workbook):
        back = through(instance, tmp_path)
        assert [p.cost.number for p in back.programmes] == [p.cost.number for p in instance.programmes]


# -- random small instances ----------------------------------------------------------------------------------------
text = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=12).filter(lambda t: t.strip())
nasty = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "'=x",
        "''-",
        "_x000D_",
        "_x005F_x",
        "a\r\nb",
        " lead",
        "trail ",
        '"',
        "a;b",
        "#x",
        "１２",
        "５億円",
    ]
)
words = text | nasty
texts = words | st.fixed_dictionaries({}, optional={"en": words, "ja": words}).filter(bool)
digits = st.decimals(0, 1000, places=3).map(str) | st.integers(0, 10**18) | st.fractions(0, 9, max_denominator=7).map(str)
annotation = st.fixed_dictionaries(
    {}, optional={"unit": words, "kind": st.sampled_from(["stated", "derived", "judgement"]), "note": texts, "source": st.just("s")}
)
plain = st.builds(lambda value, said: {"value": value, **said} if said else value, digits, annotation)
factors = st.dictionaries(st.sampled_from("abc"), plain | st.just("@shared"), min_size=1, max_size=3)
number = plain | st.just("@shared") | st.builds(lambda f, said: {"factors": f, **said}, factors, annotation)
share = st.builds(lambda value, said: {"value": value, **said}, st.decimals(0, 1, places=3).map(str), annotation)


@st.composite
def instances(draw: st.DrawFn) -> dict[str, Any]:
    option = st.fixed_dictionaries({"cost": number}, optional={"name": texts, "ramp": share, "tags": st.just(["t"]), "effects": st.fixed_dictionaries({"g": number}),
        "mitigates": st.fixed_dictionaries({"e": share}), "funds": st.sampled_from([[], ["f"]]), "min_scale": share})  # fmt: skip
    programme = st.fixed_dictionaries({"cost": number}, optional={"name": texts, "note": texts, "mandatory": st.booleans(), "effects": st.fixed_dictionaries({"g": number}),
        "uses": st.fixed_dictionaries({"c": number | st.dictionaries(st.sampled_from(["2026", "2027"]), number, min_size=1)}), "options": st.lists(option, max_size=2)})  # fmt: skip
    programmes = draw(st.lists(programme, min_size=1, max_size=3))
    for i, entry in enumerate(programmes):
        entry["id"] = f"p{i}"
        for j, way in enumerate(entry.get("options", [])):
            way["id"] = f"o{j}"
    return {
        "header": {
            "id": "h",
            "name": draw(texts),
            "first_year": 2026,
            "last_year": 2027,
            "discount_rate": draw(plain),
            "currency": draw(words),
        },
        "sources": [{"id": "s", "quote": draw(words), "title": draw(texts), "url": draw(words)}],
        "quantities": {"shared": draw(plain), "product": {"factors": draw(st.dictionaries(st.sampled_from("xy"), plain, min_size=1))}},
        "criteria": [{"id": "g", "kind": "contribution", "name": draw(texts)}],
        "exposures": [{"id": "e", "value": draw(plain), "note": draw(texts)}],
        "capacities": [{"id": "c", "unit": draw(words), "years": {"2026": draw(plain)}}],
        "funds": [
            {
                "id": "f",
                "owner": draw(texts),
                "years": draw(st.dictionaries(st.sampled_from(["2026", "2027"]), plain, min_size=1)),
                "external": draw(st.booleans()),
            }
        ],
        "programmes": programmes,
        "rules": [
            {"id": "r", "kind": "linear", "max": draw(plain), "terms": [{"programme": "p0", "coef": draw(number)}], "note": draw(texts)}
        ],
    }


def without_money_units(raw: Any) -> Any:
    """Annotated money may only name the instance's unit: not what is tested here."""
    if isinstance(raw, dict):
        return {
            key: without_money_units(value) for key, value in raw.items() if key != "unit" or ("value" not in raw and "factors" not in raw)
        }
    return [without_money_units(entry) for entry in raw] if isinstance(raw, list) else raw


@given(instances())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_instances_come_back_through_rows(raw: dict[str, Any]) -> None:
    instance = _sound(raw)
    if instance is None:
        return
    tables = tables_of(instance)
    reading = read_sheets(
        Sheet(name, name, False, [Row(i, list(row)) for i, row in enumerate((columns, *rows), 1)])
        for name, (columns, rows) in tables.items()
    )
    assert reading.problems == []
    assert parse_instance(reading.raw).hash == instance.hash


@given(instances())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_instances_come_back_through_files(tmp_path_factory: pytest.TempPathFactory, raw: dict[str, Any]) -> None:
    instance = _sound(raw)
    if instance is None:
        return
    path = tmp_path_factory.mktemp("files")
    assert through_folder(instance, path).hash == instance.hash
    assert through_workbook(instance, path).hash == instance.hash


def _sound(raw: dict[str, Any]) -> Instance | None:
    try:
        return parse_instance(without_money_units(raw))
    except InvalidInput as invalid:
        # Draws may break a rule of meaning (nothing may pay, a share above one); that is another test's subject.
        assert {p.code for p in invalid.problems} <= {"empty_eligibility", "range_order", "not_share"}, invalid
        return None


def test_an_annotation_that_repeats_is_one_row_per_number() -> None:
    programmes = [{"id": f"p{i}", "cost": FULL | {"value": 100}} for i in range(3)]
    tables = tables_of(
        everything(programmes=programmes, rules=[], reference=[], aim=None, funds=[EVERYTHING["funds"][1]], ceilings=[], match_groups=[])
    )
    paths = [row[0] for row in tables["quantities"][1]]
    assert [path for path in paths if path.startswith("programmes")] == ["programmes.p0.cost", "programmes.p1.cost", "programmes.p2.cost"]


def test_csv_text_ends_lines_alike() -> None:
    assert csv_text("fields", ("id", "note"), [["a", "=x"]]) == "id,note\na,'=x\n"
