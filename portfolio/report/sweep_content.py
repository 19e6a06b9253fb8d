"""What a sweep's report says: head, tables, closing sentences, from the record alone and in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.judgements import JudgementNames
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, in_words, money_unit, percent, percent_up, significant
from portfolio.report.sweep_cells import (
    bar,
    between_cell,
    end_cell,
    exact,
    moves,
    number_cell,
    points_cell,
    score_cell,
    share_cell,
    swing_cell,
)
from portfolio.report.sweep_texts import TEXTS, phrase
from portfolio.results.sweep import Factor, Flip, Side, Sweep
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

MOST_SWINGS, MOST_CONTESTED, MOST_FLIPS, MOST_SHARES = 20, 20, 10, 12
Lines = Iterator[Table]


def sweep_content(sweep: Sweep, lang: str, saved: str | None = None) -> Content:
    """The screen of `portfolio sweep`."""
    instance = parse_instance(sweep.instance)
    report = _Report(sweep, instance, lang)
    tail = [Sentence(f"notice_{n}", clean(notice), "bad") for n, notice in enumerate(sweep.notices)]
    if saved is not None:
        tail.append(Sentence("saved", phrase("saved", lang, path=clean(saved))))
    if sweep.base is None:
        return Content((*report.head(), Sentence("no_base", phrase("no_base", lang, status=sweep.status), "bad")), (), tuple(tail))
    return Content(tuple(report.head()), tuple(t for t in report.tables() if t.rows), (*report.closing(), *tail))


class _Report:
    """One sweep in one language."""

    def __init__(self, sweep: Sweep, instance: Instance, lang: str) -> None:
        self.sweep, self.instance, self.lang = sweep, instance, lang
        self.names = {p.id: name_of(p, lang) for p in instance.programmes}
        self.criteria = {c.id: short(name_of(c, lang)) for c in instance.criteria}
        self.factors = {f.id: f for f in sweep.design.factors}
        self.names_of_judgements = JudgementNames(instance, lang)
        self.judgements = self.names_of_judgements.of_all(sweep.design.factors)

    def say(self, key: str, **params: object) -> str:
        return phrase(key, self.lang, **params)

    # -- head ------------------------------------------------------------------------------------------------------
    def head(self) -> Iterator[Sentence]:
        design, answers = self.sweep.design, self.sweep.answers
        of = answers.staircase.of if answers.staircase is not None else ""
        title = self.say(f"title_{design.kind}", runs=len(design.points), sampler=design.sampler, of=of)
        yield Sentence("title", f"{name_of(self.instance.header, self.lang)} · {title}", "head")
        if self.sweep.status == "interrupted":
            yield Sentence("interrupted", self.say("interrupted"), "bad")
        planned = len(design.models) if design.kind == "models" else len(design.points)
        if design.kind != "staircase":
            numbers = sum(len(f.paths) for f in design.factors)
            gap = percent_up(Fraction(self.sweep.options["gap"]))
            counts = {"runs": len(self.sweep.runs), "planned": planned, "solved": answers.solved, "numbers": numbers}
            yield Sentence("counts", self.say("counts", gap=gap, factors=len(design.factors), seed=design.seed, **counts))
        if answers.failed:
            listed = ", ".join(f"{self.say(f'status_{status}')} {count}" for status, count in answers.failed.items())
            yield Sentence("failed", self.say("failed", list=listed), "bad")
            run = next(r for r in self.sweep.runs if r.aim is None)
            if run.reason:
                reason = clean(run.reason.get(self.lang))
                yield Sentence("first_reason", self.say("first_reason", status=self.say(f"status_{run.status}"), reason=reason))
        yield Sentence("about", self.say("about"))

    def tables(self) -> Iterator[Table]:
        if self.sweep.answers.staircase is not None:
            yield self.stairs()
        if self.sweep.design.kind == "models":
            yield self.models()
        else:
            yield self.spreads()
        yield self.tornado()
        yield self.grid()
        yield self.contested()
        yield self.regrets()
        yield self.shares()

    def closing(self) -> Iterator[Sentence]:
        answers = self.sweep.answers
        if answers.solved and answers.staircase is None:
            count = {s: sum(f.status == s for f in answers.funded) for s in ("core", "contested")}
            never = len(self.names) - count["core"] - count["contested"]
            yield Sentence("robust", self.say("robust", core=count["core"], contested=count["contested"], never=never))
        for n, flip in enumerate(answers.flips[:MOST_FLIPS]):
            yield Sentence(f"flip_{n}", self.rule(flip))
        if answers.flips:
            yield Sentence("flips_note", self.say("flips_note"))
        elif self.sweep.design.kind in ("monte-carlo", "sobol", "morris", "grid"):
            yield Sentence("no_flips", self.say("no_flips"))
        if answers.staircase is not None:
            if not answers.staircase.monotone:
                yield Sentence("not_monotone", self.say("not_monotone"), "bad")
            broken = sum(not step.nested for step in answers.staircase.steps)
            if broken:
                yield Sentence("not_nested", self.say("not_nested", n=broken))

    # -- tables ----------------------------------------------------------------------------------------------------
    def spreads(self) -> Table:
        keys = ("base", "least", "q05", "median", "q95", "most")
        rows = []
        for s in self.sweep.answers.spreads:
            aim = s.output == "aim"
            # A score is better where the aim is smaller: its ends change places.
            order = ("base", "most", "q95", "median", "q05", "least") if aim else keys
            values = [getattr(s, key) for key in order]
            cells = [score_cell(v) if aim else number_cell(v) for v in values]
            rows.append((Cell(self.say("score") if aim else self.criteria[s.output]), *cells))
        columns = (Column("output", self.say("output"), False), *(Column(k, self.say(k)) for k in keys))
        return Table("ranges", self.say("ranges"), columns, tuple(rows))

    def tornado(self) -> Table:
        swings = self.sweep.answers.swings
        base = self.sweep.base.aim if self.sweep.base is not None else None
        columns = (
            Column("factor", self.say("factor"), False),
            Column("at_low", self.say("at_low")),
            Column("at_high", self.say("at_high")),
            Column("swing", self.say("swing")),
            Column("moves", self.say("moves")),
            Column("bar", self.say("bar")),
        )
        if base is None or not swings:
            return Table("tornado", "", columns, ())
        widest = max((abs(v - base) for s in swings for v in (s.low, s.high) if v is not None), default=0.0) or 1.0
        rows = tuple(
            (Cell(self.judgements[s.factor]), end_cell(s.low, s.statuses[0], self.say), end_cell(s.high, s.statuses[1], self.say), swing_cell(s), Cell(moves(s)),
             Cell(bar(s, base, widest)))
            for s in swings
        )  # fmt: skip
        return Table("tornado", self.say("tornado"), columns, rows, most=MOST_SWINGS, notes=(self.say("tornado_note"),))

    def grid(self) -> Table:
        """Scores over one or two factors: a heat map in numbers. An empty cell is a run without a plan."""
        factors = self.sweep.design.factors
        if self.sweep.design.kind != "grid":
            return Table("grid", "", (), ())
        score = {run.levels: score_cell(run.aim) for run in self.sweep.runs}
        down = sorted({levels[0] for levels in self.sweep.design.points if levels[0] is not None})
        across = sorted({levels[1] for levels in self.sweep.design.points if levels[1] is not None}) if len(factors) == 2 else [None]
        heads = [self.say("score") if u is None else self.level(factors[1], float(u)) for u in across]
        columns = (Column("level", self.judgements[factors[0].id], False), *(Column(f"at_{n}", head) for n, head in enumerate(heads)))
        rows = []
        for u in down:
            places = [(u,) if v is None else (u, v) for v in across]
            rows.append((Cell(self.level(factors[0], float(u))), *(score.get(place, Cell(NONE)) for place in places)))
        title = self.say(
            "grid_of", down=self.judgements[factors[0].id], across="" if len(factors) == 1 else f" x {self.judgements[factors[1].id]}"
        )
        return Table("grid", title, columns, tuple(rows))

    def contested(self) -> Table:
        found = sorted((f for f in self.sweep.answers.funded if f.status == "contested"), key=lambda f: (abs(f.share - 0.5), f.programme))
        largest = Fraction(repr(max((f.money_most for f in found), default=0.0)))
        unit = money_unit(self.instance.header, largest, self.lang)
        rows = tuple(
            (
                Cell(self.names.get(f.programme, f.programme)),
                Cell(percent(exact(f.share)), exact(f.share)),
                Cell(self.say("yes" if f.in_base else "no")),
                Cell(unit.text(exact(f.money_mean)), exact(f.money_mean)),
                Cell(f"{unit.text(exact(f.money_least))} - {unit.text(exact(f.money_most))}"),
            )
            for f in found
        )
        heads = ("share", "in_base", "money_mean", "money_span")
        columns = (Column("programme", self.say("programme"), False), *(Column(h, self.say(h)) for h in heads))
        return Table("contested", f"{self.say('contested')} ({unit.label})", columns, rows, most=MOST_CONTESTED)

    def rule(self, flip: Flip) -> str:
        """In words, with how far it can be trusted."""
        sides = self.say("and").join(self.side(s) for s in flip.sides)
        name = self.names.get(flip.programme, flip.programme)
        density, coverage = percent(exact(flip.density)), percent(exact(flip.coverage))
        key = "funded_when" if flip.funded else "dropped_when"
        return self.say(key, name=name, sides=sides, density=density, coverage=coverage, runs=flip.support)

    def side(self, side: Side) -> str:
        factor = self.factors[side.factor]
        low, high = (None if u is None else self.level(factor, u) for u in (side.low, side.high))
        key = "side_both" if low is not None and high is not None else "side_low" if low is not None else "side_high"
        return self.say(key, factor=self.judgements[factor.id], low=low, high=high)

    def level(self, factor: Factor, level: float) -> str:
        """A level as the number it means, where there is one number."""
        share = exact(level)
        if factor.low is None or factor.high is None:
            return self.say("of_range", share=percent(share))
        value = factor.low + share * (factor.high - factor.low)
        return f"x{significant(value, 3)}" if factor.mode == "scale" else significant(value, 3)

    def regrets(self) -> Table:
        rows = []
        for r in self.sweep.answers.regrets:
            name = self.say("base_plan") if r.number < 0 else self.say("run_plan", n=r.number)
            spans = [between_cell(low, high) for low, high in ((r.low_max, r.high_max), (r.low_mean, r.high_mean))]
            rows.append((Cell(name), *spans, Cell(f"{r.infeasible}/{r.tried}" if r.infeasible else NONE, r.infeasible)))
        heads = ("max_regret", "mean_regret", "cannot")
        columns = (Column("plan", self.say("plan"), False), *(Column(h, self.say(h)) for h in heads))
        return Table("regret", self.say("regret"), columns, tuple(rows), notes=(self.say("regret_note"),))

    def shares(self) -> Table:
        kind = self.sweep.design.kind
        keys = {"sobol": ("first", "total", "error"), "morris": ("mu_star", "sigma", "error")}.get(kind, ("first",))
        found = [s for s in self.sweep.answers.shares if s.output == "aim"]
        rows = []
        for s in sorted(found, key=lambda s: s.group != "source"):
            values = [getattr(s, key) for key in keys]
            cells = [points_cell(v) if kind == "morris" else share_cell(v) for v in values]
            rows.append((Cell(self.owner(s.of)), *cells))
        columns = (Column("of", self.say("of"), False), *(Column(k, self.say(k)) for k in keys))
        notes = (self.say("correlated_note"),) if kind == "monte-carlo" else ()
        return Table("shares", self.say("shares"), columns, tuple(rows), most=MOST_SHARES, notes=notes)

    def owner(self, of: str) -> str:
        """What a share of the variance belongs to: a factor, a source, or the sum of what was told apart."""
        if of in self.judgements:
            return self.judgements[of]
        title = next((s.title for s in self.instance.sources if s.id == of), None)
        if title is not None:
            return clean(title.get(self.lang) or of)
        paths = [path for f in self.factors.values() if f.source == of for path in f.paths]
        return self.say(of) if of in TEXTS or not paths else self.names_of_judgements.of(of, paths)

    def models(self) -> Table:
        held = {t.programme for t in self.sweep.runs[0].taken} if self.sweep.runs else set()
        rows = []
        for run in self.sweep.runs:
            now = {t.programme for t in run.taken}
            cells = [number_cell(run.criteria.get(c)) for c in self.criteria]
            counts = [Cell(str(len(s)), len(s)) for s in (now, now - held, held - now)]
            rows.append((Cell(run.model), Cell(run.status), *cells, *counts))
        columns = (
            Column("model", self.say("model"), False),
            Column("status", self.say("status"), False),
            *(Column(c, name) for c, name in self.criteria.items()),
            *(Column(h, self.say(h)) for h in ("programmes", "entered", "left")),
        )
        return Table("models", self.say("models"), columns, tuple(rows))

    def stairs(self) -> Table:
        found = self.sweep.answers.staircase
        assert found is not None
        unit = money_unit(self.instance.header, exact(max((s.high for s in found.steps), default=0.0)), self.lang)
        rows = tuple(
            (
                Cell(unit.text(exact(s.low)), exact(s.low)),
                Cell(unit.text(exact(s.high)), exact(s.high)),
                Cell(str(len(s.programmes)), len(s.programmes)),
                Cell(self._listed(s.entered), None),
                Cell(self._listed(s.left), None),
                points_cell(s.marginal * found.today / 100),
                Cell(self.say("everywhere" if s.proven else "at_levels")),
            )
            for s in found.steps
        )
        heads = (
            ("from", True),
            ("to", True),
            ("programmes", True),
            ("entered", False),
            ("left", False),
            ("marginal", True),
            ("proven", False),
        )
        columns = tuple(Column(h, self.say(h), numeric) for h, numeric in heads)
        money: Callable[[float], str] = lambda amount: in_words(self.instance.header, exact(amount), self.lang)  # noqa: E731
        note = self.say("stairs_note", gap=percent_up(exact(found.gap)), tolerance=money(found.tolerance), today=money(found.today))
        return Table("steps", self.say("steps", unit=unit.label), columns, rows, notes=(note,))

    def _listed(self, programmes: tuple[str, ...]) -> str:
        return ", ".join(self.names.get(p, p) for p in programmes) or NONE
