"""`portfolio instances`: the bundled instances, their sizes and what is known about their best plan."""

from __future__ import annotations

import json
from typing import Any

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language


def instances(lang: Lang = Language.auto, as_json: Json = False, debug: Debug = False) -> int:
    """List the bundled instances with their sizes and expected result."""
    from portfolio.library import instance_names
    from portfolio.report.blocks import Cell, Column, Content, Table
    from portfolio.report.terminal import render

    desk = Desk.of(lang.value, as_json)
    found = [_described(name) for name in instance_names()]
    if as_json:
        desk.emit({"instances": found})
        return 0
    if not found:
        desk.show(desk.pick("no instance is bundled", "同梱データはありません"))
        return 0
    heads = (("instance", "instance", "データ"), ("horizon", "years", "期間"))
    sizes = (
        ("programmes", "programmes", "事業"),
        ("options", "options", "選択肢"),
        ("funds", "funds", "財源"),
        ("criteria", "criteria", "基準"),
    )
    columns = tuple(Column(key, desk.pick(en, ja), False) for key, en, ja in heads)
    columns += tuple(Column(key, desk.pick(en, ja)) for key, en, ja in sizes)
    columns += (Column("expected", desk.pick("expected result", "期待される結果"), False),)
    rows = tuple(
        (Cell(f["instance"]), Cell(f["horizon"]), *(Cell(str(f[key]), f[key]) for key, _, _ in sizes), Cell(_brief(f["expected"])))
        for f in found
    )
    desk.show(render(Content(tables=(Table("instances", "", columns, rows),)), desk.width(), desk.colour))
    return 0


def _described(name: str) -> dict[str, Any]:
    from portfolio.formats.json_text import parse_json, read_text
    from portfolio.library import find_instance

    path = find_instance(name)
    # Sizes are read off the raw file: listing must not wait for the validation of every instance.
    raw = parse_json(read_text(path))
    header = raw["header"]
    expected = path.parent / "expected.json"
    return {
        "instance": name,
        "name": header.get("name", ""),
        "horizon": f"{header['first_year']}-{header['last_year']}",
        "programmes": len(raw.get("programmes", ())),
        "options": sum(max(len(p.get("options", ())), 1) for p in raw.get("programmes", ())),
        "funds": len(raw.get("funds", ())),
        "criteria": len(raw.get("criteria", ())),
        "expected": json.loads(expected.read_text(encoding="utf-8")) if expected.is_file() else None,
    }


def _brief(expected: Any) -> str:
    if not isinstance(expected, dict):
        return "-"
    return ", ".join(f"{key} {value}" for key, value in expected.items() if isinstance(value, (str, int, float)))[:60] or "-"
