"""Rules about parameters, couplings, hypotheses and everything else that leans on claims."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from samenspel.evidence.atlas import Where
from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.ledger import fates
from samenspel.evidence.lint_rule import Context, Ends, Rule
from samenspel.evidence.references import references
from samenspel.evidence.text import line_with


class ReferencedClaimsExist(Rule):
    """Every claim that something leans on is in the atlas."""

    def check(self, context: Context) -> Iterator[Issue]:
        for pointer in references(context.atlas):
            if pointer.claim not in context.atlas.claims:
                yield self.issue(
                    context,
                    pointer.kind,
                    pointer.entry,
                    f"{pointer.field}: no claim {pointer.claim!r}.",
                    say_nearest(pointer.claim, context.atlas.claims),
                )


class CouplingHasAReason(Rule):
    """A coupling names a claim for it, or says why it is listed at all."""

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            if not entry.claims and entry.assumption is None:
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    "no claim and no assumption.",
                    "Add claims = […] or assumption = {en, nl}.",
                )


class CouplingEndsExist(Rule):
    """A coupling leads from a state or read-out (or an input, marked so) to a port, and both exist."""

    def check(self, context: Context) -> Iterator[Issue]:
        if context.ends is None:
            return
        for entry in context.atlas.couplings.values():
            sources = context.ends.inputs if entry.input else context.ends.sources
            if entry.source not in sources:
                hint = "It is an input: add input = true." if entry.source in context.ends.inputs else ""
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    f"from {entry.source!r} is no state or read-out.",
                    hint or say_nearest(entry.source, sources),
                )
            if entry.to not in context.ends.ports:
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    f"to {entry.to!r} is no port.",
                    say_nearest(entry.to, context.ends.ports),
                )


class SystemsCompose(Rule):
    """The systems join through the couplings: every port is defined once, and nothing depends on itself at one moment."""

    def check(self, context: Context) -> Iterator[Issue]:
        ends, atlas = context.ends, context.atlas
        if ends is None or ends.composes is None:
            return
        if any(CouplingEndsExist().check(context)) or any(ManifestResolves().check(context)):
            return
        wrong = ends.composes(atlas)
        if wrong is None:
            return
        named = [c for c in atlas.couplings.values() if repr(c.id) in wrong.message]
        named += [c for c in atlas.couplings.values() if c.source in wrong.message and c.to in wrong.message]
        place = atlas.where("coupling", named[0].id) if named else Where("atlas.toml", 0)
        yield Issue(self.name, self.severity, wrong.message, place.file, place.line, wrong.cure or "")


class _ASystemHasIt(Rule):
    """Base of rules by which a record names an address that a system has."""

    kind: ClassVar[str]
    says: ClassVar[str]  # what is wrong, with {address}

    def addresses(self, context: Context) -> Iterator[tuple[str, str]]:
        """(record, address) of all records of the kind."""
        raise NotImplementedError

    def known(self, ends: Ends) -> frozenset[str]:
        """The addresses they may name; none: the rule does not judge."""
        raise NotImplementedError

    def check(self, context: Context) -> Iterator[Issue]:
        known = frozenset[str]() if context.ends is None else self.known(context.ends)
        for entry, address in self.addresses(context) if known else ():
            if address not in known:
                message = self.says.format(address=address)
                yield self.issue(context, self.kind, entry, message, say_nearest(address, known))


class MeasuresReadSomething(_ASystemHasIt):
    """A measure reads a state, read-out or port that exists."""

    kind = "measure"
    says = "reads {address!r}, which no system has."

    def addresses(self, context: Context) -> Iterator[tuple[str, str]]:
        for entry in context.atlas.measures.values():
            if entry.reads is not None:
                yield entry.id, entry.reads

    def known(self, ends: Ends) -> frozenset[str]:
        return ends.readable


class ParametersBelongToASystem(_ASystemHasIt):
    """A parameter of the atlas is one that a system declares."""

    kind = "parameter"
    says = "no system declares it."

    def addresses(self, context: Context) -> Iterator[tuple[str, str]]:
        for entry in context.atlas.parameters.values():
            yield entry.id, entry.id

    def known(self, ends: Ends) -> frozenset[str]:
        return ends.parameters


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
            if entry.form.kind == "identity" or context.grading.coupling(entry).level != "2":
                continue
            missing = {"reverse", "common-cause"} - offered.get(entry.id, set())
            if missing:
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    f"level 2, and no hypothesis offers {' and '.join(sorted(missing))}.",
                    'Add the options, with role = "reverse" and role = "common-cause".',
                )


class LeversAreNotOnlyThePersons(Rule):
    """Not every lever of an atlas is held by the person who is ill."""

    def check(self, context: Context) -> Iterator[Issue]:
        levers = {str(entry.lever) for entry in context.atlas.couplings.values()} - {"none"}
        if levers == {"person"}:
            first = next(entry for entry in context.atlas.couplings.values() if entry.lever == "person")
            yield self.issue(
                context,
                "coupling",
                first.id,
                "every lever of this atlas is the person's.",
                "Say who else can move what: partner, provider, employer, insurer, agency …",
            )


class HypothesesResolve(Rule):
    """Options switch couplings and parameters that exist."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for hypothesis in atlas.hypotheses.values():
            for option in hypothesis.option:
                for coupling in option.on:
                    if coupling not in atlas.couplings:
                        yield self.issue(
                            context,
                            "hypothesis",
                            hypothesis.id,
                            f"option {option.id}: no coupling {coupling!r}.",
                            say_nearest(coupling, atlas.couplings),
                        )
                for system, variant in option.variants.items():
                    variants = context.ends.variants if context.ends is not None else None
                    if variants and (system, variant) not in variants:
                        own = sorted(v for s, v in variants if s == system and v)
                        cure = f"There is: {', '.join(own) or 'none'}." if any(s == system for s, _ in variants) else ""
                        yield self.issue(
                            context,
                            "hypothesis",
                            hypothesis.id,
                            f"option {option.id}: no variant {variant!r} of a system {system!r}.",
                            cure or say_nearest(system, {s for s, _ in variants}),
                            "variants",
                        )
                for address in option.parameters:
                    if address not in atlas.parameters:
                        yield self.issue(
                            context,
                            "hypothesis",
                            hypothesis.id,
                            f"option {option.id}: no parameter {address!r}.",
                            say_nearest(address, atlas.parameters),
                        )
                if option.weight is not None and option.weight_claim is None and option.assumption is None:
                    yield self.issue(
                        context,
                        "hypothesis",
                        hypothesis.id,
                        f"option {option.id}: a weight without a claim.",
                        "Remove the weight (all options weigh the same) or name weight_claim.",
                    )
            for other in hypothesis.pairs:
                if other not in atlas.hypotheses:
                    yield self.issue(
                        context,
                        "hypothesis",
                        hypothesis.id,
                        f"pairs: no hypothesis {other!r}.",
                        say_nearest(other, atlas.hypotheses),
                    )


class LoopsResolve(Rule):
    """The links of a named loop are couplings, or addresses inside a system."""

    def check(self, context: Context) -> Iterator[Issue]:
        for loop in context.atlas.loops.values():
            for link in loop.links:
                if "." not in link and link not in context.atlas.couplings:
                    cure = say_nearest(link, context.atlas.couplings)
                    yield self.issue(context, "loop", loop.id, f"no coupling {link!r}.", cure, link)
                elif "." in link and context.ends is not None and context.ends.shared and link not in context.ends.passed:
                    cure = say_nearest(link, context.ends.passed)
                    yield self.issue(context, "loop", loop.id, f"no system has {link!r}.", cure, link)


class QuestionsResolve(Rule):
    """A question names a source, and words of the vocabulary."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for question in atlas.questions.values():
            if question.source not in atlas.sources:
                yield self.issue(
                    context,
                    "question",
                    question.id,
                    f"no source {question.source!r}.",
                    say_nearest(question.source, atlas.sources),
                )
            for word in question.about:
                if word not in atlas.quantities:
                    yield self.issue(
                        context,
                        "question",
                        question.id,
                        f"about {word!r} is not in the vocabulary.",
                        say_nearest(word, atlas.quantities),
                    )


class ManifestResolves(Rule):
    """The scenario that runs by default, the systems and the sources that atlas.toml lists are there."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas, ends = context.atlas, context.ends
        m = atlas.manifest
        wanted = [("default scenario", m.scenario, atlas.scenarios)] if m.scenario is not None else []
        wanted += [("source", name, atlas.sources) for name in m.ledger]
        if ends is not None and ends.shared:
            systems = dict.fromkeys([*sorted(ends.shared), *(name.replace("-", "_") for name in atlas.systems)])
            wanted += [("system", name, systems) for name in m.systems]
        for what, name, known in wanted:
            if name not in known:
                otherwise = "Install the package that declares it, or remove it." if what == "system" else "Correct the name."
                text = (atlas.root / "atlas.toml").read_text(encoding="utf-8")
                line = line_with(text, 1, f'"{name}"')
                cure = say_nearest(name, known, otherwise)
                yield Issue(self.name, self.severity, f"no {what} {name!r}.", "atlas.toml", line, cure)


class PlainSystemsHaveNamesOfTheirOwn(Rule):
    """No plain system of an atlas bears the name of an installed one."""

    def check(self, context: Context) -> Iterator[Issue]:
        shared = context.ends.shared if context.ends is not None else frozenset[str]()
        for entry in context.atlas.systems.values():
            if entry.id.replace("-", "_") in shared:
                message = "a system of this name is installed."
                yield self.issue(context, "system", entry.id, message, "Rename it.")


class MechanismClaimsHaveOneFate(Rule):
    """Every mechanism claim of the listed sources is a coupling, a read-out, or left out with a reason."""

    def check(self, context: Context) -> Iterator[Issue]:
        for fate in fates(context.atlas):
            if len(fate.places) != 1:
                where = " and ".join(fate.places) or "nowhere"
                yield self.issue(
                    context,
                    "claim",
                    fate.claim,
                    f"this mechanism went {where}.",
                    "Let a coupling name it, or add an entry with its claim to ledger.toml.",
                )


class ModelTextsAreInDutchToo(Rule):
    """What a reader sees of a coupling is written in English and Dutch."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        for entry in context.atlas.couplings.values():
            missing = [language for language in ("en", "nl") if getattr(entry, language) is None]
            if missing:
                yield self.issue(
                    context,
                    "coupling",
                    entry.id,
                    f"no text in {' and '.join(missing)}.",
                    "Add one plain sentence each.",
                )


MODEL_RULES: tuple[Rule, ...] = (
    ReferencedClaimsExist(),
    CouplingHasAReason(),
    CouplingEndsExist(),
    SystemsCompose(),
    MeasuresReadSomething(),
    ParametersBelongToASystem(),
    SideBySideHasRivals(),
    LeversAreNotOnlyThePersons(),
    HypothesesResolve(),
    LoopsResolve(),
    QuestionsResolve(),
    ManifestResolves(),
    PlainSystemsHaveNamesOfTheirOwn(),
    MechanismClaimsHaveOneFate(),
    ModelTextsAreInDutchToo(),
)
