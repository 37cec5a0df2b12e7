"""Rules about numbers: each has an address, and only evidence that may set a number sets one."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samenspel.evidence.grade import Level
from samenspel.evidence.issues import Issue
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.evidence.references import references
from samenspel.evidence.schema_model import Coupling
from samenspel.evidence.schema_scenario import Scenario
from samenspel.evidence.split import role_of_source


class ParameterHasOneAddress(Rule):
    """A parameter rests on exactly one of: a claim, a rule over claims, a declared assumption."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.parameters.values():
            given = [name for name in ("claim", "rule", "assumption") if getattr(entry, name) is not None]
            if len(given) != 1:
                yield self.issue(
                    context,
                    "parameter",
                    entry.id,
                    f"it rests on {' and '.join(given) or 'nothing'}.",
                    "Give exactly one of claim, rule, assumption = {en, nl}.",
                )


class NumberHasAnAddress(Rule):
    """Every number about people, measures, reference adults and what an arm gives has a claim or a declared assumption."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        tables: tuple[tuple[str, Any], ...] = (
            ("reference", atlas.reference.values()),
            ("people", atlas.people.trait),
            ("people", atlas.people.condition),
            ("people", atlas.people.event),
            ("measure", atlas.measures.values()),
        )
        for kind, records in tables:
            for record in records:
                has_claim = bool(getattr(record, "claim", None) or getattr(record, "claims", ()))
                if not has_claim and record.assumption is None:
                    yield self.issue(
                        context,
                        kind,
                        record.id,
                        "no claim and no assumption.",
                        'Add claim = "…" or assumption = {en, nl}.',
                    )
        for scenario in atlas.scenarios.values():
            for arm, what, part in _given(scenario):
                if not part.claims and part.assumption is None:
                    message = f"arm {arm}: {what} has no claim and no assumption."
                    yield self.issue(context, "scenario", scenario.id, message, "Add claims = […] or assumption = {en, nl}.")


class SizeComesFromLevelFive(Rule):
    """Only a claim of level 5 sets the size of a coupling, and it is among its claims."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            if entry.size is None or entry.size not in context.atlas.claims:
                continue
            level = context.grading.level(entry.size)
            if entry.size not in entry.claims:
                yield self.issue(
                    context, "coupling", entry.id, f"size {entry.size!r} is not among its claims.", "Add it to claims."
                )
            if level != "5":
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    f"size from {entry.size!r}, which is level {level}.",
                    _why_not(context, entry, level),
                )


class TotalEffectSetsNoParameter(Rule):
    """The total effect of a treatment with several routes sets no parameter inside those routes."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.parameters.values():
            for claim_id in entry.claims:
                claim = context.atlas.claims.get(claim_id)
                if claim is None or claim.kind not in ("effect", "dose") or claim.intervention is None:
                    continue
                if context.grading.routes.several(claim.intervention, claim.subject, claim.object):
                    yield self.issue(
                        context,
                        "parameter",
                        entry.id,
                        f"{claim_id} is the total effect of {claim.intervention}, which has several routes.",
                        "Enter it as a fact instead.",
                    )


class CheckSourcesTeachNothing(Rule):
    """A source that examines the model sets no parameter, gain or other number of it."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for kind, entry, claim_id in numbers(context):
            if claim_id not in atlas.claims:
                continue
            for source in {atlas.source_of[claim_id], context.grading.article(claim_id)}:
                if role_of_source(source) == "check":
                    yield self.issue(
                        context,
                        kind,
                        entry,
                        f"{claim_id} goes back to {source}, a check source.",
                        "Take the number from another source, or declare an assumption.",
                    )


class UsedIntervalHasItsLevel(Rule):
    """A claim that sets a number and prints an interval says the level of that interval."""

    def check(self, context: Context) -> Iterator[Issue]:
        for kind, entry, claim_id in numbers(context):
            claim = context.atlas.claims.get(claim_id)
            effect = claim.effect if claim is not None else None
            if effect is not None and effect.low is not None and effect.high is not None and effect.level is None:
                yield self.issue(
                    context,
                    kind,
                    entry,
                    f"the interval of {claim_id} has no level.",
                    "Add level to the claim if the source prints it, or declare an assumption.",
                )


class RetractedSourcesFeedNothing(Rule):
    """A retracted source feeds no parameter, coupling or option."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for pointer in references(atlas):
            if pointer.kind not in ("parameter", "coupling", "hypothesis", "people", "measure", "reference"):
                continue
            if pointer.claim in atlas.claims and atlas.source_with(pointer.claim).status == "retracted":
                yield self.issue(
                    context,
                    pointer.kind,
                    pointer.entry,
                    f"{pointer.field}: the source of {pointer.claim} is retracted.",
                    "Remove the claim here; it stays in the evidence base.",
                )


def numbers(context: Context) -> Iterator[tuple[str, str, str]]:
    """(kind, entry, claim) of everything that takes a number, not only existence or direction, from a claim."""
    for pointer in references(context.atlas):
        if pointer.kind in ("parameter", "reference", "people", "measure", "system"):
            yield pointer.kind, pointer.entry, pointer.claim
        elif pointer.field in ("size", "weight_claim"):
            yield pointer.kind, pointer.entry, pointer.claim
    for entry in context.atlas.couplings.values():
        for part in (entry.form, entry.delay):
            if part is not None and part.claim is not None:
                yield "coupling", entry.id, part.claim


def _given(scenario: Scenario) -> Iterator[tuple[str, str, Any]]:
    """(arm, what, record) of everything with numbers that an arm gives."""
    for arm in scenario.arm:
        for timed in arm.inputs:
            yield arm.id, f"input {timed.input}", timed
        dose = arm.exercise
        parts = [("exercise", dose), ("contact", arm.contact)]
        if dose is not None:
            parts += [("exercise.adherence", dose.adherence), ("exercise.stopping", dose.stopping)]
        yield from ((arm.id, name, part) for name, part in parts if part is not None)


def _why_not(context: Context, entry: Coupling, level: Level) -> str:
    """The cure for a size from below level 5, naming the condition that fails."""
    assert entry.size is not None
    claim = context.atlas.claims[entry.size]
    if level == "T" and claim.intervention is not None:
        if context.grading.routes.several(claim.intervention, claim.subject, claim.object):
            return f"{claim.intervention} has several routes to {claim.object}: enter the trial as a fact."
        return "The trial must have moved the source and print both changes (moved, source_change with its interval)."
    return "Remove size: the budget sets the gain."


NUMBER_RULES: tuple[Rule, ...] = (
    ParameterHasOneAddress(),
    NumberHasAnAddress(),
    SizeComesFromLevelFive(),
    TotalEffectSetsNoParameter(),
    CheckSourcesTeachNothing(),
    UsedIntervalHasItsLevel(),
    RetractedSourcesFeedNothing(),
)
