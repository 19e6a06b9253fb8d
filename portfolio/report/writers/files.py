"""Which files a format consists of, by name; names are built from our own keys, never from names in the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portfolio.report.briefing.parts import Briefing
from portfolio.report.writers.data import file_tables, write_csv, write_json, write_parquet
from portfolio.report.writers.texts import stem

Files = dict[str, bytes]


def files(said: Briefing, form: str) -> Files:
    """File name -> content. form: xlsx, md, json, csv, parquet, png, svg. One file, or one per table or figure."""
    return WRITERS[form](said)


def unique(keys: list[str]) -> list[str]:
    """Stems of the keys, each once."""
    found: list[str] = []
    for key in keys:
        name, n = stem(key), 2
        while name.casefold() in (f.casefold() for f in found):
            name, n = f"{stem(key)}_{n}", n + 1
        found.append(name)
    return found


def _xlsx(said: Briefing) -> Files:
    from portfolio.report.writers.workbook import write_workbook

    return {"briefing.xlsx": write_workbook(said)}


def _md(said: Briefing) -> Files:
    """The text with its figures beside it."""
    from portfolio.report.writers.markdown import write_markdown

    drawn = _drawn(said, "svg")
    images = dict(zip(_names(said), drawn, strict=True))
    return {"briefing.md": write_markdown(said, images), **drawn}


def _json(said: Briefing) -> Files:
    return {"briefing.json": write_json(said)}


def _csv(said: Briefing) -> Files:
    tables = file_tables(said)
    return {f"{name}.csv": write_csv(table) for name, table in zip(unique([t.key for t in tables]), tables, strict=True)}


def _parquet(said: Briefing) -> Files:
    tables = file_tables(said)
    return {f"{name}.parquet": write_parquet(table, said) for name, table in zip(unique([t.key for t in tables]), tables, strict=True)}


def _names(said: Briefing) -> list[str]:
    from portfolio.report.writers.figures import drawings

    return list(drawings(said))


def _drawn(said: Briefing, form: str, size: str = "slide") -> Files:
    """Every figure at one size."""
    from portfolio.report.writers.figures import write_figure

    names = _names(said)
    tail = "" if size == "slide" else f"_{size}"
    return {f"{file}{tail}.{form}": write_figure(said, name, form, size) for file, name in zip(unique(names), names, strict=True)}


def _both(said: Briefing, form: str) -> Files:
    return {**_drawn(said, form), **_drawn(said, form, "print")}


WRITERS: Mapping[str, Callable[[Briefing], Files]] = {
    "xlsx": _xlsx,
    "md": _md,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
    "png": lambda said: _both(said, "png"),
    "svg": lambda said: _both(said, "svg"),
}
