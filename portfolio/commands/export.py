"""`portfolio export`: the same program as an MPS or LP file, or as a script that holds a Pyomo or PuLP model."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language, Model, Settings, Source

if TYPE_CHECKING:
    from portfolio.schema.instance import Instance

SCRIPT = '''\
# "format": "portfolio-{to}"
"""{title} as a {package} model, made by `portfolio export --to {to}`: add constraints, choose a solver, bring the plan back."""

{imports}

import portfolio

SOURCE = {source}
AIM = {aim}

instance = portfolio.load(SOURCE)
model = portfolio.to_{to}(instance, model={model!r}, aim=AIM)

# Constraints of your own, for example: {example}

if __name__ == "__main__":
    {solve}
    result = portfolio.plan_from_{to}(instance, model)
    for frame in portfolio.plan_frames(result).values():
        print(frame, end="\\n\\n")
'''
PARTS = {
    "pyomo": {
        "package": "Pyomo",
        "imports": "import pyomo.environ as pyo",
        "example": "model.mine = pyo.Constraint(expr=model.take[{key}] >= 1)",
        "solve": 'pyo.SolverFactory("appsi_highs").solve(model)',
    },
    "pulp": {
        "package": "PuLP",
        "imports": "import pulp",
        "example": 'model += model.columns["take"][{key}] >= 1, "mine"',
        "solve": "model.solve(pulp.HiGHS(msg=False))",
    },
}


class Kind(StrEnum):
    """--to."""

    mps = "mps"
    lp = "lp"
    pyomo = "pyomo"
    pulp = "pulp"


def export(
    instance: Source,
    to: Annotated[Kind, typer.Option(help="mps and lp write a file for any solver; pyomo and pulp a Python script that holds the model.")],
    model: Model = "allocation",
    weights: Annotated[str | None, typer.Option(help="Weights by criterion: growth=2,continuity=1.", metavar="A=N,B=N")] = None,
    floor: Annotated[list[str] | None, typer.Option(help="growth=95% (of its best) or growth=1234. Repeatable.", metavar="A=N")] = None,
    set_: Settings = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File; - for stdout. Default: ID.mps, ID.lp, ID_pyomo.py here.")
    ] = None,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Write the model for another solver or modelling package, with the names of the instance."""
    from portfolio.api.doors import file_text
    from portfolio.commands.aim_flags import build_aim
    from portfolio.commands.inputs import read_instance
    from portfolio.commands.saving import STDOUT, prepare
    from portfolio.errors import UsageError
    from portfolio.library import load_model

    desk = Desk.of(lang.value, as_json)
    if as_json and output == STDOUT:
        raise UsageError("--json and -o - both want standard output", "--json と -o - はどちらも標準出力を使います")
    loaded = read_instance(instance, set_ or ())
    spec = load_model(model)
    aim = build_aim(loaded.aim or spec.aim, weights, None, None, None, floor or ())
    ending = f".{to.value}" if to in (Kind.mps, Kind.lp) else f"_{to.value}.py"
    name = output or f"{loaded.header.id}{ending}"
    target = None if name == STDOUT else prepare(name, f"portfolio-{to.value}")
    if to in (Kind.mps, Kind.lp):
        text = file_text(loaded, to.value, spec, aim)
    else:
        text = _script(loaded, instance if instance != STDOUT and not set_ else None, to.value, model, aim)
    if target is None:
        desk.show(text)
        return 0
    target.write(text)
    desk.say(desk.pick(f"wrote {name}", f"{name} に書き出しました"))
    if as_json:
        desk.emit({"saved": name, "to": to.value, "hash": loaded.hash})
    return 0


def _script(loaded: Instance, source: str | None, to: str, model: str, aim: Any) -> str:
    """Python source; an instance that has no file of its own (stdin, --set) stands in it as data."""
    way = next((w for w in loaded.ways), None)
    key = f'"{way.programme}", "{way.name}"' if way else ""
    parts = {name: text.replace("{key}", key) for name, text in PARTS[to].items()}
    held = repr(loaded.canonical() if source is None else source)
    dumped = None if aim is None else aim.model_dump(mode="json")
    return SCRIPT.format(**parts, to=to, title=loaded.header.id, source=held, aim=repr(dumped), model=model)
