"""Name or path -> bundled file (wheel: portfolio/_bundled) or repository folder (checkout)."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from portfolio.errors import InvalidInput, UsageError
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.problem import Problem
from portfolio.schema.references import hint
from portfolio.schema.validate import form_problem

_PACKAGE = Path(__file__).resolve().parent
DEFAULT_MODEL = "allocation"


def home(kind: str) -> Path:
    """Folder that holds the bundled `models` or `instances`."""
    bundled = _PACKAGE / "_bundled" / kind
    return bundled if bundled.is_dir() else _PACKAGE.parent / kind


def model_names() -> list[str]:
    """Bundled models."""
    return sorted(p.stem for p in home("models").glob("*.toml"))


def instance_names() -> list[str]:
    """Bundled instances: folders that hold an instance.json, by their path below instances/."""
    root = home("instances")
    return sorted(str(p.parent.relative_to(root)) for p in root.rglob("instance.json"))


def find_instance(name: str) -> Path:
    """A path as it is, else the bundled instance of that name. UsageError lists what is there."""
    path = Path(name)
    if path.is_dir() and (path / "instance.json").is_file():
        return path / "instance.json"
    if path.exists() or path.suffix or "/" in name.removeprefix("classics/"):
        return path
    if name in instance_names():
        return home("instances") / name / "instance.json"
    near = hint(name, instance_names())
    known = ", ".join(instance_names())
    raise UsageError(
        f"{name}: no such file, and no bundled instance of that name{near['hint']}. Bundled: {known}",
        f"{name}: ファイルも同梱データもありません{near['hint_ja']}。同梱: {known}",
    )


def load_model(name: str = DEFAULT_MODEL) -> ModelSpec:
    """A bundled model by name, or a model file by path."""
    path = Path(name) if name.endswith(".toml") else home("models") / f"{name}.toml"
    if not path.is_file():
        near = hint(name, model_names())
        known = ", ".join(model_names())
        raise UsageError(
            f"no model `{name}`{near['hint']}; bundled: {known}", f"モデル `{name}` はありません{near['hint_ja']}。同梱: {known}"
        )
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput([Problem("not_json", str(path), "", {"detail": f"TOML: {error}"})]) from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", f"{path}: 読み込めません（{error.strerror}）") from None
    return parse_model(raw)


def parse_model(raw: object) -> ModelSpec:
    """Validate a model's raw data; InvalidInput with every problem."""
    if not isinstance(raw, dict):
        raise InvalidInput([Problem("not_object", "$")])
    try:
        return ModelSpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput([form_problem(raw, ModelSpec, d) for d in error.errors()]) from None
