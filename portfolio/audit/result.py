"""A whole result: the embedded instance and model are what their hashes say, the plan obeys the rules, the claims and the status hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from portfolio.audit.claims import check_claims
from portfolio.audit.plan import check_plan
from portfolio.audit.verdict import Tally, Verdict
from portfolio.errors import InvalidInput
from portfolio.results import RESULT_VERSION, Result
from portfolio.schema.aim import Aim
from portfolio.schema.exact import exact_json, to_fraction
from portfolio.schema.instance import content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.problem import Problem, shown
from portfolio.schema.record import Record
from portfolio.schema.validate import form_problem, parse_instance


class _Embedded(Record):
    """The parts of a result that it carries as raw data, under the names they have there."""

    model: ModelSpec
    aim: Aim


def audit_result(result: Result) -> Verdict:
    """Everything that can be checked from the result alone.

    Raises InvalidInput when the embedded data is not an instance, a model and an aim.
    """
    tally = Tally()
    tally.says(result.format == "portfolio-result", "format", "format", result.format, "portfolio-result")
    tally.equal("format", "schema_version", result.schema_version, RESULT_VERSION)
    check_hash("instance_hash", result.instance, result.instance_hash, tally)
    check_hash("model_hash", result.model, result.model_hash, tally)
    instance = parse_instance(result.instance)
    embedded = _embedded(result)
    _check_status(result, tally)
    if result.plan is not None:
        achieved = check_plan(instance, embedded.model, result.plan, tally)
        _check_counts(result, len(tally.unaudited), tally)
        check_claims(instance, embedded.aim, result, achieved.criteria, tally)
    return tally.verdict()


def _embedded(result: Result) -> _Embedded:
    raw = {"model": result.model, "aim": result.aim}
    try:
        return TypeAdapter(_Embedded).validate_python(raw)
    except ValidationError as error:
        raise InvalidInput([form_problem(raw, _Embedded, d) for d in error.errors(include_url=False)]) from None


def check_hash(rule: str, data: Any, stated: str, tally: Tally) -> None:
    """SHA-256 of the embedded data as it stands; decimals of a file reader are numbers again before."""
    try:
        found = content_hash(_numbers(data))
    except (TypeError, ValueError, PydanticCustomError) as error:
        raise InvalidInput([Problem("not_json", rule.removesuffix("_hash"), "", {"detail": shown(error)})]) from None
    tally.says(found == stated, rule, rule, stated, found)


def _numbers(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _numbers(entry) for key, entry in data.items()}
    if isinstance(data, (list, tuple)):
        return [_numbers(entry) for entry in data]
    return exact_json(to_fraction(data)) if isinstance(data, Decimal) else data


def _check_status(result: Result, tally: Tally) -> None:
    planned = result.plan is not None
    if result.status == "proven":
        tally.says(planned, "status", "status", "no plan", "plan")
        tally.says(bool(result.claims), "status", "status", "no claims", "claims")
        for claim in result.claims:
            tally.says(claim.proven, "status", f"claim[{shown(claim.of)}]", "not proven", "proven")
    if result.status in ("infeasible", "no_plan"):
        tally.says(not planned, "status", "status", "plan", "no plan")
    if not planned:
        tally.says(not result.claims, "claim", "claims", len(result.claims), "no plan")


def _check_counts(result: Result, unaudited: int, tally: Tally) -> None:
    """A proven plan was audited, without violations, and hides no rule that nothing checks.

    The number of checks is not compared: it grows with the auditor, and older results stay true.
    """
    if result.status != "proven":
        return
    tally.says(result.audit is not None, "status", "audit", "no audit", "audit")
    if result.audit is not None:
        tally.at_least("status", "audit.checks", result.audit.checks, 1)
        tally.equal("status", "audit.violated", result.audit.violated, 0)
        tally.at_least("status", "audit.unaudited", result.audit.unaudited, unaudited)
