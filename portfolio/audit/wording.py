"""What each broken rule means, in English and Japanese; the numbers in docs/published-rules.md stand beside it."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from portfolio.schema.exact import exact_text

LONGEST_NUMERAL = 24
"""Characters up to which a sentence quotes the exact number; longer ones are shown to twelve digits, marked with ~."""
_TWELVE_DIGITS = Context(prec=12)

RELATIONS = {
    "=": {"en": "=", "ja": "="},
    "<=": {"en": "<=", "ja": "<="},
    ">=": {"en": ">=", "ja": ">="},
    "<": {"en": "<", "ja": "<"},
    "in": {"en": "in", "ja": "次のいずれか:"},
}

WORDING: dict[str, tuple[str, str]] = {
    # 1, 2
    "programme": ("no such programme or option in the instance", "この施策・実施方法は事例にありません"),
    "choice": ("a programme is chosen at most once", "施策は一度だけ選べます"),
    "units": ("units taken lie between 1 and the option's units", "採択単位数は1以上、上限以下です"),
    "payment": ("a payment is a positive number of grid units", "支払いは正の整数単位です"),
    "payment_twice": ("one payment per fund and year", "基金・年度ごとの支払いは一つです"),
    "mandatory": ("a mandatory programme is chosen", "必須の施策は採択されます"),
    "forbidden": ("a forbidden programme is not chosen", "禁止された施策は採択されません"),
    "eligibility": ("the fund may not pay for this, or not in this year", "この基金はこの施策または年度に支出できません"),
    # 3 - 6
    "scale": ("the scale follows from the published payments", "規模は公表された支払額から決まります"),
    "min_scale": ("the scale is below the least efficient scale", "規模が最小効率規模を下回ります"),
    "overpaid": ("more is paid than the full scale costs (money)", "満規模の費用を超えて支払われています（金額）"),
    "profile": ("the year's total keeps to the prescribed profile (grid units)", "年度合計は定められた配分に従います（単位数）"),
    "payments": ("the payment keeps to the prescribed payments (grid units)", "支払いは定められた基金・年度別の額に従います（単位数）"),
    "ramp": ("the year's payments exceed the ramp (grid units)", "年度の支払いが年度上限割合を超えます（単位数）"),
    "subsidy_rate": ("the fund pays more than its share of the total cost (grid units)", "基金の負担が補助率を超えます（単位数）"),
    "project_cap": ("the fund pays more than its cap per programme (money)", "基金の一施策当たり上限を超えます（金額）"),
    "ticket": ("the payment is below the fund's smallest payment (money)", "基金の最小支払額を下回ります（金額）"),
    # 7, 8
    "ledger_line": ("the ledger has one line per fund and year of the horizon", "台帳は基金・年度ごとに一行です"),
    "ledger": ("use + carried out + lapsed = authority + carried in (grid units)", "使用＋繰越＋不用＝予算＋前年度繰越（単位数）"),
    "authority": ("the authority is the fund's budget on the grid (grid units)", "予算額は基金の予算を単位に切り捨てた額です（単位数）"),
    "committed": ("committed is the sum of the payments (grid units)", "契約額は支払いの合計です（単位数）"),
    "carried_in": ("carried in is what the year before carried out (grid units)", "前年度繰越は前年度の繰越と一致します（単位数）"),
    "carry_limit": (
        "carried out lies between 0 and the carry limit, 0 in the last year (grid units)",
        "繰越は0以上上限以下、最終年度は0です（単位数）",
    ),
    "lapsed": ("lapsed money is not negative (grid units)", "不用額は負になりません（単位数）"),
    "outlay": (
        "the outlay follows from the payments and the outlay profile (grid units)",
        "現金支出は支払いと支出時期の割合から決まります（単位数）",
    ),
    "later": ("what is paid after the horizon follows from the payments (grid units)", "期間後の支出は支払いから決まります（単位数）"),
    # 9, 10
    "ceiling": ("the ceiling is exceeded (money)", "上限を超えています（金額）"),
    "ceiling_floor": ("the floor is not reached (money)", "下限に達していません（金額）"),
    "match": ("private money needed exceeds what there is (money)", "必要な民間資金が上限を超えます（金額）"),
    "capacity": ("the capacity of the year is exceeded", "その年度の能力を超えます"),
    "private": ("private money follows from the scale (money)", "民間資金は規模から決まります（金額）"),
    # 11 - 14
    "effect": ("the effect is read off the response curve", "効果は反応曲線から決まります"),
    "criterion": ("the criterion's value follows from the plan", "基準の値は計画から決まります"),
    "residual": ("the residual exposure follows from the plan", "残余の依存度は計画から決まります"),
    "loss": ("the loss of the scenario follows from the plan (money)", "シナリオの損失は計画から決まります（金額）"),
    "coverage": ("the coverage follows from the plan", "充足率は計画から決まります"),
    "need_floor": ("the need's floor is not reached", "必要度の下限に達していません"),
    "risk_measure": ("alpha is a share below 1 and blend is a share", "alphaは0以上1未満、blendは0以上1以下です"),
    "ripple": ("the ripple table has no inverse", "波及表に逆行列がありません"),
    # 15
    "requires": ("a chosen programme requires another that is not chosen", "前提となる施策が採択されていません"),
    "excludes": ("programmes that exclude each other are chosen together", "互いに排他的な施策が同時に採択されています"),
    "at_least": ("too few of these programmes are chosen", "採択数が不足しています"),
    "synergy": ("a synergy is earned exactly when all its members are chosen", "相乗効果は全構成施策の採択時にのみ得られます"),
    "dual_use": (
        "a dual-use bonus is earned exactly when all its members are chosen",
        "民防両用の効果は全構成施策の採択時にのみ得られます",
    ),
    "focus": ("too many are funded", "採択対象が多すぎます"),
    "diversify": ("too few are funded", "採択対象の種類が不足しています"),
    "share": ("the share of committed money is outside its limits (money)", "契約額の割合が限度外です（金額）"),
    "max_funds": ("too many funds pay one programme", "一施策に支払う基金が多すぎます"),
    "fund_exclusion": ("funds that exclude each other pay one programme", "併用できない基金が同じ施策に支払っています"),
    "linear": ("the weighted sum is outside its limits", "加重和が限度外です"),
    "criterion_bound": ("the criterion is outside its limits", "基準の値が限度外です"),
    "persistence": ("too many programmes differ from the reference plan", "参照計画からの変更が多すぎます"),
    # 16 and the result around the plan
    "aim": ("the aim names criteria of the instance with weights that are not negative", "目標の重みは事例の基準に対する非負の値です"),
    "aim_floor": ("the aim's floor on the criterion is not reached", "目標に付いた基準の下限に達していません"),
    "ranges": ("a criterion's range runs from a bound on its best to a worse value", "基準の範囲は最良の限界から悪い側へ向かいます"),
    "claim": ("a claim speaks of the aim or of a criterion, about a plan", "主張は目標または基準と計画についてのものです"),
    "claim_value": ("the claimed value is the plan's value", "主張された値は計画の値と一致します"),
    "within": ("the plan keeps the limits under which the bound holds", "計画は限界が成り立つ条件を守ります"),
    "within_aim": ("a bound's limits are those that the aim sets", "限界の条件は目標が定めるものに限ります"),
    "bound": ("the plan is better than what is said to be impossible", "不可能とされた値より計画の方が良くなっています"),
    "gap": ("the gap is the distance between value and bound", "ギャップは値と限界の差です"),
    "proven": ("proven means gap - grid <= target", "証明済みとは、端数処理の寄与を除いたギャップが目標以下のことです"),
    "grid": ("the grid's part of a gap lies between 0 and the gap", "端数処理の寄与は0以上ギャップ以下です"),
    # frontiers
    "points": ("points have distinct ids", "点のidは重複しません"),
    "nondominated": ("no reported point is dominated by another", "報告された点は互いに支配されません"),
    "start": ("every point lies below the start of the search", "すべての点は探索の始点より内側にあります"),
    "frontier_scale": ("epsilon counts in ranges of the criteria", "εは評価基準の値域を単位とします"),
    "zones": ("the zones are exactly what the points leave open", "領域は点が残す探索領域と一致します"),
    "zone_at": ("a zone's bound was proven for a zone that holds it", "領域の限界は、それを含む領域で証明されたものです"),
    "zone_alpha": (
        "a zone's bound is not negative, and open zones carry the largest",
        "領域の限界は非負で、未解決の領域は最大値を持ちます",
    ),
    "half_space": ("the zone's bound follows from its half-space (w.u - B) / (w.r)", "領域の限界は半空間 (w.u - B)/(w.r) から決まります"),
    "half_space_point": ("a reported plan lies outside the half-space", "報告された計画が半空間の外にあります"),
    "epsilon": (
        "the certified epsilon is the largest bound of a zone, within target and reach",
        "証明されたεは領域の限界の最大値で、目標と到達範囲以内です",
    ),
    "certificate": ("the certificate's vectors fit the instance's criteria", "証明書のベクトルは事例の評価基準と対応します"),
    "problem_hash": ("the embedded problem has the stated hash", "埋め込まれた問題のハッシュが一致します"),
    "integer": ("an integer column has a whole value", "整数変数の値は整数です"),
    "bounds": ("a column lies within its bounds", "変数は上下限の内側にあります"),
    "constraint": ("a constraint holds", "制約が満たされます"),
    "criterion_value": ("a point's values follow from its solution", "点の値はその解から決まります"),
    "criterion_grid": ("a criterion takes whole steps of its grid only", "評価基準は格子の整数段だけを取ります"),
    "zone_evidence": ("a zone is empty by the evidence that it names", "領域は挙げられた証拠により空です"),
    "evidence_point": ("no reported point contradicts the evidence", "報告された点は証拠と矛盾しません"),
    "status": ("the status agrees with the plan and its claims", "状態は計画および主張と一致します"),
    "format": ("the format and version are known", "形式と版が既知のものです"),
    "instance_hash": ("the embedded instance has the stated hash", "埋め込まれた事例のハッシュが一致します"),
    "model_hash": ("the embedded model has the stated hash", "埋め込まれたモデルのハッシュが一致します"),
}


def wording(rule: str, lang: str) -> str:
    """The rule in words; a plug-in rule's own code when it has none here."""
    en, ja = WORDING.get(rule, (rule, rule))
    return ja if lang == "ja" else en


def numeral(value: Fraction) -> str:
    """The exact number where that is short, else twelve digits of it marked with ~."""
    # 10**LONGEST_NUMERAL is far below where Python refuses to print an integer.
    if max(abs(value.numerator), value.denominator) < 10**LONGEST_NUMERAL:
        text = exact_text(value)
        if len(text) <= LONGEST_NUMERAL:
            return text
    return f"~{_TWELVE_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))}"
