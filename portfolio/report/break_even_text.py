"""What would bring a programme in, in words: sizes rounded away from the break-even, so that each side stays proven."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from portfolio.report.blocks import Sentence
from portfolio.report.numbers import placed

if TYPE_CHECKING:
    from portfolio.report.explain_content import Words
    from portfolio.results.explanation import BreakEven, Presence

TEXTS: dict[str, tuple[str, str]] = {
    "head": (
        "What would bring it in (into a plan as good as the reported one):",
        "採択に転じる条件（報告された計画と同等以上の計画に入る条件）:",
    ),
    "already": (
        "Nothing would have to change: a plan with it is already as good as the reported one.",
        "条件を変える必要はありません。現状でも、報告された計画と同等以上の計画に入ります。",
    ),
    "effect": ("effects {enough} times those stated bring it in", "効果が表示の{enough}倍になれば入ります"),
    "cost": ("a cost {enough} lower brings it in", "費用が{enough}下がれば入ります"),
    "success": ("a chance of success of {enough} brings it in (today {today})", "成功確率が{enough}になれば入ります（現在は{today}）"),
    "money": (
        "{enough} more in {fund}, for this programme alone, brings it in",
        "{fund}にこの事業専用の資金が{enough}加われば入ります",
    ),
    "at_effect": ("{out} times them is proven not to be enough", "{out}倍では足りないことは証明済み"),
    "at_cost": ("{out} lower is proven not to be enough", "{out}の引下げでは足りないことは証明済み"),
    "at_success": ("{out} is proven not to be enough", "{out}では足りないことは証明済み"),
    "at_money": ("{out} is proven not to be enough", "{out}では足りないことは証明済み"),
    "at_today": ("as things stand it is proven not to come in", "現状では入らないことは証明済み"),
    "between": (", in between is not settled in the time", "、その間は時間内に未確定"),
    "unproven": ("whether less is enough was not settled within the gap and the time", "それ未満で足りるかはギャップと時間の範囲で未確定"),
    "both": ("  {enough}; {out}{between}.", "  {enough}（{out}{between}）。"),
    "never_effect": (
        "  effects {out} times those stated do not bring it in (proven).",
        "  効果が表示の{out}倍でも入りません（証明済み）。",
    ),
    "never_cost": ("  a cost {out} lower does not bring it in (proven).", "  費用が{out}下がっても入りません（証明済み）。"),
    "never_success": ("  not even certain success brings it in (proven).", "  成功が確実でも入りません（証明済み）。"),
    "never_money": (
        "  {fund} alone does not bring it in, even with {out} more for it (proven).",
        "  {fund}だけでは、専用の資金が{out}加わっても入りません（証明済み）。",
    ),
    "more": (
        "  {kind}{where}: {out} is proven not to be enough; how much would be was not settled in the time.",
        "  {kind}{where}: {out}では足りないことは証明済み。どれだけ必要かは時間内に未確定です。",
    ),
    "open": (
        "  {kind}{where}: not settled within the gap and the time.",
        "  {kind}{where}: ギャップと時間の範囲で未確定です。",
    ),
    "kind_effect": ("its effects", "効果"),
    "kind_cost": ("its cost", "費用"),
    "kind_success": ("its chance of success", "成功確率"),
    "kind_money": ("money for it alone", "専用の資金"),
    "fall": (
        "Its effects may fall to {enough} of those stated and it stays; at {out} of them it is proven to leave{between}.",
        "効果が表示の{enough}に下がっても残り、{out}では外れます（双方とも証明済み{between}）。",
    ),
    "fall_open": (
        "Its effects may fall to {enough} of those stated and it stays; whether it stays below that was not settled within the gap and the time.",
        "効果が表示の{enough}に下がっても残ります。それ未満で残るかはギャップと時間の範囲で未確定です。",
    ),
    "fall_none": (
        "Even without any effects of its own it would stay (proven): rules or other programmes call for it.",
        "それ自体の効果がなくても残ります（証明済み）。規則や他の事業が必要としているためです。",
    ),
}


def say(key: str, lang: str, **params: object) -> str:
    """The phrase in `lang`."""
    return TEXTS[key][lang == "ja"].format(**params)


def break_even_sentences(words: Words, answer: Presence) -> Iterator[Sentence]:
    """A heading and a line for each change; for a funded programme how far its effects may fall."""
    if answer.topic == "why":
        for n, b in enumerate(answer.break_evens):
            yield Sentence(f"break_even_{n}", _falling(words.lang, b))
        return
    if any(b.enough == b.today for b in answer.break_evens):
        yield Sentence("break_even_0", say("already", words.lang))
        return
    if answer.break_evens:
        yield Sentence("break_evens", say("head", words.lang))
    for n, b in enumerate(answer.break_evens):
        yield Sentence(f"break_even_{n}", _rising(words, b))


def _falling(lang: str, b: BreakEven) -> str:
    if b.enough is None or b.enough == 0:
        return say("fall_none" if b.enough == 0 else "open", lang, kind=say("kind_effect", lang), where="")
    if b.out is None:
        return say("fall_open", lang, enough=_share(b.enough, True))
    return say("fall", lang, enough=_share(b.enough, True), out=_share(b.out, False), between=_between(b, lang))


def _rising(words: Words, b: BreakEven) -> str:
    lang = words.lang
    fund = words.funds.get(b.fund or "", "")
    where = "" if not fund else f"（{fund}）" if lang == "ja" else f" ({fund})"
    nothing = b.out is None or b.out <= b.today
    out = "" if b.out is None else size_of(words, b, b.out, False)
    if b.enough is None:
        key = "open" if nothing else f"never_{b.kind}" if b.out == b.most else "more"
        return say(key, lang, kind=say(f"kind_{b.kind}", lang), where=where, out=out, fund=fund)
    brings = say(b.kind, lang, enough=size_of(words, b, b.enough, True), today=_share(b.today, False), fund=fund)
    if b.out is None:
        return say("both", lang, enough=brings, out=say("unproven", lang), between="")
    return say("both", lang, enough=brings, out=say("at_today" if nothing else f"at_{b.kind}", lang, out=out), between=_between(b, lang))


def _between(b: BreakEven, lang: str) -> str:
    """Told where the interval is wider than the tolerance that was aimed at."""
    wide = b.out is not None and b.enough is not None and b.enough - b.out > b.tolerance
    return say("between", lang) if wide else ""


def size_of(words: Words, b: BreakEven, value: Fraction, up: bool) -> str:
    """A size of the change, rounded up or down."""
    if b.kind == "money":
        return words.amount(_rounded(value, up))
    return _units(value, 2, up) if b.kind == "effect" else _share(value, up)


def _share(value: Fraction, up: bool) -> str:
    return f"{_units(value * 100, 1, up)} %"


def _units(value: Fraction, decimals: int, up: bool) -> str:
    scaled = value * 10**decimals
    return placed(ceil(scaled) if up else floor(scaled), decimals)


def _rounded(value: Fraction, up: bool) -> Fraction:
    """With three significant digits, as amounts are printed."""
    if value <= 0:
        return Fraction(0)
    step = Fraction(1)
    while value / step >= 1000:
        step *= 10
    while value / step < 100:
        step /= 10
    return (ceil(value / step) if up else floor(value / step)) * step
