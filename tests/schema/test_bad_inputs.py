"""Every bad input gives InvalidInput (exit 3) with its exact place, and says in English and Japanese what was expected and what to do."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.json_text import decode, parse_json, read_text
from portfolio.schema.instance import Instance
from portfolio.schema.messages import CATALOGUE
from portfolio.schema.problem import Problem
from portfolio.schema.validate import parse_instance

FULL = (Path(__file__).parent / "full_instance.json").read_text(encoding="utf-8")
GONE = object()
"""Marks an entry that a case takes away."""
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SLOWEST = 3.0
"""Processor seconds within which a bad file is answered: what grows with the square of its size takes minutes, and other work on the machine does not count."""


def read(data: bytes | str) -> Instance:
    """The way of a user's file: bytes -> text -> raw data -> instance."""
    return parse_instance(parse_json(decode(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"), "x.json")))


def steps(path: str) -> list[str | int]:
    return [int(part) if part.isdigit() and bracket else part for bracket, part in re.findall(r"(\[?)([^.\[\]]+)\]?", path)]


def put(raw: Any, path: str, value: Any) -> None:
    """Set, add (`list[+]`) or take away the entry at a path."""
    *way, last = steps(path)
    for step in way:
        raw = raw[step]
    if last == "+":
        raw.append(value)
    elif value is GONE:
        del raw[last]
    else:
        raw[last] = value


def changed(*changes: tuple[str, Any]) -> str:
    raw = json.loads(FULL)
    for path, value in changes:
        put(raw, path, value)
    return json.dumps(raw)


def found(data: bytes | str) -> list[Problem]:
    """The problems of a bad input, after checking what holds for every one of them."""
    begun = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        read(data)
    assert time.process_time() - begun < SLOWEST
    assert caught.value.exit_code == 3
    for problem in caught.value.problems:
        speaks_both_languages(problem)
    return list(caught.value.problems)


def speaks_both_languages(problem: Problem) -> None:
    for part in (problem.expectation, problem.remedy):
        assert part("en").strip()
        assert not JAPANESE.search(part("en"))
        assert JAPANESE.search(part("ja"))
    assert problem.path and problem.path.isprintable()
    assert problem.path in problem.line("en") and problem.path in problem.line("ja")
    assert "\n" not in problem.line("en")


# -- the text itself ---------------------------------------------------------------------------------------------------
TEXTS: list[tuple[str, bytes | str, str, str]] = [
    ("empty file", b"", "not_json", "x.json"),
    ("only spaces", b" \n\t ", "not_json", "x.json"),
    ("only a byte order mark", b"\xef\xbb\xbf", "not_json", "line 1, column 1"),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\xff", "not_json", "x.json"),
    ("UTF-16", FULL.encode("utf-16"), "not_json", "x.json"),
    ("Shift JIS", FULL.encode("cp932"), "not_json", "x.json"),
    ("nul bytes", b"\x00\x00\x00", "not_json", "line 1, column 1"),
    ("not JSON", "programmes:\n  - fab", "not_json", "line 1, column 1"),
    ("an HTML page", "<!DOCTYPE html>", "not_json", "line 1, column 1"),
    ("truncated", '{"header": {"id": "a"', "not_json", "line 1, column 22"),
    ("truncated inside a string", '{"header": {"id": "a', "not_json", "line 1, column 19"),
    ("a comma too many", '{"header": 1,\n}', "not_json", "line 2, column 1"),
    ("a comma too few", '{"header": 1\n "criteria": 2}', "not_json", "line 2, column 2"),
    ("single quotes", "{'header': 1}", "not_json", "line 1, column 2"),
    ("a comment", '{"header": 1} // done', "not_json", "line 1, column 15"),
    ("two documents", "{}\n{}", "not_json", "line 2, column 1"),
    ("a line break in a string", '{"a": "x\ny"}', "not_json", "line 1, column 9"),
    ("an unknown escape", r'{"a": "\q"}', "not_json", "line 1, column 8"),
    ("a duplicate key", '{"header": {"id": "a",\n  "id": "b"}}', "duplicate_key", "header.id"),
    ("a duplicate key in a list", '{"funds": [{}, {"years": {"2026": 1, "2026": 2}}]}', "duplicate_key", "funds[1].years.2026"),
    ("a duplicate key written with an escape", r'{"funds": 1, "f\u0075nds": 2}', "duplicate_key", "funds"),
    ("a duplicate key in nested lists", '{"a": [[1, {"}": "]", "b": 1, "b": 2}]]}', "duplicate_key", "a[0][1].b"),
    ("NaN", '{"header": {"grid": NaN}}', "not_finite", "header.grid"),
    ("Infinity", '{"funds": [{"years": {"2026": Infinity}}]}', "not_finite", "funds[0].years.2026"),
    ("minus Infinity", "[-Infinity]", "not_finite", "[0]"),
    ("NaN alone", "NaN", "not_finite", "$"),
    ("an exponent without end", '{"a": 1e99999999999999999999}', "not_finite", "a"),
    ("half a character", r'{"header": {"name": "\ud800", "id": "a"}}', "half_character", "header.name"),
    ("half a character in a key", r'{"header": {"\uDC00": 1}}', "half_character", "header"),
    ("nesting", '{"a": ' * 61 + "1" + "}" * 61, "too_deep", ".".join("a" * 60)),
    ("nesting of lists", "[" * 61 + "]" * 61, "too_deep", "[0]" * 60),
    ("nesting without end", "[" * 1_000_000, "too_deep", "$"),
    ("nesting of objects without end", '{"a":' * 100_000, "too_deep", "$"),
    ("a list", "[]", "not_object", "$"),
    ("a number", "12", "not_object", "$"),
    ("null", "null", "not_object", "$"),
    ("a text", '"header"', "not_object", "$"),
]


@pytest.mark.parametrize(("data", "code", "path"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_a_text_that_is_not_an_instance_is_refused_with_its_place(data: bytes | str, code: str, path: str) -> None:
    assert [(p.code, p.path) for p in found(data)] == [(code, path)]


def test_a_duplicate_key_names_line_and_column_of_the_second() -> None:
    [problem] = found('{"header": {"id": "a",\n  "id": "b"}}')
    assert problem.value == "id (line 2, column 3)"


def test_every_duplicate_key_and_every_nan_is_listed() -> None:
    places = [(p.code, p.path) for p in found('{"a": 1, "a": 2, "b": {"c": NaN, "c": [Infinity]}, "a": 3}')]
    assert places == [("not_finite", "b.c[0]"), ("duplicate_key", "a"), ("duplicate_key", "b.c"), ("duplicate_key", "a")]


def test_brackets_inside_strings_are_no_nesting() -> None:
    assert parse_json(json.dumps({"a": "[{" * 500})) == {"a": "[{" * 500}


def test_sixty_levels_are_read() -> None:
    assert parse_json("[" * 60 + "]" * 60)


def test_a_byte_order_mark_is_welcome() -> None:
    assert read(b"\xef\xbb\xbf" + FULL.encode()) == read(FULL)


def test_a_large_file_of_brackets_is_answered_in_time() -> None:
    text = json.dumps({"x": [{"a": [[i], {"b": "[" * 9}]} for i in range(30_000)]})
    begun = time.process_time()
    parse_json(text)
    assert time.process_time() - begun < 2 * SLOWEST


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(UsageError):
            read_text(path)
    (tmp_path / "large.json").write_bytes(b" " * 100)
    with pytest.raises(InvalidInput) as caught:
        read_text(tmp_path / "large.json", largest=99)
    speaks_both_languages(caught.value.problems[0])


# -- one error in an otherwise valid instance --------------------------------------------------------------------------
Case = tuple[str, list[tuple[str, Any]], str, str]
FORM: list[Case] = [
    ("no header", [("header", GONE)], "missing", "header"),
    ("header is a list", [("header", [])], "wrong_type", "header"),
    ("funds is an object", [("funds", {})], "wrong_type", "funds"),
    ("a fund is a text", [("ceilings[0]", "cash")], "wrong_type", "ceilings[0]"),
    ("a programme is null", [("rules", []), ("reference", []), ("programmes[4]", None)], "wrong_type", "programmes[4]"),
    ("a rule is a number", [("rules[5]", 5)], "wrong_type", "rules[5]"),
    ("an option is a text", [("programmes[0].options[+]", "x")], "wrong_type", "programmes[0].options[2]"),
    ("years is a list", [("funds[1].years", [1])], "wrong_type", "funds[1].years"),
    ("a year that is no year", [("funds[1].years", {"2026": 1, "soon": 2})], "wrong_type", "funds[1].years.soon"),
    ("a year written in two ways", [("funds[1].years.02026", 2)], "wrong_type", "funds[1].years.02026"),
    ("a year with decimals", [("funds[1].opens", 2025.5)], "wrong_type", "funds[1].opens"),
    ("a year that is true", [("programmes[0].first_year", True)], "wrong_type", "programmes[0].first_year"),
    ("a year without end", [("header.first_year", 10**400)], "wrong_type", "header.first_year"),
    ("mandatory is a text", [("programmes[0].mandatory", "maybe")], "wrong_type", "programmes[0].mandatory"),
    ("tags is a text", [("programmes[0].tags", "today")], "wrong_type", "programmes[0].tags"),
    ("a name is a number", [("header.name", 5)], "wrong_type", "header.name"),
    ("a name's Japanese is a number", [("funds[0].name", {"en": "Bonds", "ja": 5})], "wrong_type", "funds[0].name.ja"),
    ("a source that is a number", [("programmes[0].cost", {"value": 1, "source": 3})], "wrong_type", "programmes[0].cost.source"),
    ("a cost in words", [("programmes[1].cost", "a lot")], "exact_number", "programmes[1].cost"),
    ("a cost that is true", [("programmes[1].cost", True)], "exact_number", "programmes[1].cost"),
    ("a cost that is a list", [("programmes[1].cost", [1, 2])], "exact_number", "programmes[1].cost"),
    ("a cost with a thousands separator", [("programmes[1].cost", "1,000")], "exact_number", "programmes[1].cost"),
    ("a fraction over zero", [("programmes[1].cost", "1/0")], "exact_number", "programmes[1].cost"),
    ("a fraction of decimals", [("programmes[1].cost", "1.5/2")], "exact_number", "programmes[1].cost"),
    ("ten thousand digits", [("programmes[1].cost", int("9" * 4000))], "exact_number", "programmes[1].cost"),
    ("ten thousand digits as text", [("programmes[1].cost", "9" * 10_000)], "exact_number", "programmes[1].cost"),
    ("an amount beyond floating point", [("programmes[1].cost", "1e350")], "size", "programmes[1].cost"),
    ("factors beyond floating point", [("quantities.lift.factors", {"a": "1e40", "b": "1e40"})], "size", "quantities.lift"),
    ("an amount too small", [("funds[0].years.2026", "1e-61")], "size", "funds[0].years.2026"),
    ("a grid too small", [("header.grid", "1e-61")], "size", "header.grid"),
    ("a weight too large", [("aim.weights.growth", "1e60")], "size", "aim.weights.growth"),
    ("NaN as text", [("programmes[1].cost", "nan")], "exact_number", "programmes[1].cost"),
    ("an annotated value in words", [("programmes[1].cost", {"value": "x"})], "exact_number", "programmes[1].cost.value"),
    ("a factor in words", [("quantities.lift.factors.share.value", "x")], "exact_number", "quantities.lift.factors.share.value"),
    ("a yearly use in words", [("programmes[1].uses.engineers.2027", "x")], "exact_number", "programmes[1].uses.engineers.2027"),
    ("a weight in words", [("aim.weights.growth", "x")], "exact_number", "aim.weights.growth"),
    ("a point in words", [("archetypes[1].curve[1][1]", "x")], "exact_number", "archetypes[1].curve[1][1]"),
    ("a value and factors", [("quantities.lift.value", 20)], "one_home", "quantities.lift"),
    ("neither value nor factors", [("programmes[1].cost", {"unit": "JPY bn"})], "one_home", "programmes[1].cost"),
    ("a price that is null", [("exposures[0].value", None)], "one_home", "exposures[0].value"),
    ("no factors", [("quantities.lift.factors", {})], "too_few", "quantities.lift.factors"),
    ("an unknown shared quantity", [("programmes[0].cost", "@chip_cost")], "unknown_quantity", "programmes[0].cost"),
    ("an unknown ref", [("programmes[0].cost", {"ref": "chip_cost"})], "unknown_quantity", "programmes[0].cost.ref"),
    ("a shared quantity of itself", [("quantities.market", "@market")], "quantity_circle", "quantities.market"),
    ("shared quantities in a circle", [("quantities.market", "@lift")], "quantity_circle", "quantities.lift"),
    ("a range above the value", [("exposures[0].value.low", 901)], "range_order", "exposures[0].value"),
    ("a range below the value", [("exposures[0].value.high", "899")], "range_order", "exposures[0].value"),
    ("a key with a typo", [("header.discount_rat", 0)], "unknown_key", "header.discount_rat"),
    ("an unknown table", [("programs", [])], "unknown_key", "programs"),
    ("an unknown key of an option", [("programmes[0].options[1].rate", 1)], "unknown_key", "programmes[0].options[1].rate"),
    ("an unknown key of a number", [("programmes[1].cost", {"valeu": 30})], "unknown_key", "programmes[1].cost.valeu"),
    ("an unknown key of a rule", [("rules[5].maximum", 3)], "unknown_key", "rules[5].maximum"),
    ("an unknown key of a criterion", [("criteria[2].alfa", 0.9)], "unknown_key", "criteria[2].alfa"),
    ("an unknown key of a selection", [("funds[0].eligible.field", ["chips"])], "unknown_key", "funds[0].eligible.field"),
    ("an unknown key of a text", [("funds[0].name", {"en": "a", "jp": "b"})], "unknown_key", "funds[0].name.jp"),
    ("an unknown key of the aim", [("aim.weight", {})], "unknown_key", "aim.weight"),
    ("a rule without kind", [("rules[5].kind", GONE)], "missing", "rules[5].kind"),
    ("a fund without years", [("funds[1].years", GONE)], "missing", "funds[1].years"),
    ("a rule without members", [("rules[0].of", GONE)], "missing", "rules[0].of"),
    ("a rule kind with a typo", [("rules[5].kind", "focuss")], "bad_choice", "rules[5].kind"),
    ("a criterion kind", [("criteria[1].kind", "cost")], "bad_choice", "criteria[1].kind"),
    ("an aim of unknown kind", [("aim.kind", "best")], "bad_choice", "aim.kind"),
    ("a basis", [("funds[0].basis", "cashflow")], "bad_choice", "funds[0].basis"),
    ("a risk that is maximised", [("criteria[2].sense", "max")], "bad_choice", "criteria[2].sense"),
    ("a price basis", [("header.price_basis", "constant")], "bad_choice", "header.price_basis"),
    ("another format", [("format", "portfolio-result")], "bad_choice", "format"),
    ("a version from the future", [("schema_version", 2)], "schema_version", "schema_version"),
    ("an id with a space", [("match_groups[0].id", "the makers")], "bad_id", "match_groups[0].id"),
    ("an id with a dot", [("match_groups[0].id", "a.b")], "bad_id", "match_groups[0].id"),
    ("an empty id", [("match_groups[0].id", "")], "bad_id", "match_groups[0].id"),
    ("an id of 81 letters", [("match_groups[0].id", "a" * 81)], "out_of_bounds", "match_groups[0].id"),
    ("a key that is no id", [("quantities.lift.factors.a b", 1)], "bad_id", "quantities.lift.factors.a b"),
    ("no units", [("programmes[1].units", 0)], "out_of_bounds", "programmes[1].units"),
    ("too many units", [("programmes[1].units", 1001)], "out_of_bounds", "programmes[1].units"),
    ("a duration of nothing", [("programmes[2].duration", 0)], "out_of_bounds", "programmes[2].duration"),
    ("a horizon before Christ", [("header.base_year", -5)], "out_of_bounds", "header.base_year"),
    ("a rule of one member", [("rules[1].of", ["mine"])], "too_few", "rules[1].of"),
    ("an empty curve", [("archetypes[0].curve", [])], "too_few", "archetypes[0].curve"),
    ("a point of one number", [("archetypes[0].curve[0]", [0.4])], "too_few", "archetypes[0].curve[0]"),
    ("a point of three numbers", [("archetypes[0].curve[0]", [0.4, 0.3, 1])], "too_many", "archetypes[0].curve[0]"),
]
REFERENCES: list[Case] = [
    (f"unknown id at {path}", [(path, value)], "dangling", where or path)
    for path, value, where in [
        ("programmes[0].field", "chip", None),
        ("programmes[0].archetype", "scalar", None),
        ("programmes[0].effects.growht", 1, None),
        ("programmes[0].mitigates.logik", 0.5, None),
        ("programmes[2].covers.defense", 1, None),
        ("programmes[2].provides.sensor", 0.5, None),
        ("programmes[0].uses.engineer", 1, None),
        ("programmes[0].options[1].effects.growht", 1, None),
        ("programmes[0].options[0].funds", ["bond"], "programmes[0].options[0].funds[0]"),
        ("programmes[1].funds[0]", "bond", None),
        ("programmes[3].payments", {"cahs": {"2026": 12}}, "programmes[3].payments.cahs"),
        ("programmes[0].cost", {"value": 40, "source": "paln"}, "programmes[0].cost.source"),
        ("programmes[0].cost", {"value": 40, "source": ["plan", "paln"]}, "programmes[0].cost.source[1]"),
        ("funds[1].eligible.fields", ["drones", "energy", "chip"], "funds[1].eligible.fields[2]"),
        ("funds[1].eligible.archetypes", ["scaler", "top", "plain", "plane"], "funds[1].eligible.archetypes[3]"),
        ("ceilings[0].funds[0]", "cahs", None),
        ("ceilings[0].select.programmes", ["swrm"], "ceilings[0].select.programmes[0]"),
        ("match_groups[0].select.fields[0]", "chip", None),
        ("criteria[2].exposures[0]", "logik", None),
        ("criteria[3].needs[0]", "defense", None),
        ("exposures[0].field", "chip", None),
        ("scenarios[1].severities.logik", 0.1, None),
        ("capabilities[0].covers.defense", 1, None),
        ("ripple[0].to_field", "drone", None),
        ("ripple[1].from_field", "drone", None),
        ("empty_cells[0].field", "drone", None),
        ("empty_cells[0].archetype", "scalar", None),
        ("reference[0].programme", "fib", None),
        ("rules[0].if", "swrm", None),
        ("rules[0].of[0]", "rader", None),
        ("rules[3].bonus.growht", 1, None),
        ("rules[6].select.programmes[1]", "mines", None),
        ("rules[7].of.fields[1]", "enrgy", None),
        ("rules[9].funds[1]", "cahs", None),
        ("rules[10].criterion", "emission", None),
        ("rules[11].terms[0].programme", "fib", None),
        ("rules[11].terms[0].fund", "bond", None),
        ("rules[12].criterion", "growht", None),
        ("aim.weights.growht", 1, None),
        ("aim.floors[0].criterion", "growht", None),
    ]
] + [
    ("an option that is not there", [("rules[0].of[1]", "fab,grants")], "no_option", "rules[0].of[1]"),
    ("a comma without option", [("rules[0].of[1]", "fab,")], "no_option", "rules[0].of[1]"),
    ("a start year that is not there", [("rules[2].of[1]", "swarm,base@2028")], "no_option", "rules[2].of[1]"),
    ("a term's option", [("rules[11].terms[0].option", "grants")], "no_option", "rules[11].terms[0].option"),
    ("a reference option", [("reference[0].option", "base")], "no_option", "reference[0].option"),
    ("a reference start", [("reference[1].option", "base@2020")], "no_option", "reference[1].option"),
    (
        "two funds of one id",
        [
            ("funds[1].id", "bonds"),
            ("programmes[3].payments", GONE),
            ("programmes[3].cost", 12),
            ("ceilings[0].funds", []),
            ("rules[9]", GONE),
        ],
        "duplicate_id",
        "funds[1].id",
    ),
    ("two rules of one id", [("rules[8].id", "r_focus")], "duplicate_id", "rules[8].id"),
    ("two options of one id", [("programmes[0].options[1].id", "grant")], "duplicate_id", "programmes[0].options[1].id"),
    ("a member twice", [("rules[1].of", ["mine", "mine"])], "repeated", "rules[1].of[1]"),
    ("a fund twice", [("rules[9].funds", ["cash", "bonds", "cash"])], "repeated", "rules[9].funds[2]"),
    ("a ripple link twice", [("ripple[+]", {"from_field": "chips", "to_field": "drones", "share": 0.1})], "repeated", "ripple[2]"),
    ("a reference choice twice", [("reference[+]", {"programme": "fab", "option": "loan"})], "repeated", "reference[2]"),
]
MEANING: list[Case] = [
    ("a horizon that ends before it begins", [("header.last_year", 2025)], "horizon_order", "header.last_year"),
    ("a horizon of 101 years", [("header.last_year", 2126)], "horizon_long", "header.last_year"),
    ("a base year long ago", [("header.base_year", 1900)], "base_year_far", "header.base_year"),
    ("a grid of nothing", [("header.grid", 0)], "not_positive", "header.grid"),
    ("a discount rate of -100 %", [("header.discount_rate", -1)], "discount_rate", "header.discount_rate"),
    ("an exchange rate of nothing", [("header.exchange_rates.USD", 0)], "not_positive", "header.exchange_rates.USD"),
    ("money outside the horizon", [("funds[0].years.2030", 5)], "outside_horizon", "funds[0].years.2030"),
    ("cash owed outside the horizon", [("funds[0].legacy_outlay", {"2025": 5})], "outside_horizon", "funds[0].legacy_outlay.2025"),
    (
        "a fund that ends before the horizon",
        [("funds[0].sunset", 2025), ("programmes[1].forbidden", True)],
        "outside_horizon",
        "funds[0].sunset",
    ),
    (
        "a fund that closes before it opens",
        [("funds[1].opens", 2028), ("funds[1].sunset", 2027), ("programmes[2].forbidden", True), ("programmes[3].forbidden", True)],
        "empty_window",
        "funds[1].sunset",
    ),
    ("a ceiling outside the horizon", [("ceilings[1].years.2035", {"max": 1})], "outside_horizon", "ceilings[1].years.2035"),
    ("a ceiling's period", [("ceilings[0].first_year", 2029)], "empty_window", "ceilings[0].last_year"),
    (
        "a window outside the horizon",
        [("programmes[0].options[1].last_year", 2031)],
        "outside_horizon",
        "programmes[0].options[1].last_year",
    ),
    ("a window without years", [("programmes[0].options[1].first_year", 2028)], "empty_window", "programmes[0].options[1]"),
    (
        "a start outside the horizon",
        [("programmes[2].start_years[1]", 2031), ("rules[2]", GONE)],
        "outside_horizon",
        "programmes[2].start_years[1]",
    ),
    ("a start twice", [("programmes[2].start_years[+]", 2026)], "repeated", "programmes[2].start_years[2]"),
    ("a start and a window", [("programmes[2].first_year", 2026)], "start_and_window", "programmes[2]"),
    ("a profile beyond the horizon", [("programmes[2].profile", {"0": 0.5, "4": 0.5})], "outside_horizon", "programmes[2].profile.4"),
    (
        "payments beyond the horizon",
        [("programmes[3].payments.cash", {"2026": 6, "2031": 6})],
        "outside_horizon",
        "programmes[3].payments.cash.2031",
    ),
    ("a use beyond the horizon", [("programmes[1].uses.engineers.2031", 1)], "outside_horizon", "programmes[1].uses.engineers.2031"),
    ("a capacity beyond the horizon", [("capacities[0].years.2031", 1)], "outside_horizon", "capacities[0].years.2031"),
    ("a term outside the horizon", [("rules[11].terms[0].year", 2031)], "outside_horizon", "rules[11].terms[0].year"),
    ("a negative budget", [("funds[0].years.2026", -1)], "negative", "funds[0].years.2026"),
    ("a negative carry limit", [("funds[0].carry_limit", "-1/3")], "negative", "funds[0].carry_limit"),
    ("a negative cost", [("programmes[1].cost", -30)], "negative", "programmes[1].cost"),
    ("a negative payment", [("programmes[3].payments.cash.2027", -6)], "negative", "programmes[3].payments.cash.2027"),
    ("a negative use", [("programmes[0].uses.engineers", -4)], "negative", "programmes[0].uses.engineers"),
    ("a negative ceiling", [("ceilings[0].max", -1)], "negative", "ceilings[0].max"),
    ("a negative loss", [("exposures[1].value", -300)], "negative", "exposures[1].value"),
    ("a negative weight of a need", [("needs[0].weight", -1)], "negative", "needs[0].weight"),
    ("a negative weight of the aim", [("aim.weights.growth", -1)], "negative", "aim.weights.growth"),
    ("a target of nothing", [("needs[0].target", 0)], "not_positive", "needs[0].target"),
    ("a rate in percent", [("funds[0].subsidy_rate", 50)], "not_share", "funds[0].subsidy_rate"),
    ("a subsidy rate of nothing", [("programmes[0].options[0].subsidy_rate", 0)], "zero_rate", "programmes[0].options[0].subsidy_rate"),
    ("a mitigation of 150 %", [("programmes[0].mitigates.logic", 1.5)], "not_share", "programmes[0].mitigates.logic"),
    ("a severity in percent", [("scenarios[1].severities.logic", 90)], "not_share", "scenarios[1].severities.logic"),
    ("an exposure floor", [("exposures[0].floor", 1.1)], "not_share", "exposures[0].floor"),
    ("an alpha of one", [("criteria[2].alpha", 1)], "not_share", "criteria[2].alpha"),
    ("a ramp in percent", [("programmes[0].options[0].ramp", 60)], "not_share", "programmes[0].options[0].ramp"),
    ("a share rule in percent", [("rules[7].max", 90)], "not_share", "rules[7].max"),
    ("a lexicographic tolerance", [("aim", {"kind": "lexicographic", "order": ["growth"], "tolerance": 5})], "not_share", "aim.tolerance"),
    ("probabilities of 110 %", [("scenarios[0].probability", 0.7)], "sum_to_one", "scenarios"),
    ("probabilities of a float's third", [("scenarios[0].probability", 0.6000000000000001)], "sum_to_one", "scenarios"),
    ("a profile of 90 %", [("programmes[2].profile.1", 0.4)], "sum_to_one", "programmes[2].profile"),
    ("an outlay profile of 90 %", [("funds[0].outlay_profile[2]", 0.1)], "sum_to_one", "funds[0].outlay_profile"),
    ("a cost in another unit", [("programmes[1].cost", {"value": 30, "unit": "JPY"})], "unit_mismatch", "programmes[1].cost"),
    ("a shared cost in another unit", [("quantities.chips_cost.unit", "USD")], "unit_mismatch", "programmes[0].cost"),
    ("a budget in another unit", [("funds[0].years.2026", {"value": 100, "unit": "JPY mn"})], "unit_mismatch", "funds[0].years.2026"),
    (
        "a ceiling in another unit",
        [("ceilings[1].years.2026.max", {"value": 140, "unit": "JPY mn"})],
        "unit_mismatch",
        "ceilings[1].years.2026.max",
    ),
    (
        "payments in another unit",
        [("programmes[3].payments.cash.2026", {"value": 6, "unit": "USD mn"})],
        "unit_mismatch",
        "programmes[3].payments.cash.2026",
    ),
    ("a curve out of order", [("archetypes[0].curve[1][0]", 0.3)], "curve_scale", "archetypes[0].curve"),
    ("a curve that ends early", [("archetypes[0].curve[2]", [0.9, 1])], "curve_scale", "archetypes[0].curve"),
    ("a curve that falls", [("archetypes[0].curve[1][1]", 0.2)], "curve_effect", "archetypes[0].curve"),
    ("a curve above one", [("archetypes[0].curve[2][1]", 1.2)], "curve_effect", "archetypes[0].curve"),
    ("a breakpoint twice, with units", [("archetypes[2].curve", [[0.5, 0.5], [0.5, 0.6], [1, 1]])], "curve_scale", "archetypes[2].curve"),
    ("units on a convex curve", [("programmes[1].curve", [[0.1, 0.1], [0.5, 0.2], [1, 1]])], "curve_units", "programmes[1]"),
    ("a convex phi", [("needs[0].curve[1]", [0.5, 0.3])], "phi_shape", "needs[0].curve"),
    ("a phi that begins above", [("needs[0].curve[0]", [0, 0.1])], "phi_shape", "needs[0].curve"),
    ("no fund may pay", [("programmes[1].funds", ["cash"]), ("programmes[1].tags", ["secret"])], "empty_eligibility", "programmes[1]"),
    ("no fund is open", [("programmes[1].first_year", 2029)], "empty_eligibility", "programmes[1]"),
    (
        "a payment the fund may not make",
        [("programmes[3].tags", ["secret"]), ("programmes[3].payments.cash", {"2026": 12})],
        "payment_not_allowed",
        "programmes[3].payments.cash.2026",
    ),
    ("payments that are not the cost", [("programmes[3].cost", 13)], "payments_and_cost", "programmes[3]"),
    ("a profile and payments", [("programmes[3].profile", {"2026": 1})], "profile_and_payments", "programmes[3]"),
    (
        "a profile of the programme, payments of its option",
        [
            ("programmes[2].start_years", GONE),
            ("programmes[2].duration", GONE),
            ("programmes[2].profile", {"2026": 1}),
            ("programmes[2].options", [{"id": "base", "payments": {"cash": {"2026": 24}}}]),
            ("rules[2]", GONE),
            ("reference[1]", GONE),
        ],
        "profile_and_payments",
        "programmes[2].options[0]",
    ),
    ("no cost", [("programmes[1].cost", GONE)], "no_cost", "programmes[1]"),
    ("payments of nothing", [("programmes[3].payments", {})], "no_cost", "programmes[3]"),
    ("mandatory and forbidden", [("programmes[0].forbidden", True)], "mandatory_forbidden", "programmes[0]"),
    ("an effect on a risk", [("programmes[1].effects.continuity", 1)], "not_contribution", "programmes[1].effects.continuity"),
    ("a bonus on coverage", [("rules[3].bonus.goods", 1)], "not_contribution", "rules[3].bonus.goods"),
    ("a ripple that grows", [("ripple[0].share", 1), ("ripple[1].share", 1)], "ripple_radius", "ripple"),
    ("a ripple onto itself", [("ripple[1]", {"from_field": "chips", "to_field": "chips", "share": 1})], "ripple_radius", "ripple"),
    ("a share rule without sides", [("rules[7].max", GONE)], "no_side", "rules[7]"),
    ("a bound without sides", [("rules[10].max", GONE)], "no_side", "rules[10]"),
    ("a linear rule without sides", [("rules[11].max", GONE)], "no_side", "rules[11]"),
    ("a ceiling without sides", [("ceilings[2].years", {})], "no_side", "ceilings[2]"),
    ("a year of a ceiling without sides", [("ceilings[2].years.2028", {"legacy": 1})], "no_side", "ceilings[2].years.2028"),
    ("a burden over a period", [("ceilings[2].max", 100)], "burden_period", "ceilings[2]"),
    ("persistence without reference", [("reference", [])], "persistence_needs", "rules[12]"),
    ("persistence without limit or price", [("rules[12].max_changed", GONE), ("rules[12].price", GONE)], "persistence_needs", "rules[12]"),
    ("a price without criterion", [("rules[12].criterion", GONE)], "persistence_needs", "rules[12]"),
    ("risk without scenarios", [("scenarios", [])], "no_scenarios", "criteria[2]"),
    ("no programmes", [("programmes", []), ("rules", []), ("reference", [])], "no_programmes", "programmes"),
    ("weights that are all zero", [("aim.weights", {"growth": 0})], "aim_unknown", "aim.weights"),
    ("a floor of the aim with two sides", [("aim.floors[0].value", 5)], "floor_side", "aim.floors[0]"),
]
CASES = FORM + REFERENCES + MEANING


@pytest.mark.parametrize(("changes", "code", "path"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_error_gives_one_problem_at_its_place(changes: list[tuple[str, Any]], code: str, path: str) -> None:
    assert [(p.code, p.path) for p in found(changed(*changes))] == [(code, path)]


def test_the_instance_that_the_cases_start_from_is_valid() -> None:
    assert read(FULL).header.id == "full"


@pytest.mark.parametrize(
    ("change", "suggestion"),
    [
        (("header.discount_rat", 0), "discount_rate"),
        (("programmes[0].options[1].subsidy_rates", 1), "subsidy_rate"),
        (("programmes[1].cost", {"valeu": 30}), "value"),
        (("rules[0].iff", "fab"), "if"),
        (("programmes[0].field", "chip"), "chips"),
        (("programmes[0].cost", "@chip_cost"), "chips_cost"),
        (("programmes[0].cost", {"ref": "chip_cost"}), "chips_cost"),
        (("reference[1].option", "base@2036"), "base@2026"),
    ],
)
def test_a_typo_is_answered_with_the_closest_name(change: tuple[str, Any], suggestion: str) -> None:
    [problem] = found(changed(change))
    assert f"did you mean `{suggestion}`?" in problem.expectation("en")
    assert f"`{suggestion}` では？" in problem.expectation("ja")


def test_the_value_is_quoted_as_the_file_has_it() -> None:
    values = {
        p.path: p.value for p in found(changed(("programmes[0].mandatory", "maybe"), ("programmes[1].cost", True), ("header.name", None)))
    }
    assert values["programmes[0].mandatory"] == "maybe"
    assert values["programmes[1].cost"] == "true"
    assert values["header.name"] == "null"


def test_a_long_or_unprintable_value_is_quoted_in_one_short_line() -> None:
    [problem] = found(changed(("programmes[1].cost", "x\n\x1b[31m" * 1000)))
    assert len(problem.value) == 60 and problem.value.isprintable()


def test_an_unprintable_key_is_shown_in_one_line() -> None:
    [problem] = found(changed(("header.a\nb\x1b", 1)))
    assert problem.path == "header.a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


def test_ten_planted_errors_are_all_reported_at_once() -> None:
    planted = [
        ("header.discount_rat", 0.1, "unknown_key"),
        ("quantities.market.value", "much", "exact_number"),
        ("funds[0].basis", "cashflow", "bad_choice"),
        ("programmes[0].first_year", "soon", "wrong_type"),
        ("programmes[2].profile", {"0": 0.5, "1": 0.4}, "sum_to_one"),
        ("programmes[4].field", "enrgy", "dangling"),
        ("exposures[1].value", -300, "negative"),
        ("scenarios[0].probability", 0.7, "sum_to_one"),
        ("rules[5].kind", "focuss", "bad_choice"),
        ("rules[7].of.fields", ["chips", "enrgy"], "dangling"),
        ("ceilings[1].years.2035", {"max": 1}, "outside_horizon"),
        ("needs[0].target", 0, "not_positive"),
    ]
    places = {"scenarios[0].probability": "scenarios", "rules[5].kind": "rules[5].kind", "rules[7].of.fields": "rules[7].of.fields[1]"}
    expected = {(code, places.get(path, path)) for path, _, code in planted}
    assert {(p.code, p.path) for p in found(changed(*((path, value) for path, value, _ in planted)))} == expected


def test_an_error_of_form_does_not_cause_errors_of_meaning() -> None:
    """What is broken is left out; nothing else may seem wrong because it is missing."""
    for path in (
        "funds[0].years",
        "archetypes[0].curve",
        "criteria[0].kind",
        "reference[0].option",
        "scenarios[0].probability",
        "header.unit",
    ):
        assert [p.path for p in found(changed((path, [])))] == [path]


def test_a_broken_shared_quantity_is_reported_once() -> None:
    changes = [("quantities.chance", {"value": "some"}), ("scenarios[0].probability", "@chance")]
    assert [(p.code, p.path) for p in found(changed(*changes))] == [("exact_number", "quantities.chance.value")]


def test_four_thousand_dangling_ids_are_answered_in_time() -> None:
    raw = json.loads(FULL)
    raw["programmes"] += [{"id": f"p{i}", "cost": 1, "field": f"unknown_{i}", "effects": {f"growth_{i}": 1}} for i in range(2000)]
    raw["fields"] += [{"id": f"field_{i}"} for i in range(2000)]
    begun = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        parse_instance(raw)
    assert len(caught.value.problems) == 4000
    assert time.process_time() - begun < 5 * SLOWEST


# -- the catalogue -----------------------------------------------------------------------------------------------------
def test_every_message_says_in_both_languages_what_was_expected_and_what_to_do() -> None:
    for code, texts in CATALOGUE.items():
        assert set(texts) == {"en", "ja"}, code
        for english, japanese in zip(texts["en"], texts["ja"], strict=True):
            assert english and not JAPANESE.search(english), code
            assert JAPANESE.search(japanese), code
        fields = {lang: {f for text in texts[lang] for f in re.findall(r"{(\w+)}", text)} for lang in ("en", "ja")}
        assert {f.removesuffix("_ja") for f in fields["ja"]} <= fields["en"] | {"found"}, code


# -- fuzzing -----------------------------------------------------------------------------------------------------------
JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    5,
    0.5,
    10**50,
    2026,
    2027,
    9999,
    10**9,
    "",
    "x",
    "@market",
    "@nope",
    "@",
    "a b",
    "2026",
    "02026",
    "2/3",
    "1/0",
    "\ud800",
    [],
    {},
    [1],
    [[]],
    [1, 2, 3],
    {"value": 1},
    {"factors": {}},
    {"ref": "market", "low": 1},
    {"ref": 5},
    {"kind": "risk"},
    {"2026": 1},
    {"2026": 1, "x": 2},
    "fab",
    "fab,",
    "fab,grant@2026",
    ",",
]


def nodes(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [path, *(deeper for key, entry in inner for deeper in nodes(entry, (*path, key)))]


def at(raw: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        raw = raw[key]
    return raw


def mutate(raw: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Delete, replace, duplicate, rename or transplant one random node."""
    path = draw(st.sampled_from(nodes(raw)[1:] or [()]))
    if not path:
        return
    parent, key = at(raw, path[:-1]), path[-1]
    match draw(st.sampled_from(["delete", "replace", "duplicate", "rename", "transplant"])):
        case "delete":
            del parent[key]
        case "replace":
            parent[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        case "duplicate" if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        case "duplicate":
            parent[draw(st.sampled_from(["2026", "growth", "source", "kind"]))] = copy.deepcopy(parent[key])
        case "rename" if isinstance(parent, dict):
            parent[draw(st.sampled_from(["", "a b", "value", "2030", "number", "years"]))] = parent.pop(key)
        case _:
            parent[key] = copy.deepcopy(at(raw, draw(st.sampled_from(nodes(raw)))))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.integers(1, 4))
def test_a_mutated_instance_is_read_or_refused_and_nothing_else(data: st.DataObject, times: int) -> None:
    raw = parse_json(FULL)
    for _ in range(times):
        mutate(raw, data.draw)
    try:
        instance = parse_instance(raw)
    except InvalidInput as refused:
        assert refused.problems
        for problem in refused.problems:
            speaks_both_languages(problem)
            json.dumps(problem.as_dict(), ensure_ascii=False).encode()
    else:
        assert parse_instance(instance.canonical()).hash == instance.hash


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_text_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    text, at_ = FULL, data.draw(st.integers(0, len(FULL)))
    junk = data.draw(st.sampled_from(["", "{", "}", "[", '"', ",", "NaN", "1e999", "-", "\\", "\x00", "\ufeff", '"id":', "9" * 5000]))
    try:
        read(text[:at_] + junk + text[at_ + data.draw(st.integers(0, 40)) :])
    except InvalidInput as refused:
        for problem in refused.problems:
            speaks_both_languages(problem)
