"""Every kind of lie about a plan is found, by the rule that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from portfolio.schema.exact import to_fraction
from tests.audit.handmade import audited, broken, fresh, line, sealed

Raw = dict[str, Any]
FAB, UAV, VACCINE, CABLE, STORAGE, PORT = range(6)
BONDS, DEFENSE, CASH = 0, 3, 6


def put(value: Any, *path: Any) -> Callable[[Raw], None]:
    """Set result[path] = value."""

    def change(result: Raw) -> None:
        place: Any = result
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value

    return change


def drop(*path: Any) -> Callable[[Raw], None]:
    """Delete result[path]."""

    def change(result: Raw) -> None:
        place: Any = result
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return change


def pay(choice: int, payment: int, key: str, value: Any) -> Callable[[Raw], None]:
    """Change one entry of a payment."""
    return put(value, "plan", "choices", choice, "payments", payment, key)


def book(position: int, **entries: int) -> Callable[[Raw], None]:
    """Change entries of a ledger line."""
    return lambda result: result["plan"]["ledger"][position].update(entries)


def add(value: Any, *path: Any) -> Callable[[Raw], None]:
    """Append to the list result[path]."""

    def change(result: Raw) -> None:
        place: Any = result
        for part in path:
            place = place[part]
        place.append(value)

    return change


def both(*changes: Callable[[Raw], None]) -> Callable[[Raw], None]:
    """One change after the other."""

    def change(result: Raw) -> None:
        for one in changes:
            one(result)

    return change


def seal(result: Raw) -> None:
    """Put the hashes right."""
    sealed(result)


def choose(programme: str, *payments: tuple[str, int, int], **entries: Any) -> Callable[[Raw], None]:
    """Add a choice."""
    paid = [{"fund": k, "year": t, "amount": x} for k, t, x in payments]
    entry = {"programme": programme, "option": "base", "scale": 1, "effect": 1, "private": 0, "payments": paid, **entries}
    return add(entry, "plan", "choices")


def instance(value: Any, *path: Any) -> Callable[[Raw], None]:
    """Change the embedded instance and seal it again: the plan stays, what it must obey moves."""
    return both(put(value, "instance", *path), seal)


PAYMENTS = [
    ("amount moved to another year", both(pay(FAB, 0, "amount", 90), pay(FAB, 1, "amount", 60)), "committed"),
    ("amount moved to another fund", both(pay(FAB, 1, "amount", 60), pay(FAB, 2, "amount", 40)), "committed"),
    ("amount raised", pay(FAB, 0, "amount", 101), "scale"),
    ("fund that may not pay", pay(FAB, 2, "fund", "defense"), "eligibility"),
    ("fund that does not exist", pay(FAB, 2, "fund", "lottery"), "eligibility"),
    ("year before the fund opens", both(pay(UAV, 0, "year", 2026), put(2026, "plan", "choices", UAV, "start")), "eligibility"),
    ("year outside the way's window", pay(CABLE, 0, "year", 2028), "eligibility"),
    ("year outside the horizon", pay(FAB, 0, "year", 2031), "eligibility"),
    ("negative payment", pay(FAB, 2, "amount", -50), "payment"),
    ("payment of nothing", pay(FAB, 2, "amount", 0), "payment"),
    ("two payments of a fund in a year", pay(FAB, 2, "fund", "bonds"), "payment_twice"),
    ("profile broken", both(pay(VACCINE, 0, "amount", 27), pay(VACCINE, 1, "amount", 14)), "profile"),
    ("prescribed payments broken", both(pay(CABLE, 0, "amount", 16), pay(CABLE, 1, "amount", 24)), "payments"),
    ("prescribed payment by another fund", pay(CABLE, 0, "fund", "cash"), "payments"),
    ("ramp broken", both(pay(FAB, 0, "amount", 110), pay(FAB, 2, "amount", 37)), "ramp"),
    (
        "fund's rate exceeded",  # 100 + 0.8 * 57 = 145.6 against 0.4 * 360 + 1 = 145
        both(instance("0.4", "funds", 0, "subsidy_rate"), pay(FAB, 1, "amount", 57), pay(FAB, 2, "amount", 43)),
        "subsidy_rate",
    ),
    ("project cap exceeded", pay(UAV, 0, "amount", 66), "project_cap"),
    ("payment below the ticket", pay(UAV, 1, "amount", 19), "ticket"),
    ("more than the full scale", pay(CABLE, 1, "amount", 26), "overpaid"),
    ("payments for what costs nothing", add({"fund": "cash", "year": 2027, "amount": 5}, "plan", "choices", PORT, "payments"), "overpaid"),
    ("scale below b_1", pay(STORAGE, 0, "amount", 19), "min_scale"),
    *(
        (f"scale {how}", both(instance("2.1", "programmes", STORAGE, "cost"), put(s, "plan", "choices", STORAGE, "scale")), "scale")
        for how, s in (("not rounded down", "10/7"), ("rounded up", "1.428571428572"), ("a step too low", "1.42857142857"))
    ),
    ("fewer units than the money buys", put(1, "plan", "choices", STORAGE, "units"), "scale"),
    ("ceiling on commitments exceeded", pay(FAB, 0, "amount", 121), "ceiling"),
    ("ceiling on outlays exceeded", pay(CABLE, 0, "amount", 60), "ceiling"),
    ("ceiling on the burden exceeded", pay(STORAGE, 0, "amount", 40), "ceiling"),
    ("floor not reached", pay(FAB, 0, "amount", 49), "ceiling_floor"),
    ("private money beyond what there is", pay(FAB, 0, "amount", 110), "match"),
]
LEDGER = [
    ("carry over the limit", both(book(BONDS, carried_out=201, lapsed=-16), book(BONDS + 1, carried_in=201, lapsed=211)), "carry_limit"),
    ("carry below zero", both(book(BONDS, carried_out=-1, lapsed=186), book(BONDS + 1, carried_in=-1, lapsed=9)), "carry_limit"),
    ("carry beyond the horizon", book(BONDS + 2, carried_out=40, lapsed=0), "carry_limit"),
    ("carried in without being carried out", both(book(BONDS + 1, carried_in=160, lapsed=170)), "carried_in"),
    ("carried into the first year", book(BONDS, carried_in=10, lapsed=45), "carried_in"),
    ("lapsed negative", both(book(CASH, carried_out=30, lapsed=-4), book(CASH + 1, carried_in=30, carried_out=14)), "lapsed"),
    ("authority raised", book(BONDS, authority=301, lapsed=36), "authority"),
    ("authority in a year without any", book(BONDS + 2, authority=5, lapsed=45), "authority"),
    ("committed understated", book(BONDS, committed=100, lapsed=50), "committed"),
    ("outlay changed", book(BONDS, outlay=57), "outlay"),
    ("outlay on outlay basis changed", book(CASH, outlay=33, lapsed=1), "outlay"),
    ("books do not balance", book(BONDS, lapsed=34), "ledger"),
    ("missing ledger line", drop("plan", "ledger", DEFENSE), "ledger_line"),
    ("extra ledger line", add(line("bonds", 2029, 0, 0, 0, 12, 0, 0), "plan", "ledger"), "ledger_line"),
    ("ledger line twice", add(line("bonds", 2028, 0, 40, 0, 42, 0, 40), "plan", "ledger"), "ledger_line"),
    ("ledger line of an unknown fund", add(line("lottery", 2026, 900, 0, 0, 0, 0, 900), "plan", "ledger"), "ledger_line"),
    ("later understated", put(11, "plan", "later", "bonds"), "later"),
    ("later left out", drop("plan", "later", "cash"), "later"),
    ("later of an unknown fund", put(1, "plan", "later", "lottery"), "later"),
]
CHOICES = [
    ("programme chosen twice", choose("port"), "choice"),
    ("programme chosen by two options", choose("fab", ("cash", 2026, 60), option="loan", scale="0.6"), "choice"),
    ("unknown programme", choose("moon_base"), "programme"),
    ("unknown option", put("gift", "plan", "choices", FAB, "option"), "programme"),
    ("unknown start", put(2028, "plan", "choices", UAV, "start"), "programme"),
    ("start where there is none", put(2026, "plan", "choices", VACCINE, "start"), "programme"),
    ("too many units", put(4, "plan", "choices", STORAGE, "units"), "units"),
    ("no units", put(0, "plan", "choices", STORAGE, "units"), "units"),
    ("mandatory programme missing", drop("plan", "choices", PORT), "mandatory"),
    ("forbidden programme chosen", choose("coal", ("cash", 2026, 80)), "forbidden"),
    ("requirement missing", drop("plan", "choices", CABLE), "requires"),
    ("exclusion ignored", choose("refinery", ("cash", 2026, 50), scale="0.5", effect="0.4"), "excludes"),
    ("too few of a list", drop("plan", "choices", VACCINE), "at_least"),
    ("too few groups", drop("plan", "choices", UAV), "diversify"),
    ("linear rule broken", drop("plan", "choices", STORAGE), "linear"),
    ("criterion bound missed", drop("plan", "choices", UAV), "criterion_bound"),
    ("too much changed", drop("plan", "choices", FAB), "persistence"),
    ("share missed", drop("plan", "choices", FAB), "share"),
    ("third fund for a programme", add({"fund": "defense", "year": 2027, "amount": 1}, "plan", "choices", FAB, "payments"), "max_funds"),
    ("funds that exclude each other", pay(FAB, 2, "fund", "defense"), "fund_exclusion"),
    ("need's floor missed", both(drop("plan", "choices", UAV, "payments", 1), pay(UAV, 0, "amount", 25)), "need_floor"),
    ("focus exceeded by another field", instance(3, "rules", 5, "max"), "focus"),
    ("capacity exceeded", instance(8, "capacities", 0, "years", "2026"), "capacity"),
]
VALUES = [
    ("scale", put("0.91", "plan", "choices", FAB, "scale"), "scale"),
    ("effect", put("0.93", "plan", "choices", FAB, "effect"), "effect"),
    ("effect off by 1e-12", put("0.920000000001", "plan", "choices", FAB, "effect"), "effect"),
    ("private money", put(17, "plan", "choices", FAB, "private"), "private"),
    *((f"value of {name}", put(61, "plan", "criteria", name), "criterion") for name in ("growth", "emissions", "loss_cvar", "loss_mean")),
    *((f"value of {name}", put(61, "plan", "criteria", name), "criterion") for name in ("loss_worst", "loss_blend", "public", "safety")),
    ("criterion left out", drop("plan", "criteria", "public"), "criterion"),
    ("criterion invented", put(1, "plan", "criteria", "happiness"), "criterion"),
    ("residual", put("0.53", "plan", "residuals", "wafers"), "residual"),
    ("residual left out", drop("plan", "residuals", "drugs"), "residual"),
    ("loss", put(59, "plan", "losses", "blockade"), "loss"),
    ("loss left out", drop("plan", "losses", "calm"), "loss"),
    ("coverage", put("0.66", "plan", "coverage", "care"), "coverage"),
    ("synergy earned but not claimed", put([], "plan", "synergies"), "synergy"),
    ("synergy claimed twice", add("wired_fab", "plan", "synergies"), "synergy"),
    ("dual-use bonus claimed but not earned", add("spin_on", "plan", "synergies"), "dual_use"),
    ("synergy invented", add("magic", "plan", "synergies"), "synergy"),
]
CLAIMS = [
    ("value of the aim", both(put("0.155", "claims", 0, "value"), put("0.0005", "claims", 0, "gap")), "claim_value"),
    ("value of a criterion claim", put("15.7", "claims", 1, "value"), "claim_value"),
    ("aim bound worse than the plan", both(put("0.16", "claims", 0, "bound"), put("-0.004975", "claims", 0, "gap")), "bound"),
    ("bound below a maximised plan", both(put("15.6", "claims", 1, "bound"), put("99/15699", "claims", 1, "gap")), "bound"),
    ("bound above a minimised plan", both(put("0.31", "claims", 2, "bound")), "bound"),
    ("gap of the aim", put("0.0004", "claims", 0, "gap"), "gap"),
    ("gap of a criterion", put(0, "claims", 1, "gap"), "gap"),
    ("proven with a gap above target", put("0.0001", "claims", 0, "target"), "proven"),
    ("grid negative", put("-0.0001", "claims", 0, "grid"), "grid"),
    ("grid claimed too large", put("0.000526", "claims", 0, "grid"), "grid"),
    ("grid of a criterion claimed too large", put("0.0101", "claims", 2, "grid"), "grid"),
    ("grid too large in a claim that is not proven", both(put("0.02", "claims", 2, "grid"), put(False, "claims", 2, "proven")), "grid"),
    ("proven only with more of the grid", put("0.0019", "claims", 2, "grid"), "proven"),
    ("claim about something unknown", put("happiness", "claims", 2, "of"), "claim"),
    ("limits of the bound not kept", put(54, "claims", 1, "within", "loss_cvar"), "within"),
    ("limits of the bound closer than the aim's floor", put(60, "claims", 1, "within", "loss_cvar"), "within_aim"),
    ("limits of the bound that the aim does not set", put({"emissions": 1}, "claims", 1, "within"), "within_aim"),
    ("limits of an unknown criterion", put({"happiness": 1}, "claims", 1, "within"), "within"),
    ("best of a range worse than the plan", put(15, "ranges", "growth", "best"), "ranges"),
    ("best of a minimised range worse than the plan", put(55, "ranges", "loss_cvar", "best"), "ranges"),
    ("range upside down", put(21, "ranges", "growth", "worst"), "ranges"),
    ("range of something unknown", put({"best": 1, "worst": 0}, "ranges", "happiness"), "ranges"),
    ("range missing", drop("ranges", "loss_cvar"), "claim_value"),
    ("range changed", put(95, "ranges", "loss_cvar", "worst"), "claim_value"),
    ("weights changed", put(4, "aim", "weights", "growth"), "claim_value"),
    ("no weight", put({"growth": 0}, "aim", "weights"), "aim"),
    ("share of the best below zero", put(-1, "aim", "floors", 1, "share_of_best"), "aim"),
    ("negative weight", put(-1, "aim", "weights", "growth"), "aim"),
    ("weight of something unknown", put(1, "aim", "weights", "happiness"), "aim"),
    ("floor of the aim missed", put(16, "aim", "floors", 0, "value"), "aim_floor"),
    ("share of the best missed", put("0.9", "aim", "floors", 1, "share_of_best"), "aim_floor"),
]
AROUND = [
    ("hash of the instance", put("0" * 64, "instance_hash"), "instance_hash"),
    ("hash of the model", put("0" * 64, "model_hash"), "model_hash"),
    ("embedded instance changed", put(31, "instance", "funds", 0, "years", "2026"), "instance_hash"),
    ("embedded instance changed in words only", put("other", "instance", "header", "name"), "instance_hash"),
    ("budget cut and sealed", instance("29.9", "funds", 0, "years", "2026"), "authority"),
    ("embedded model changed", put({"alpha": "0.9"}, "model", "risk"), "model_hash"),
    ("proven with a claim that is not", put(False, "claims", 1, "proven"), "status"),
    ("proven without claims", put([], "claims"), "status"),
    ("proven without a plan", put(None, "plan"), "status"),
    ("proven without an audit", put(None, "audit"), "status"),
    ("proven by an audit of nothing", put(0, "audit", "checks"), "status"),
    ("proven with violations", put(1, "audit", "violated"), "status"),
    ("infeasible with a plan", put("infeasible", "status"), "status"),
    ("no plan with a plan", put("no_plan", "status"), "status"),
    ("claims without a plan", both(put(None, "plan"), put("no_plan", "status")), "claim"),
    ("unknown version", put(2, "schema_version"), "format"),
]
KINDS = (*PAYMENTS, *LEDGER, *CHOICES, *VALUES, *CLAIMS, *AROUND)


def test_the_untouched_result_holds() -> None:
    verdict = audited(fresh())
    assert verdict.violations == ()
    assert verdict.unaudited == ()
    assert verdict.checks == 309


@pytest.mark.parametrize(("change", "rule"), [pytest.param(c, r, id=n) for n, c, r in KINDS])
def test_tampering_is_found_by_the_rule_it_breaks(change: Callable[[Raw], None], rule: str) -> None:
    result = fresh()
    change(result)
    assert rule in broken(audited(result))


@pytest.mark.parametrize("change", [instance("0.6", "funds", 0, "subsidy_rate"), instance(30, "funds", 0, "years", "2026")])
def test_another_instance_under_which_the_plan_is_valid_is_no_lie(change: Callable[[Raw], None]) -> None:
    result = fresh()
    change(result)
    assert broken(audited(result)) == set()


LIES_ABOUT_VALUES = [(n, c, r) for n, c, r in (*VALUES, *LEDGER) if "lapsed" not in n and "carry" not in n]


@pytest.mark.parametrize(
    ("change", "rule"), [pytest.param(c, r, id=n) for n, c, r in LIES_ABOUT_VALUES if r not in ("ledger_line", "authority")]
)
def test_a_lie_about_one_value_breaks_one_rule(change: Callable[[Raw], None], rule: str) -> None:
    result = fresh()
    change(result)
    assert broken(audited(result)) <= {rule, "ledger"}


def leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all numbers below."""
    if isinstance(data, dict):
        return [leaf for key, entry in data.items() for leaf in leaves(entry, (*path, key))]
    if isinstance(data, list):
        return [leaf for key, entry in enumerate(data) for leaf in leaves(entry, (*path, key))]
    try:
        to_fraction(data)
    except ValueError:
        return []
    return [path]


def test_no_number_of_the_plan_can_change_unnoticed() -> None:
    paths = leaves(fresh()["plan"], ("plan",)) + [("claims", i, key) for i in range(3) for key in ("value", "bound", "gap")]
    assert len(paths) > 130
    for path in paths:
        for step in (-1, 1):
            result = fresh()
            place: Any = result
            for part in path[:-1]:
                place = place[part]
            moved = to_fraction(place[path[-1]]) + step
            place[path[-1]] = int(moved) if moved.denominator == 1 else f"{moved.numerator}/{moved.denominator}"
            assert broken(audited(result)), path


def test_a_violation_tells_place_numbers_and_amount() -> None:
    result = fresh()
    book(BONDS, lapsed=34)(result)
    (violation,) = audited(result).violations
    assert (violation.rule, violation.place) == ("ledger", "fund_ledger[bonds,2026]")
    assert (violation.found, violation.limit, violation.amount) == (Fraction(299), Fraction(300), Fraction(1))
    assert "fund_ledger[bonds,2026]" in violation.sentence("en")
    assert "off by 1" in violation.sentence("en")
    assert "差 1" in violation.sentence("ja")
