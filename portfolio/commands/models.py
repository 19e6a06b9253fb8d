"""`portfolio models`: what is bundled, and the equations of one model."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language


def models(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Model whose equations are shown.")] = None,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """List the models, or print the equations of one."""
    from portfolio.library import load_model, model_names
    from portfolio.report.blocks import Cell, Column, Content, Table
    from portfolio.report.terminal import render

    desk = Desk.of(lang.value, as_json)
    if name is not None:
        return _equations(desk, name)
    specs = [load_model(known) for known in model_names()]
    if as_json:
        desk.emit({"models": [{**s.model_dump(mode="json"), "equations": None} for s in specs]})
        return 0
    heads = (("model", "model", "モデル"), ("name", "name", "名称"), ("risk", "risk", "リスク"), ("about", "what it is", "説明"))
    columns = tuple(Column(key, desk.pick(en, ja), False) for key, en, ja in heads)
    rows = tuple(
        (
            Cell(s.id),
            Cell(s.name.get(desk.lang)),
            Cell(s.risk.measure if "risk" in s.components else "-"),
            Cell(s.description.get(desk.lang)),
        )
        for s in specs
    )
    desk.show(render(Content(tables=(Table("models", "", columns, rows),)), desk.width(), desk.colour))
    desk.say(desk.pick("equations: portfolio models NAME", "数式: portfolio models NAME"))
    return 0


def _equations(desk: Desk, name: str) -> int:
    import inspect

    from portfolio.formulation.assemble import component
    from portfolio.library import load_model

    spec = load_model(name)
    said = {c: inspect.getdoc(inspect.getmodule(component(c))) or "" for c in spec.components}
    if desk.as_json:
        desk.emit({"model": spec.model_dump(mode="json"), "equations": said})
        return 0
    lines = [f"{spec.id}: {spec.name.get(desk.lang)}", spec.description.get(desk.lang)]
    for title, text in said.items():
        lines += ["", f"[{title}]", text]
    desk.show("\n".join(lines))
    return 0
