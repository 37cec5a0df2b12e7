"""Rules about parameters, couplings, hypotheses and everything else that leans on claims."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samenspel.evidence.grade import Level
from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.ledger import fates
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.evidence.references import references
from samenspel.evidence.schema_model import Coupling
from samenspel.evidence.split import role_of_source


class ReferencedClaimsExist(Rule):
    """Every claim that something leans on is in the atlas."""

    def check(self, context: Context) -> Iterator[Issue]:
        for pointer in references(context.atlas):
            if pointer.claim not in context.atlas.claims:
                yield self.issue(context, pointer.kind, pointer.entry, f"{pointer.field}: no claim {pointer.claim!r}.",
                                 say_nearest(pointer.claim, context.atlas.claims))  # fmt: skip


class ParameterHasOneAddress(Rule):
    """A parameter rests on exactly one of: a claim, a rule over claims, a declared assumption."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.parameters.values():
            given = [name for name in ("claim", "rule", "assumption") if getattr(entry, name) is not None]
            if len(given) != 1:
                yield self.issue(context, "parameter", entry.id, f"it rests on {' and '.join(given) or 'nothing'}.",
                                 "Give exactly one of claim, rule, assumption = {en, nl}.")  # fmt: skip


class NumberHasAnAddress(Rule):
    """Every number about people, measures and reference adults has a claim or a declared assumption."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        tables: tuple[tuple[str, Any], ...] = (
            ("reference", atlas.reference.values()), ("people", atlas.people.trait),
            ("people", atlas.people.condition), ("people", atlas.people.event), ("measure", atlas.measures.values()),
        )  # fmt: skip
        for kind, records in tables:
            for record in records:
                has_claim = bool(getattr(record, "claim", None) or getattr(record, "claims", ()))
                if not has_claim and record.assumption is None:
                    yield self.issue(context, kind, record.id, "no claim and no assumption.",
                                     "Add claim = \"…\" or assumption = {en, nl}.")  # fmt: skip


class CouplingHasAReason(Rule):
    """A coupling names a claim for it, or says why it is listed at all."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            if not entry.claims and entry.assumption is None:
                yield self.issue(context, "coupling", entry.id, "no claim and no assumption.",
                                 "Add claims = […] or assumption = {en, nl}.")  # fmt: skip


class SizeComesFromLevelFive(Rule):
    """Only a claim of level 5 sets the size of a coupling, and it is among its claims."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            if entry.size is None or entry.size not in context.atlas.claims:
                continue
            level = context.grading.level(entry.size)
            if entry.size not in entry.claims:
                yield self.issue(context, "coupling", entry.id, f"size {entry.size!r} is not among its claims.",
                                 "Add it to claims.")  # fmt: skip
            if level != "5":
                yield self.issue(context, "coupling", entry.id, f"size from {entry.size!r}, which is level {level}.",
                                 _why_not(context, entry, level))  # fmt: skip


class TotalEffectSetsNoParameter(Rule):
    """The total effect of a treatment with several routes sets no parameter inside those routes."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.parameters.values():
            for claim_id in entry.claims:
                claim = context.atlas.claims.get(claim_id)
                if claim is None or claim.kind not in ("effect", "dose") or claim.intervention is None:
                    continue
                if context.grading.routes.several(claim.intervention, claim.subject, claim.object):
                    yield self.issue(context, "parameter", entry.id,
                                     f"{claim_id} is the total effect of {claim.intervention}, which has several routes.",
                                     "Enter it as a fact instead.")  # fmt: skip


class CheckSourcesTeachNothing(Rule):
    """A source that examines the model sets no parameter, gain or other number of it."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for kind, entry, claim_id in _numbers(context):
            if claim_id not in atlas.claims:
                continue
            for source in {atlas.source_of[claim_id], context.grading.article(claim_id)}:
                if role_of_source(source) == "check":
                    yield self.issue(context, kind, entry, f"{claim_id} goes back to {source}, a check source.",
                                     "Take the number from another source, or declare an assumption.")  # fmt: skip


class UsedIntervalHasItsLevel(Rule):
    """A claim that sets a number and prints an interval says the level of that interval."""

    def check(self, context: Context) -> Iterator[Issue]:
        for kind, entry, claim_id in _numbers(context):
            claim = context.atlas.claims.get(claim_id)
            effect = claim.effect if claim is not None else None
            if effect is not None and effect.low is not None and effect.high is not None and effect.level is None:
                yield self.issue(context, kind, entry, f"the interval of {claim_id} has no level.",
                                 "Add level to the claim if the source prints it, or declare an assumption.")  # fmt: skip


class RetractedSourcesFeedNothing(Rule):
    """A retracted source feeds no parameter, coupling or option."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for pointer in references(atlas):
            if pointer.kind not in ("parameter", "coupling", "hypothesis", "people", "measure", "reference"):
                continue
            if pointer.claim in atlas.claims and atlas.source_with(pointer.claim).status == "retracted":
                yield self.issue(context, pointer.kind, pointer.entry,
                                 f"{pointer.field}: the source of {pointer.claim} is retracted.",
                                 "Remove the claim here; it stays in the evidence base.")  # fmt: skip


class CouplingEndsExist(Rule):
    """A coupling leads from a state or read-out (or an input, marked so) to a port, and both exist."""

    def check(self, context: Context) -> Iterator[Issue]:
        if context.ends is None:
            return
        for entry in context.atlas.couplings.values():
            sources = context.ends.inputs if entry.input else context.ends.sources
            if entry.source not in sources:
                hint = "It is an input: add input = true." if entry.source in context.ends.inputs else ""
                yield self.issue(context, "coupling", entry.id, f"from {entry.source!r} is no state or read-out.",
                                 hint or say_nearest(entry.source, sources))  # fmt: skip
            if entry.to not in context.ends.ports:
                yield self.issue(context, "coupling", entry.id, f"to {entry.to!r} is no port.",
                                 say_nearest(entry.to, context.ends.ports))  # fmt: skip


class MeasuresReadSomething(Rule):
    """A measure reads a state, read-out or port that exists."""

    def check(self, context: Context) -> Iterator[Issue]:
        if context.ends is None:
            return
        for entry in context.atlas.measures.values():
            if entry.reads is not None and entry.reads not in context.ends.readable:
                yield self.issue(context, "measure", entry.id, f"reads {entry.reads!r}, which no system has.",
                                 say_nearest(entry.reads, context.ends.readable))  # fmt: skip


class ParametersBelongToASystem(Rule):
    """A parameter of the atlas is one that a system declares."""

    def check(self, context: Context) -> Iterator[Issue]:
        if context.ends is None or not context.ends.parameters:
            return
        for entry in context.atlas.parameters.values():
            if entry.id not in context.ends.parameters:
                yield self.issue(context, "parameter", entry.id, "no system declares it.",
                                 say_nearest(entry.id, context.ends.parameters))  # fmt: skip


class SideBySideHasRivals(Rule):
    """A coupling that rests on side-by-side evidence stands in a hypothesis with the reverse and a common cause."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        if context.atlas.ladder is None:
            return
        offered: dict[str, set[str]] = {}
        for hypothesis in context.atlas.hypotheses.values():
            roles = {str(option.role) for option in hypothesis.option}
            for option in hypothesis.option:
                for coupling in option.on:
                    offered.setdefault(coupling, set()).update(roles)
        for entry in context.atlas.couplings.values():
            if context.grading.coupling(entry).level != "2":
                continue
            missing = {"reverse", "common-cause"} - offered.get(entry.id, set())
            if missing:
                yield self.issue(context, "coupling", entry.id,
                                 f"level 2, and no hypothesis offers {' and '.join(sorted(missing))}.",
                                 "Add the options, with role = \"reverse\" and role = \"common-cause\".")  # fmt: skip


class LeversAreNotOnlyThePersons(Rule):
    """Not every lever of an atlas is held by the person who is ill."""

    def check(self, context: Context) -> Iterator[Issue]:
        levers = {str(entry.lever) for entry in context.atlas.couplings.values()} - {"none"}
        if levers == {"person"}:
            first = next(entry for entry in context.atlas.couplings.values() if entry.lever == "person")
            yield self.issue(context, "coupling", first.id, "every lever of this atlas is the person's.",
                             "Say who else can move what: partner, provider, employer, insurer, agency …")  # fmt: skip


class HypothesesResolve(Rule):
    """Options switch couplings and parameters that exist."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for hypothesis in atlas.hypotheses.values():
            for option in hypothesis.option:
                for coupling in option.on:
                    if coupling not in atlas.couplings:
                        yield self.issue(context, "hypothesis", hypothesis.id,
                                         f"option {option.id}: no coupling {coupling!r}.",
                                         say_nearest(coupling, atlas.couplings))  # fmt: skip
                for address in option.parameters:
                    if address not in atlas.parameters:
                        yield self.issue(context, "hypothesis", hypothesis.id,
                                         f"option {option.id}: no parameter {address!r}.",
                                         say_nearest(address, atlas.parameters))  # fmt: skip
                if option.weight is not None and option.weight_claim is None and option.assumption is None:
                    yield self.issue(context, "hypothesis", hypothesis.id,
                                     f"option {option.id}: a weight without a claim.",
                                     "Remove the weight (all options weigh the same) or name weight_claim.")  # fmt: skip
            for other in hypothesis.pairs:
                if other not in atlas.hypotheses:
                    yield self.issue(context, "hypothesis", hypothesis.id, f"pairs: no hypothesis {other!r}.",
                                     say_nearest(other, atlas.hypotheses))  # fmt: skip


class LoopsResolve(Rule):
    """The links of a named loop are couplings, or addresses inside a system."""

    def check(self, context: Context) -> Iterator[Issue]:
        for loop in context.atlas.loops.values():
            for link in loop.links:
                if "." not in link and link not in context.atlas.couplings:
                    yield self.issue(context, "loop", loop.id, f"no coupling {link!r}.",
                                     say_nearest(link, context.atlas.couplings))  # fmt: skip


class QuestionsResolve(Rule):
    """A question names a source, and words of the vocabulary."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for question in atlas.questions.values():
            if question.source not in atlas.sources:
                yield self.issue(context, "question", question.id, f"no source {question.source!r}.",
                                 say_nearest(question.source, atlas.sources))  # fmt: skip
            for word in question.about:
                if word not in atlas.quantities:
                    yield self.issue(context, "question", question.id, f"about {word!r} is not in the vocabulary.",
                                     say_nearest(word, atlas.quantities))  # fmt: skip


class ScenariosResolve(Rule):
    """Outcomes and measures of a scenario are measures of the atlas."""

    def check(self, context: Context) -> Iterator[Issue]:
        measures = context.atlas.measures
        for scenario in context.atlas.scenarios.values():
            wanted = {scenario.estimand.outcome, *scenario.estimand.headline_measures, *scenario.measures}
            for name in sorted(wanted - set(measures)):
                yield self.issue(context, "scenario", scenario.id, f"no measure {name!r}.", say_nearest(name, measures))


class MechanismClaimsHaveOneFate(Rule):
    """Every mechanism claim of the sources that the manifest lists is a coupling, a read-out, or left out with a reason."""

    def check(self, context: Context) -> Iterator[Issue]:
        for fate in fates(context.atlas):
            if len(fate.places) != 1:
                where = " and ".join(fate.places) or "nowhere"
                yield self.issue(context, "claim", fate.claim, f"this mechanism went {where}.",
                                 "Let a coupling name it, or add an entry with its claim to ledger.toml.")  # fmt: skip


class ModelTextsAreInDutchToo(Rule):
    """What a reader sees of a coupling is written in English and Dutch."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            missing = [language for language in ("en", "nl") if getattr(entry, language) is None]
            if missing:
                yield self.issue(context, "coupling", entry.id, f"no text in {' and '.join(missing)}.",
                                 "Add one plain sentence each.")  # fmt: skip


def _numbers(context: Context) -> Iterator[tuple[str, str, str]]:
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


def _why_not(context: Context, entry: Coupling, level: Level) -> str:
    """The cure for a size from below level 5, naming the condition that fails."""
    assert entry.size is not None
    claim = context.atlas.claims[entry.size]
    if level == "T" and claim.intervention is not None:
        if context.grading.routes.several(claim.intervention, claim.subject, claim.object):
            return f"{claim.intervention} has several routes to {claim.object}: enter the trial as a fact."
        return "The trial must have moved the source and print both changes (moved, source_change with its interval)."
    return "Remove size: the budget sets the gain."


MODEL_RULES: tuple[Rule, ...] = (
    ReferencedClaimsExist(), ParameterHasOneAddress(), NumberHasAnAddress(), CouplingHasAReason(),
    SizeComesFromLevelFive(), TotalEffectSetsNoParameter(), CheckSourcesTeachNothing(), UsedIntervalHasItsLevel(),
    RetractedSourcesFeedNothing(),
    CouplingEndsExist(), MeasuresReadSomething(), ParametersBelongToASystem(), SideBySideHasRivals(),
    LeversAreNotOnlyThePersons(), HypothesesResolve(), LoopsResolve(), QuestionsResolve(), ScenariosResolve(),
    MechanismClaimsHaveOneFate(), ModelTextsAreInDutchToo(),
)  # fmt: skip
