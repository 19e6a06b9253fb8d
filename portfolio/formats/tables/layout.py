"""The declared layout: which column of which table holds which place of the JSON, with headings and explanations in both languages.

Reading, writing, the template and the tests all walk this one declaration; nothing about a single table is written elsewhere,
apart from the two tables of another shape (`header`: key and value; `quantities`: annotations by path).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Type = Literal[
    "id", "ids", "ids_or_all", "choice", "text", "both", "bool", "int", "ints", "number", "money", "exact", "numbers", "product", "weights"
]
"""What a cell holds. both: one text for the two languages · money: a number that may carry 円, 億円 ... · exact: a number without
annotation · ids_or_all: a list, or `*` for an empty one that was meant · product: `a=2; b=@x` · weights: `a=2; b=3`."""
ANNOTATED: frozenset[str] = frozenset({"number", "money", "numbers", "product"})
NUMERIC: frozenset[str] = frozenset({"number", "money", "exact", "int"})


@dataclass(frozen=True)
class At:
    """A place below the record: `years.{year}`; braces name the column that gives the key. when: (column, value) that selects it."""

    path: str
    when: tuple[tuple[str, str], ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """The columns in braces."""
        return frozenset(step[1:-1] for step in self.path.split(".") if step.startswith("{"))


@dataclass(frozen=True)
class Column:
    """One column. at: its places (none: the column only names an owner or a key) · refers: collection whose ids are offered ·
    int_kinds: kinds of record for which the number is a whole number without annotation · rare: folded away in the workbook."""

    name: str
    type: Type
    at: tuple[At, ...]
    en: str
    ja: str
    about_en: str = ""
    about_ja: str = ""
    unit: str = ""
    example: str = ""
    refers: str = ""
    choices: tuple[str, ...] = ()
    int_kinds: tuple[str, ...] = ()
    rare: bool = False


@dataclass(frozen=True)
class Owner:
    """Columns that name the record a row belongs to: (fund,) in funds, or (programme, option), where an empty option is the programme."""

    columns: tuple[str, ...]
    collection: str


@dataclass(frozen=True)
class Table:
    """One table. collection: JSON list of its records · owners: for rows that belong to records of other tables · item: list inside the
    owner that each row extends (point: as a pair) · kinds: the records it takes from a shared collection · named_by: columns that name
    a record in paths · keyed: key columns · whole_if_empty: with this column empty, the row speaks of the owner itself."""

    name: str
    en: str
    ja: str
    columns: tuple[Column, ...]
    collection: str = ""
    owners: tuple[Owner, ...] = ()
    item: str = ""
    point: bool = False
    kinds: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ("id",)
    keyed: tuple[str, ...] = ()
    whole_if_empty: str = ""
    needed: dict[str, dict[str, object]] = field(default_factory=dict, hash=False)

    @cached_property
    def column(self) -> dict[str, Column]:
        """Columns by name."""
        return {c.name: c for c in self.columns}

    @cached_property
    def both(self) -> frozenset[str]:
        """Texts that have a column for both languages at once."""
        return frozenset(at.path for c in self.columns if c.type == "both" for at in c.at)


def col(name: str, kind: Type, en: str, ja: str, about_en: str = "", about_ja: str = "", at: str | None = None, **more: object) -> Column:
    """A column with one place; by default the place bears the column's name, and an empty `at` means none."""
    places = () if at == "" else (At(name if at is None else at),)
    return Column(name, kind, places, en, ja, about_en, about_ja, **more)  # type: ignore[arg-type]


ID = col("id", "id", "Id", "ID", "letters, digits, _ and -; unique in its table", "英字・数字・_・-。表の中で重複しないこと")
NAME = (
    col("name_en", "text", "Name (English)", "名称（英）", at="name.en", example="Small drones"),
    col("name_ja", "text", "Name (Japanese)", "名称（日）", at="name.ja", example="小型無人機"),
)


def both(name: str, en: str, ja: str) -> tuple[Column, ...]:
    """A text with one column for both languages, and one column for each."""
    instead = (f"instead of `{name}`", f"`{name}` の代わり")
    return (
        col(name, "both", en, ja, "one text for both languages", "両言語共通の文"),
        col(f"{name}_en", "text", f"{en} (English)", f"{ja}（英）", *instead, at=f"{name}.en", rare=True),
        col(f"{name}_ja", "text", f"{en} (Japanese)", f"{ja}（日）", *instead, at=f"{name}.ja", rare=True),
    )


NOTE = both("note", "Note", "備考")
OWNER = both("owner", "Owner", "所管")
_SELECTED = (
    ("fields", "fields", "Fields", "分野"),
    ("archetypes", "archetypes", "Archetypes", "類型"),
    ("instruments", "", "Instruments", "手法"),
    ("tags", "", "Tags", "タグ"),
    ("regions", "", "Regions", "地域"),
    ("programmes", "programmes", "Programmes", "事業"),
    ("without_tags", "", "Without tags", "除外タグ"),
)


def selection(at: str, prefix: str = "", rare: bool = False) -> tuple[Column, ...]:
    """The seven columns of a selection: any of each list, all lists together; everything empty means everything."""
    about = "list separated by ; - any of these; empty = no restriction", "「;」区切り。いずれかに該当。空欄は制限なし"
    before_en, before_ja = ("Of: ", "母数: ") if prefix else ("", "")
    return tuple(
        col(prefix + name, "ids", before_en + en, before_ja + ja, *about, at=f"{at}.{name}", refers=to, rare=rare)
        for name, to, en, ja in _SELECTED
    )
