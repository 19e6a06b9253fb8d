"""The frontier of an instance: certified, audited, the same for any number of workers and after any stop; every lie about it is found. Tier: test, fuzz."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import portfolio
from portfolio.api.frontier import Effort, frontier
from portfolio.api.recheck import recheck, start_is_high_enough
from portfolio.audit import audit_frontier
from portfolio.errors import UsageError
from portfolio.formats.frontier_text import frontier_of, parse_frontier
from portfolio.formats.json_text import parse_json
from portfolio.formats.result_text import result_text
from portfolio.library import load_model
from portfolio.results import Frontier
from portfolio.schema.exact import exact_json, to_fraction
from portfolio.schema.instance import Instance

EPSILON = Fraction(1, 20)
COMMAND = (sys.executable, "-c", "from portfolio.commands import main; main()")
SIZES = {"funds": 3, "years": 3, "scenarios": 4, "exposures": 4, "needs": 3, "fields": 4, "archetypes": 2}


def small(programmes: int = 8, **more: int) -> Instance:
    return portfolio.generate(programmes=programmes, **{**SIZES, "options": 1, **more})


@pytest.fixture(scope="module")
def instance() -> Instance:
    return small()


@pytest.fixture(scope="module")
def found(instance: Instance) -> Frontier:
    return frontier(instance, load_model("allocation"), EPSILON)


@pytest.fixture(scope="module")
def by_mips(instance: Instance) -> Frontier:
    return frontier(instance, load_model("allocation"), EPSILON, Effort(zones="mip"))


def same(a: Frontier, b: Frontier) -> bool:
    """Everything but times, and what only --resume needs."""
    return result_text(bare(a)) == result_text(bare(b))


def bare(f: Frontier) -> Frontier:
    return f.model_copy(update={"seconds": {}, "search": {}})


def test_the_frontier_is_certified_and_the_audit_agrees(found: Frontier) -> None:
    assert found.status == "certified"
    assert found.certificate is not None and found.certificate.certified <= EPSILON
    assert len(found.points) > 2
    verdict = audit_frontier(found)
    assert verdict.holds, verdict.violations
    assert start_is_high_enough(found)


def test_a_frontier_file_says_the_same_after_reading(found: Frontier) -> None:
    assert parse_frontier(result_text(found)) == found


def test_two_workers_find_the_same(instance: Instance, found: Frontier, by_mips: Frontier) -> None:
    for one in (found, by_mips):
        zones = one.options["zones"]
        assert same(frontier(instance, load_model("allocation"), EPSILON, Effort(workers=2, zones=zones)), one)
    assert audit_frontier(by_mips).holds and by_mips.status == "certified"


def test_another_door_finds_nothing_deeper(found: Frontier) -> None:
    checks = recheck(found, "pulp:cbc", zones=3, seconds=30)
    assert len(checks) == 3
    assert all(c.holds and c.confirmed for c in checks)


def test_a_subset_of_the_criteria(instance: Instance) -> None:
    two = frontier(instance, load_model("allocation"), EPSILON, criteria=("growth", "public"))
    assert two.status == "certified"
    assert two.certificate is not None and two.certificate.criteria == ("growth", "public")
    assert audit_frontier(two).holds


@pytest.mark.parametrize("criteria", [("growth", "nonsense"), ("growth",)])
def test_criteria_that_make_no_frontier(instance: Instance, criteria: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        frontier(instance, load_model("allocation"), EPSILON, criteria=criteria)


# -- stop and resume ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("zones", ["mip", "tree"])
def test_every_checkpoint_carries_a_weaker_certificate_and_leads_to_the_same_frontier(
    instance: Instance, zones: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio.api.seldom.SAVE_EVERY", 0.0)
    monkeypatch.setattr("portfolio.api.seldom.SHARE", 0)
    monkeypatch.setattr("portfolio.pareto.running.EPOCH", 5)
    states: list[str] = []
    effort = Effort(zones=zones, save=lambda f: states.append(result_text(f)))
    whole = frontier(instance, load_model("allocation"), Fraction(1, 50), effort)
    assert whole.status == "certified" and audit_frontier(whole).holds
    assert len(states) > 1
    # What resuming must put back: trees among it.
    searches = [json.loads(text)["search"] for text in states]
    assert zones == "mip" or (any(one["grown"] for one in searches) and all(one["choices"] for one in searches[1:]))
    for text in states[::2]:
        state = parse_frontier(text)
        assert state.status == "limit" and audit_frontier(state).holds
        assert same(frontier(instance, load_model("allocation"), Fraction(1, 50), Effort(zones=zones), earlier=state), whole)


@pytest.mark.parametrize("zones", ["mip", "tree"])
def test_a_stopped_run_goes_on_to_the_same_frontier(zones: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is stopped; also where points were dominated after the state from which it goes on."""
    monkeypatch.setattr("portfolio.pareto.running.EPOCH", 4)
    instance, model, target = small(), load_model("allocation"), Fraction(1, 50)
    whole = frontier(instance, model, target, Effort(zones=zones))
    assert whole.status == "certified"
    for most in range(3, len(whole.points), 5):
        effort = Effort()

        def watch(progress: Any, most: int = most, effort: Effort = effort) -> None:
            if progress.points >= most:
                effort.stop.set()

        stopped = frontier(instance, model, target, Effort(zones=zones, stop=effort.stop, watch=watch))
        assert stopped.status == "interrupted"
        assert stopped.certificate is not None and stopped.certificate.certified > target
        assert audit_frontier(stopped).holds
        read = parse_frontier(result_text(stopped))
        assert same(frontier(instance, model, target, Effort(zones=zones), earlier=read), whole)


def test_another_run_is_not_resumed(instance: Instance, found: Frontier) -> None:
    with pytest.raises(UsageError):
        frontier(instance, load_model("allocation"), Fraction(1, 10), earlier=found)
    with pytest.raises(UsageError):
        frontier(small(seed=5), load_model("allocation"), EPSILON, earlier=found)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"root": 0, "bases": "not base64", "slopes": "", "empty": []},
        {"root": 0, "bases": "AAAAAAAA8D8=", "slopes": "AAAAAAAA8D8=", "empty": []},
        {"root": 0, "bases": "AAAAAAAA8D8=", "slopes": "AAAAAAAA8D8AAAAAAADwPwAAAAAAAPA/", "empty": [9]},
    ],
    ids=["nothing", "text", "shape", "leaf"],
)
def test_a_damaged_tree_is_refused_on_resume(instance: Instance, found: Frontier, tree: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="damaged"):
        frontier(
            instance, load_model("allocation"), EPSILON, earlier=found.model_copy(update={"search": {**found.search, "grown": [tree]}})
        )


# -- lies -----------------------------------------------------------------------------------------------------------
Raw = dict[str, Any]


def zone(raw: Raw, proof: str) -> Raw:
    return next(z for z in raw["certificate"]["zones"] if z["proof"] == proof)


def smaller(value: Any, by: str = "1/1000") -> Any:
    return exact_json(to_fraction(value) - Fraction(by))


def shift_bound(raw: Raw) -> None:
    entry = zone(raw, "half-space")
    entry["bound"] = smaller(entry["bound"], "10")


def in_longer_ranges(raw: Raw) -> None:
    """Limits stay what they are, epsilon looks ten times smaller."""
    certificate = raw["certificate"]
    for owner, name in [(certificate, "reach"), (certificate, "certified"), *((z, "alpha") for z in certificate["zones"])]:
        owner[name] = exact_json(to_fraction(owner[name]) / 10)
    certificate["scale"] = [exact_json(10 * to_fraction(r)) for r in certificate["scale"]]


LIES: dict[str, Callable[[Raw], object]] = {
    "a smaller epsilon": lambda r: r["certificate"].update(certified="1/1000000"),
    "a zone left out": lambda r: r["certificate"]["zones"].pop(),
    "a zone twice": lambda r: r["certificate"]["zones"].append(r["certificate"]["zones"][0]),
    "a zone moved": lambda r: r["certificate"]["zones"][0]["upper"].__setitem__(0, smaller(r["certificate"]["zones"][0]["upper"][0])),
    "a point left out": lambda r: r["points"].pop(),
    "a point twice": lambda r: r["points"].append({**r["points"][0], "id": "p999"}),
    "an id twice": lambda r: r["points"][0].update(id=r["points"][1]["id"]),
    "a better criterion": lambda r: r["points"][0]["plan"]["criteria"].update(growth=10**6),
    "a payment more": lambda r: r["points"][0]["plan"]["choices"][0]["payments"][0].update(amount=10**6),
    "a half-space without arithmetic": lambda r: zone(r, "half-space").update(alpha=0),
    "a half-space's bound lowered": shift_bound,
    "a half-space with a negative weight": lambda r: zone(r, "half-space").update(weights=[-1, 1, 1]),
    "a half-space without weights": lambda r: zone(r, "half-space").update(weights=[]),
    "a zone proven elsewhere": lambda r: r["certificate"]["zones"][0].update(at=[0, 0, 0]),
    "a zone called open with a small bound": lambda r: r["certificate"]["zones"][0].update(proof="open"),
    "another scale": lambda r: r["certificate"].update(scale=[1, 1, 1]),
    "ranges left out": lambda r: r.update(ranges={}),
    "a longer scale, and everything in it": lambda r: in_longer_ranges(r),
    "a negative scale": lambda r: r["certificate"].update(scale=[-1, 1, 1]),
    "a shorter vector": lambda r: r["certificate"].update(start=[1, 1]),
    "another sense": lambda r: r["certificate"].update(signs=[1, 1, 1]),
    "a low start": lambda r: r["certificate"].update(start=[0, 0, 0]),
    "a target that was missed": lambda r: r["certificate"].update(target="1/100000"),
    "another instance": lambda r: r.update(instance_hash="0" * 64),
    "another model": lambda r: r.update(model_hash="0" * 64),
    "no certificate": lambda r: r.update(certificate=None),
    "no audit": lambda r: r.update(audit=None),
    "infeasible with points": lambda r: r.update(status="infeasible"),
    "a range that a plan beats": lambda r: r["ranges"]["growth"].update(best=0),
}


@pytest.mark.parametrize("name", list(LIES))
def test_lies_are_found(by_mips: Frontier, name: str) -> None:
    raw = json.loads(result_text(by_mips))
    LIES[name](raw)
    assert not audit_frontier(frontier_of(raw)).holds


def test_the_audit_finds_nothing_where_nothing_was_changed(found: Frontier) -> None:
    assert audit_frontier(frontier_of(json.loads(result_text(found)))).holds


# -- the verb -------------------------------------------------------------------------------------------------------
def written(instance: Instance, folder: Path) -> Path:
    path = folder / "small.json"
    path.write_text(json.dumps(instance.canonical()), encoding="utf-8")
    return path


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PORTFOLIO_LANG": "en"}
    return subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_the_verb_writes_a_file_that_the_audit_confirms(instance: Instance, found: Frontier, tmp_path: Path) -> None:
    from portfolio.commands.entry import run as cli

    source, out = written(instance, tmp_path), tmp_path / "out.frontier.json"
    assert cli(["frontier", str(source), "--epsilon", "5%", "-o", str(out), "-q"]) == 0
    assert same(parse_frontier(out.read_text(encoding="utf-8")), found)
    assert cli(["audit", str(out)]) == 0
    raw = parse_json(out.read_text(encoding="utf-8"))
    raw["certificate"]["certified"] = "1/1000000"
    out.write_text(json.dumps(raw, default=float), encoding="utf-8")
    assert cli(["audit", str(out)]) == 6


def test_the_verb_reports_in_both_languages_and_as_json(instance: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from portfolio.commands.entry import run as cli

    source, out = str(written(instance, tmp_path)), str(tmp_path / "f.frontier.json")
    assert cli(["frontier", source, "--epsilon", "10%", "-o", out, "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "CERTIFIED" in english and "core of the frontier" in english and "trade-offs" in english
    assert cli(["frontier", source, "--epsilon", "10%", "-o", out, "--lang", "ja"]) == 0
    assert "証明済み" in capsys.readouterr().out
    assert cli(["frontier", source, "--epsilon", "10%", "-o", out, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["status"] == "certified" and data["report"]["tables"]["points"]["rows"]


def test_without_time_the_verb_says_so(instance: Instance, tmp_path: Path) -> None:
    from portfolio.commands.entry import run as cli

    out = tmp_path / "f.frontier.json"
    assert cli(["frontier", str(written(instance, tmp_path)), "--time-limit", "0", "-o", str(out), "-q"]) in (5, 7)
    assert cli(["audit", str(out)]) == 0


def test_an_infeasible_instance_has_no_frontier(instance: Instance, tmp_path: Path) -> None:
    from portfolio.commands.entry import run as cli

    raw = instance.canonical()
    raw["rules"] = [*raw.get("rules", []), {"id": "no", "kind": "criterion_bound", "criterion": "growth", "min": 10**9}]
    source = tmp_path / "i.json"
    source.write_text(json.dumps(raw), encoding="utf-8")
    assert cli(["frontier", str(source), "-o", str(tmp_path / "f.frontier.json"), "-q"]) == 4


@pytest.mark.fuzz
@pytest.mark.parametrize("seconds", [2.0, 4.0, 7.0, 11.0])
def test_a_killed_run_goes_on_to_the_same_frontier(seconds: float, tmp_path: Path) -> None:
    source = written(small(14, seed=3), tmp_path)
    whole = run(["frontier", str(source), "--epsilon", "5%", "-o", "whole.frontier.json", "-q"], tmp_path)
    assert whole.returncode == 0, whole.stderr
    started = subprocess.Popen([*COMMAND, "frontier", str(source), "--epsilon", "5%", "-o", "cut.frontier.json", "-q"], cwd=tmp_path)
    time.sleep(seconds)
    started.send_signal(signal.SIGKILL)
    started.wait()
    cut = tmp_path / "cut.frontier.json"
    arguments = ["frontier", str(source), "--epsilon", "5%", "-o", "cut.frontier.json", "-q"]
    again = run([*arguments, "--resume", "cut.frontier.json"] if cut.exists() else arguments, tmp_path)
    assert again.returncode == 0, again.stderr
    a, b = (parse_frontier((tmp_path / name).read_text(encoding="utf-8")) for name in ("whole.frontier.json", "cut.frontier.json"))
    assert same(a, b)


def test_the_library_speaks_of_frontiers_too(instance: Instance, found: Frontier) -> None:
    again = portfolio.frontier(instance, "1/20")
    assert same(again, found)
    assert portfolio.audit_result(again).holds
    frames = portfolio.frontier_frames(again)
    assert list(frames["points"].index) == [p.id for p in found.points]
    assert frames["funded"].shape == (len(found.points), len(instance.programmes))
    assert frames["zones"]["alpha"].max() <= 0.05


def test_a_zone_that_holds_nothing_is_bounded_by_zero_not_below() -> None:
    """What a half-space proves of an empty zone is negative; a certificate speaks of distances."""
    sizes = {"funds": 2, "years": 2, "scenarios": 3, "exposures": 3, "needs": 2, "fields": 3, "archetypes": 2}
    empty = frontier(portfolio.generate(programmes=8, options=1, seed=3, **sizes), load_model("allocation"), Fraction(1, 10))
    assert empty.certificate is not None
    assert min(zone.alpha for zone in empty.certificate.zones) == 0
    assert audit_frontier(empty).holds
