"""Message catalogue of the schema: code -> language -> (expectation, remedy). One place, so that both languages stay in step."""

from __future__ import annotations


def _both(en: str, en_remedy: str, ja: str, ja_remedy: str) -> dict[str, tuple[str, str]]:
    return {"en": (en, en_remedy), "ja": (ja, ja_remedy)}


CATALOGUE: dict[str, dict[str, tuple[str, str]]] = {
    # structure
    "not_json": _both(
        "valid JSON was expected ({detail})",
        "Fix the text at that place.",
        "正しいJSONではありません（{detail}）",
        "その箇所を修正してください。",
    ),
    "not_object": _both(
        "a JSON object was expected",
        "Begin the file with {{ and end it with }}.",
        "JSONオブジェクトが必要です",
        "全体を {{ }} で囲んでください。",
    ),
    "duplicate_key": _both(
        "each key may appear once", "Remove or merge one of them.", "同じキーが重複しています", "どちらかを削除または統合してください。"
    ),
    "not_finite": _both(
        "NaN and infinities are not numbers", "Write a finite number.", "NaNや無限大は数値として扱えません", "有限の数値を書いてください。"
    ),
    "too_deep": _both(
        "nesting deeper than {limit} levels", "Flatten the file.", "入れ子が深すぎます（上限{limit}）", "構造を浅くしてください。"
    ),
    "missing": _both("a required entry is missing", "Add `{name}`.", "必須項目がありません", "`{name}` を追加してください。"),
    "unknown_key": _both(
        "no such entry here{hint}",
        "Rename or remove it. Known: {known}.",
        "この項目はありません{hint_ja}",
        "名前を直すか削除してください。使える項目: {known}。",
    ),
    "wrong_type": _both("{expected} was expected", "Write {expected}.", "{expected_ja}が必要です", "{expected_ja}を書いてください。"),
    "exact_number": _both(
        "a number, a decimal string or a fraction such as 2/3 was expected",
        'Write for example 12.5, "12.5" or "2/3".',
        "数値、小数の文字列、または 2/3 のような分数が必要です",
        '例: 12.5、"12.5"、"2/3"。',
    ),
    "one_home": _both(
        "exactly one of value, factors, ref was expected",
        "Keep one of them.",
        "value・factors・ref のうち一つだけが必要です",
        "一つだけ残してください。",
    ),
    "unknown_quantity": _both(
        "no shared quantity of that name{hint}",
        "Define it under quantities, or correct the name.",
        "その名前の共有数量はありません{hint_ja}",
        "quantities に定義するか、名前を直してください。",
    ),
    "range_order": _both(
        "low <= value <= high was expected",
        "Correct the range or the value.",
        "low <= value <= high が必要です",
        "範囲または値を直してください。",
    ),
    "bad_choice": _both(
        "one of {choices} was expected", "Use one of them.", "{choices} のいずれかが必要です", "いずれかを選んでください。"
    ),
    "bad_id": _both(
        "an id of letters, digits, _ and - was expected",
        "Use an id without spaces, dots, commas or brackets.",
        "idには文字・数字・_・- だけが使えます",
        "空白・ピリオド・カンマ・括弧を除いてください。",
    ),
    "out_of_bounds": _both(
        "{expected} was expected", "Write a value with {expected}.", "{expected} が必要です", "{expected} を満たす値にしてください。"
    ),
    "too_few": _both("at least {least} entries were expected", "Add entries.", "{least}件以上が必要です", "項目を追加してください。"),
    "other": _both(
        "{detail}",
        "See the JSON Schema (portfolio check --schema).",
        "形式が正しくありません（{detail}）",
        "JSON Schema（portfolio check --schema）を参照してください。",
    ),
    "schema_version": _both(
        "schema_version {known} was expected",
        "Use a toolkit that knows version {found}, or convert the file.",
        "schema_version は {known} が必要です",
        "版{found}に対応したツールを使うか、変換してください。",
    ),
    # references and identity
    "duplicate_id": _both(
        "ids must be unique in {collection}",
        "Rename one of the two.",
        "{collection} の中でidが重複しています",
        "片方の名前を変えてください。",
    ),
    "dangling": _both(
        "no such id in {collection}{hint}",
        "Correct it or define it.",
        "{collection} にそのidはありません{hint_ja}",
        "直すか、定義を追加してください。",
    ),
    "no_option": _both(
        "programme `{programme}` has no option of that name{hint}",
        "Correct the option.",
        "事業 `{programme}` にその選択肢はありません{hint_ja}",
        "選択肢の名前を直してください。",
    ),
    # time
    "horizon_order": _both(
        "first_year <= last_year was expected", "Correct the horizon.", "first_year <= last_year が必要です", "期間を直してください。"
    ),
    "horizon_long": _both(
        "a horizon of at most {limit} years was expected", "Shorten the horizon.", "期間は最長{limit}年です", "期間を短くしてください。"
    ),
    "outside_horizon": _both(
        "a year within {first}-{last} was expected",
        "Move it into the horizon or widen the horizon.",
        "{first}～{last}年度の範囲が必要です",
        "期間内に移すか、期間を広げてください。",
    ),
    "empty_window": _both(
        "a window with at least one year was expected",
        "Correct first_year and last_year.",
        "少なくとも1年の期間が必要です",
        "first_yearとlast_yearを直してください。",
    ),
    "start_and_window": _both(
        "either start_years or first_year/last_year, not both",
        "Keep one of them.",
        "start_years と first_year/last_year は併用できません",
        "どちらか一方にしてください。",
    ),
    # numbers
    "negative": _both("a number >= 0 was expected", "Write a non-negative number.", "0以上の数値が必要です", "0以上にしてください。"),
    "not_positive": _both("a number > 0 was expected", "Write a positive number.", "正の数値が必要です", "正の数値にしてください。"),
    "not_share": _both(
        "a share between 0 and 1 was expected", "Write 0.5 for 50 %.", "0から1の割合が必要です", "50%は0.5と書いてください。"
    ),
    "zero_rate": _both(
        "a subsidy rate above 0 was expected",
        "Write a rate in (0, 1].",
        "補助率は0より大きい値が必要です",
        "0より大きく1以下にしてください。",
    ),
    "no_cost": _both(
        "a cost (or payments) was expected",
        "Give `cost`, or `payments` by fund and year.",
        "費用（または payments）が必要です",
        "`cost` か、基金・年度別の `payments` を書いてください。",
    ),
    "sum_to_one": _both(
        "the sum must be exactly 1, it is {total}",
        "Correct the shares.",
        "合計はちょうど1でなければなりません（現在 {total}）",
        "割合を直してください。",
    ),
    "unit_mismatch": _both(
        "the unit `{expected}` was expected",
        "Convert the number, or correct the unit.",
        "単位 `{expected}` が必要です",
        "換算するか単位を直してください。",
    ),
    "payments_and_cost": _both(
        "payments add up to {payments} but subsidy_rate x cost is {public}",
        "Leave out `cost`, or make both agree.",
        "payments の合計 {payments} と subsidy_rate x cost = {public} が一致しません",
        "`cost` を省くか、一致させてください。",
    ),
    "profile_and_payments": _both(
        "either profile or payments, not both", "Keep one of them.", "profile と payments は併用できません", "どちらか一方にしてください。"
    ),
    # curves
    "curve_scale": _both(
        "scales that rise from 0..1 up to exactly 1 were expected",
        "Sort the breakpoints; the last one is [1, 1].",
        "scaleは昇順で最後が1である必要があります",
        "点を並べ替え、最後を [1, 1] にしてください。",
    ),
    "curve_effect": _both(
        "effects that never fall, between 0 and 1, ending at 1, were expected",
        "Correct the breakpoints; the last one is [1, 1].",
        "effectは0～1で減少せず、最後が1である必要があります",
        "点を直し、最後を [1, 1] にしてください。",
    ),
    "curve_units": _both(
        "a repeatable option needs a concave curve",
        "Use units = 1, or a concave curve.",
        "繰り返し可能な選択肢には凹の曲線が必要です",
        "units = 1 にするか、凹の曲線にしてください。",
    ),
    "phi_shape": _both(
        "a curve from (0, 0), nondecreasing and concave, was expected",
        "Correct the points.",
        "(0, 0) から始まる非減少で凹の曲線が必要です",
        "点を直してください。",
    ),
    # structure of the model
    "empty_eligibility": _both(
        "no fund may pay for this option (funds, eligibility, window and sunset leave nothing)",
        "Widen a fund's eligibility, the option's funds or its window.",
        "この選択肢に支出できる基金がありません（基金・対象・期間の条件で残りません）",
        "基金の対象、選択肢の funds、または期間を広げてください。",
    ),
    "payment_not_allowed": _both(
        "fund `{fund}` may not pay for this option in {year}",
        "Widen the fund's eligibility or years, or move the payment.",
        "基金 `{fund}` は{year}年度にこの選択肢へ支出できません",
        "基金の対象・年度を広げるか、支払いを移してください。",
    ),
    "mandatory_forbidden": _both(
        "a programme cannot be both mandatory and forbidden",
        "Remove one of the two.",
        "必須と禁止を同時に指定できません",
        "どちらかを外してください。",
    ),
    "no_criteria": _both(
        "at least one criterion was expected", "Add a criterion.", "評価基準が少なくとも一つ必要です", "criteria を追加してください。"
    ),
    "no_programmes": _both(
        "at least one programme was expected", "Add a programme.", "事業が少なくとも一つ必要です", "programmes を追加してください。"
    ),
    "no_scenarios": _both(
        "a risk criterion needs scenarios",
        "Add scenarios (probabilities sum to 1), or drop the criterion.",
        "リスク基準にはシナリオが必要です",
        "scenarios を追加するか、基準を外してください。",
    ),
    "ripple_radius": _both(
        "the ripple table must die out (every chain of shares shrinks)",
        "Lower the shares: those leaving a field should sum to less than 1.",
        "波及表は収束する必要があります",
        "各分野から出る割合の合計を1未満にしてください。",
    ),
    "no_side": _both("a min or a max was expected", "Give at least one.", "min か max が必要です", "少なくとも一方を書いてください。"),
    "burden_period": _both(
        "a burden is bounded year by year",
        "Move min/max into `years`.",
        "後年度負担は年度ごとに上限を置きます",
        "min/max を `years` に移してください。",
    ),
    "persistence_needs": _both(
        "persistence needs a reference plan, and a criterion when it has a price",
        "Add `reference`, and name the `criterion`.",
        "persistence には基準計画（価格があれば評価基準も）が必要です",
        "`reference` と `criterion` を書いてください。",
    ),
    "aim_unknown": _both(
        "a weight >= 0 for known criteria was expected, not all zero",
        "Correct the weights.",
        "既知の評価基準に対する0以上（全部0は不可）の重みが必要です",
        "重みを直してください。",
    ),
    "half_character": _both(
        "text of whole characters was expected (there is half of a \\u pair)",
        "Write the character itself.",
        "完全な文字からなるテキストが必要です（\\u の組の片方しかありません）",
        "文字そのものを書いてください。",
    ),
    "size": _both(
        "a number between 10^-60 and 10^60 in size (or 0) was expected",
        "Choose a larger or smaller unit.",
        "大きさが 10^-60 以上 10^60 未満の数値（または0）が必要です",
        "単位を選び直してください。",
    ),
    "too_many": _both(
        "{most} entries at most were expected", "Remove the others.", "{most}件以下でなければなりません", "余分な項目を除いてください。"
    ),
    "repeated": _both("each entry may be listed once", "Remove the repetition.", "同じ項目が二度書かれています", "重複を除いてください。"),
    "quantity_circle": _both(
        "shared quantities may not refer to each other in a circle, or in a chain of more than {limit}",
        "Give one of them a value.",
        "共有数量が循環して参照しあっているか、参照が{limit}段を超えています",
        "いずれかに value を与えてください。",
    ),
    "discount_rate": _both(
        "a rate above -1 was expected", "Write 0.03 for 3 %.", "割引率は-1より大きい値が必要です", "3%は0.03と書いてください。"
    ),
    "base_year_far": _both(
        "a base year within {limit} years of first_year was expected",
        "Correct base_year.",
        "base_year は first_year から{limit}年以内が必要です",
        "base_year を直してください。",
    ),
    "against_sense": _both(
        "a bound that asks for more of what is wanted was expected: `{good}` on this criterion",
        "Use `{good}`, or turn the criterion's sense around.",
        "望ましい方向の制約（この基準では `{good}`）が必要です",
        "`{good}` を使うか、基準の向き（sense）を変えてください。",
    ),
    "not_contribution": _both(
        "a criterion of kind contribution was expected, this one is {kind}",
        "Use mitigates, covers or provides for what a programme does to risks and needs.",
        "kind が contribution の評価基準が必要です（この基準は {kind}）",
        "リスクや必要への効果は mitigates・covers・provides に書いてください。",
    ),
    "floor_side": _both(
        "exactly one of value and share_of_best was expected",
        "Keep one of them.",
        "value と share_of_best のどちらか一つだけが必要です",
        "一つだけ残してください。",
    ),
    # findings of check (not errors of form)
    "floor_above_ceiling": _both(
        "the floor {low} is above the ceiling {high}",
        "No plan can satisfy this: change one.",
        "下限 {low} が上限 {high} を超えています",
        "満たす計画がありません。どちらかを変えてください。",
    ),
    "mandatory_above_budget": _both(
        "mandatory programmes need at least {need}, the funds that may pay hold {have}",
        "Raise the budget or drop a mandatory programme.",
        "必須事業に少なくとも {need} が必要ですが、支出できる基金は {have} です",
        "予算を増やすか、必須指定を外してください。",
    ),
    "requirement_cycle": _both(
        "these programmes require each other in a circle: all or none is funded",
        "Nothing to do if that is meant.",
        "相互に必要条件となっています（すべて採択か、すべて不採択）",
        "意図どおりなら対応不要です。",
    ),
    "forbidden_required": _both(
        "a mandatory programme requires a forbidden one",
        "No plan can satisfy this: change one.",
        "必須事業が禁止事業を必要としています",
        "満たす計画がありません。どちらかを変えてください。",
    ),
    "off_grid": _both(
        "an amount off the grid of {grid}: published amounts are whole grid units",
        "Round it, or use a finer grid.",
        "公表単位 {grid} の整数倍ではありません",
        "丸めるか、grid を細かくしてください。",
    ),
    "no_range": _both(
        "a judgement without low and high",
        "Give the range it might lie in.",
        "判断値に low と high がありません",
        "ありうる範囲を書いてください。",
    ),
    "no_reason": _both(
        "a judgement without a note that says why", "Add a note.", "判断値に理由（note）がありません", "note を書いてください。"
    ),
    "no_source": _both(
        "a stated or derived number without a source", "Name its source.", "出典のない数値です", "source を書いてください。"
    ),
    "unannotated": _both(
        "{count} of {total} numbers have no kind (stated, derived, judgement)",
        "Annotate them, so that results can say what rests on judgement.",
        "{total}個の数値のうち{count}個に種別（stated / derived / judgement）がありません",
        "種別を書くと、結果のうち判断に依存する割合が示せます。",
    ),
    "unused_sources": _both(
        "{count} sources are cited by no number ({first}, ...)",
        "Nothing to do if they are kept as a library.",
        "{count}件の出典がどの数値からも参照されていません（{first} など）",
        "資料として残す場合は対応不要です。",
    ),
    "unused": _both("nothing refers to it", "Use it or remove it.", "どこからも参照されていません", "使うか、削除してください。"),
    "zero_use": _both(
        "no programme removes it, covers it or draws on it",
        "Add effects, or remove it.",
        "効果を与える事業がありません",
        "effects を追加するか、削除してください。",
    ),
    "min_scale_idle": _both(
        "min_scale is below the curve's first breakpoint {first}, which holds",
        "Raise min_scale, or give the option its own curve.",
        "min_scale が曲線の最初の点 {first} より小さいため無効です",
        "min_scale を上げるか、曲線を個別に与えてください。",
    ),
    # tables and workbooks (portfolio/formats/tables)
    "unknown_table": _both(
        "no table has that name{hint}",
        "Rename it, or let the name begin with _ to have it ignored.",
        "その名前の表はありません{hint_ja}",
        "名前を直すか、無視させる場合は名前の先頭に _ を付けてください。",
    ),
    "no_tables": _both(
        "at least the tables header, criteria and programmes were expected",
        "Start from `portfolio template -o book.xlsx`.",
        "少なくとも header、criteria、programmes の表が必要です",
        "`portfolio template -o book.xlsx` で雛形を作れます。",
    ),
    "missing_column": _both(
        "the column names in the first row lack: {names}", "Add them.", "1行目の列名に {names} がありません", "列を追加してください。"
    ),
    "unknown_column": _both(
        "no such column in this table{hint}",
        "Rename or remove it. Known: {known}.",
        "この表にその列はありません{hint_ja}",
        "列名を直すか削除してください。使える列: {known}。",
    ),
    "double_column": _both(
        "each column may appear once", "Remove one of them.", "同じ列名が重複しています", "どちらかを削除してください。"
    ),
    "unnamed_column": _both(
        "a value under no column name",
        "Name the column, or remove the value.",
        "列名のない列に値があります",
        "列名を書くか、値を削除してください。",
    ),
    "unknown_header_key": _both(
        "no such key in the header{hint}",
        "Rename or remove it. Known: {known}.",
        "ヘッダーにその項目はありません{hint_ja}",
        "名前を直すか削除してください。使える項目: {known}。",
    ),
    "wrong_table": _both(
        "this kind belongs into the table `{table}`", "Move the row.", "この種別は表 `{table}` に書きます", "行を移してください。"
    ),
    "two_owners": _both(
        "exactly one of {name} was expected", "Leave the other empty.", "{name} のうち一つだけが必要です", "他方を空欄にしてください。"
    ),
    "key_missing": _both(
        "the row does not say what it belongs to", "Fill `{name}`.", "この行が何に属するか書かれていません", "`{name}` を書いてください。"
    ),
    "unknown_row": _both(
        "no row of that name in {collection}{hint}",
        "Correct `{name}`, or add the row there.",
        "{collection} にその名前の行はありません{hint_ja}",
        "`{name}` を直すか、そちらに行を追加してください。",
    ),
    "nothing_given": _both(
        "a value was expected in {names}", "Fill it, or remove the row.", "{names} に値が必要です", "値を書くか、行を削除してください。"
    ),
    "wrong_keys": _both(
        "`{column}` goes with exactly these columns: {needed}",
        "Fill them, and leave the other key columns empty.",
        "`{column}` と併せて書く列は {needed} だけです",
        "必要な列を書き、他のキー列は空欄にしてください。",
    ),
    "twice": _both("said twice: first at {first}", "Keep one of the two.", "{first} と重複しています", "どちらかを削除してください。"),
    "cell_date": _both(
        "a number was expected, this is a date",
        "If you typed a fraction like 2/3, format the cell as text first (or write =2/3).",
        "数値が必要ですが、日付になっています",
        "2/3 のような分数は、セルの書式を文字列にしてから入力してください。",
    ),
    "cell_unit": _both(
        "an amount in yen was given where it cannot be converted",
        "Write a plain number in the instance's unit (this column is not money, or header `unit` is not a yen unit such as `JPY bn`).",
        "円単位の金額を換算できません",
        "この列が金額でないか、ヘッダーの unit が円の単位（例: JPY bn、億円）ではありません。数値だけを書いてください。",
    ),
    "cell_yes_no": _both(
        "yes or no was expected", "Write yes or no.", "yes か no が必要です", "yes（はい）か no（いいえ）を書いてください。"
    ),
    "cell_product": _both(
        "a product such as market=@market; gain=0.02 was expected",
        "Write name=number pairs separated by ;, each name once.",
        "market=@market; gain=0.02 のような積が必要です",
        "名前=数値 を「;」で区切り、名前は重複させないでください。",
    ),
    "low_factor": _both(
        "a number, or a factor such as x0.7, was expected", "Correct it.", "数値、または x0.7 のような倍率が必要です", "直してください。"
    ),
    "value_elsewhere": _both(
        "only rows `quantities.NAME` have a value",
        "Leave it empty: the number of `{path}` stands in its own table.",
        "value は `quantities.名前` の行だけに書きます",
        "空欄にしてください。`{path}` の数値はそれぞれの表に書きます。",
    ),
    "path_unknown": _both(
        "no number has that path{hint}",
        "Correct the path, or remove the row.",
        "そのパスの数値はありません{hint_ja}",
        "パスを直すか、行を削除してください。",
    ),
    "path_empty": _both(
        "nothing stands there that carries a range: the cell is empty, or a plain count",
        "Remove the row; a reason can stand in the note of its table.",
        "そこには範囲を持つ数値がありません（空欄、または個数）",
        "行を削除してください。理由は元の表の備考に書けます。",
    ),
    "path_reference": _both(
        "that number is a reference (@...)",
        "Annotate the shared number `quantities.NAME` instead.",
        "その数値は参照（@…）です",
        "共有数量 `quantities.名前` の方に書いてください。",
    ),
    "csv_encoding": _both(
        "text in UTF-8 or Shift_JIS (cp932) was expected ({detail})",
        "Save it as `CSV UTF-8`.",
        "文字コードは UTF-8 か Shift_JIS（cp932）が必要です（{detail}）",
        "「CSV UTF-8」で保存してください。",
    ),
    "csv_broken": _both(
        "well-formed CSV was expected ({detail})",
        "Close the quotation marks at that place.",
        "CSVとして読めません（{detail}）",
        "その箇所の引用符を閉じてください。",
    ),
    "csv_separator": _both(
        "columns separated by commas were expected",
        "Save it as CSV with commas.",
        "列の区切りはカンマが必要です",
        "カンマ区切りのCSVで保存してください。",
    ),
    "too_large": _both(
        "at most {limit} was expected, it has {found}",
        "Remove empty or formatted rows, or split the file.",
        "上限は {limit} ですが {found} あります",
        "空の行や書式だけの行を削除するか、分割してください。",
    ),
    "not_workbook": _both(
        "an Excel workbook (.xlsx) was expected ({detail})",
        "Open it in a spreadsheet program and save it as .xlsx without password.",
        "Excelブック（.xlsx）ではありません（{detail}）",
        "表計算ソフトで開き、パスワードなしの .xlsx で保存してください。",
    ),
    "workbook_unsafe": _both(
        "this workbook is not read: {detail}",
        "If you trust it, open it in a spreadsheet program and save it anew as .xlsx.",
        "安全のため読み込みません: {detail}",
        "信頼できる場合は、表計算ソフトで開いて .xlsx で保存し直してください。",
    ),
    "formula_no_value": _both(
        "a formula whose result is not stored in the file",
        "Open the workbook in a spreadsheet program, recalculate and save; or write the value.",
        "計算結果が保存されていない数式です",
        "表計算ソフトで開いて再計算・保存するか、値を書いてください。",
    ),
    "cell_error": _both(
        "a value was expected, the formula failed", "Correct the formula.", "数式がエラーになっています", "数式を直してください。"
    ),
    "merged_cells": _both(
        "the cells {range} are merged across columns",
        "Unmerge them and fill each cell.",
        "セル {range} が列をまたいで結合されています",
        "結合を解除し、それぞれに値を書いてください。",
    ),
    "cell_too_long": _both(
        "a workbook cell holds at most {limit} characters, this text has {found}",
        "Shorten it, or write CSV files.",
        "セルの上限は {limit} 文字ですが {found} 文字あります",
        "短くするか、CSVで出力してください。",
    ),
    "not_in_tables": _both(
        "this entry cannot be written as a table without changing its meaning",
        "Keep such an instance as JSON, or simplify the entry.",
        "この項目は意味を変えずに表にできません",
        "JSONのまま使うか、項目を簡単にしてください。",
    ),
    "text_unwritable": _both(
        "text without NUL and broken characters was expected",
        "Remove those characters.",
        "NULや壊れた文字を含まない文が必要です",
        "その文字を削除してください。",
    ),
    # findings
    "legacy_above_ceiling": _both(
        "earlier commitments alone take {legacy}, the ceiling is {high}",
        "No plan can satisfy this: raise the ceiling or correct the legacy.",
        "既往分だけで {legacy} となり、上限 {high} を超えています",
        "満たす計画がありません。上限を上げるか既往分を直してください。",
    ),
    "floor_above_money": _both(
        "the floor {low} is above what the funds hold: {have}",
        "No plan can satisfy this: lower the floor or raise the budget.",
        "下限 {low} が基金の財源 {have} を超えています",
        "満たす計画がありません。下限を下げるか予算を増やしてください。",
    ),
    "floor_above_reach": _both(
        "the floor {low} is above what all programmes together reach: {have}",
        "No plan can satisfy this: lower the floor or add programmes.",
        "下限 {low} は全事業を合わせても届きません（最大 {have}）",
        "満たす計画がありません。下限を下げるか事業を追加してください。",
    ),
    "shares_above_one": _both(
        "smallest shares of disjoint selections add up to {total}",
        "No plan with money in it can satisfy this: lower one of {rules}.",
        "重ならない対象の下限割合の合計が {total} です",
        "金額のある計画では満たせません。{rules} のいずれかを下げてください。",
    ),
    "mandatory_above_limit": _both(
        "mandatory programmes alone make {need}, the limit is {have}",
        "No plan can satisfy this: raise the limit or drop a mandatory programme.",
        "必須事業だけで {need} となり、上限 {have} を超えています",
        "満たす計画がありません。上限を上げるか必須指定を外してください。",
    ),
    "cannot_be_funded": _both(
        "it requires a forbidden programme, so it can never be funded",
        "Change one of the two, if that is not meant.",
        "禁止事業を必要としているため、採択されることがありません",
        "意図と異なる場合は、どちらかを変えてください。",
    ),
    "ramp_short": _both(
        "the ramp allows {most} of the cost within the window, so the option can never be carried out",
        "Raise the ramp or widen the window.",
        "年間上限（ramp）では期間内に費用の {most} しか支出できず、実施できません",
        "ramp を上げるか期間を広げてください。",
    ),
    "duration_idle": _both(
        "a duration without start_years has no effect",
        "Add start_years, or remove it.",
        "start_years がないため duration は無効です",
        "start_years を追加するか、削除してください。",
    ),
    "idle_fund": _both(
        "no programme may draw on this fund",
        "Widen its eligibility or years, or remove it.",
        "この基金を使える事業がありません",
        "対象や年度を広げるか、削除してください。",
    ),
    "selects_nothing": _both(
        "the selection admits no option of any programme",
        "Correct the selection: tags, regions and instruments are compared letter by letter.",
        "どの事業の選択肢も該当しません",
        "対象の指定を直してください（tags・regions・instruments は完全一致で比較します）。",
    ),
    "cell_unexplained": _both(
        "a cell without programmes and without a reason",
        "Add a programme, or a line in empty_cells that says why.",
        "事業も空欄の理由もないセルです",
        "事業を追加するか、empty_cells に理由を書いてください。",
    ),
    "cell_not_empty": _both(
        "the cell is said to be empty but has programmes: {programmes}",
        "Remove the line.",
        "空欄とされたセルに事業があります（{programmes}）",
        "その行を削除してください。",
    ),
}
