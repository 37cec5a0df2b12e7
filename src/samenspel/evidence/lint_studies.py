"""Rules about people and scenarios: what they name is there, what they ask can be asked, and units fit."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from samenspel.evidence.facts_grammar import WORDS, FactGrammarError, has_percentile, names_in, parse_population, words_in
from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.units import parse_unit


class PeopleReachTheModel(Rule):
    """What a trait sets and what a condition or an event pushes is there, and every push says where its size comes from."""

    def check(self, context: Context) -> Iterator[Issue]:
        people, ends = context.atlas.people, context.ends
        for record in (*people.condition, *people.event):
            for push in record.push:
                if push.claim is None and push.assumption is None:
                    message = f"the push on {push.input} has no claim and no assumption."
                    cure = 'Add claim = "…" or assumption = {en, nl}.'
                    yield self.issue(context, "people", record.id, message, cure, push.input)
        if ends is None or not ends.parameters:
            return
        wanted = [(t.id, t.reads, "sets", ends.parameters) for t in people.trait if t.reads is not None]
        wanted += [(c.id, p.input, "pushes", ends.parameters) for c in people.condition for p in c.push]
        wanted += [(e.id, p.input, "pushes", ends.parameters | ends.inputs) for e in people.event for p in e.push]
        for name, address, does, known in wanted:
            if address not in known:
                kind = "input or parameter" if known != ends.parameters else "parameter"
                message = f"it {does} {address!r}, which is no {kind} of a system."
                yield self.issue(context, "people", name, message, say_nearest(address, known), address)


class ScenariosResolve(Rule):
    """Outcomes and measures of a scenario are measures of the atlas; inputs, traits and parameters it names are there."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas, ends = context.atlas, context.ends
        own = {p.id for p in atlas.parameters.values() if p.level == "person"}
        differing = {t.id for t in atlas.people.trait} | own | {f"event.{e.id}.onset" for e in atlas.people.event}
        for scenario in atlas.scenarios.values():
            named = {scenario.estimand.outcome, *scenario.estimand.headline_measures, *scenario.measures}
            wrong = [("measure", name, atlas.measures) for name in sorted(named - set(atlas.measures))]
            shifted = sorted(set(scenario.recruitment.enrich) - differing)
            wrong += [("trait or person-level parameter", name, differing) for name in shifted]
            if ends is not None and ends.inputs:
                given = [(f"input of a system: arm {a.id}", i.input, ends.inputs) for a in scenario.arm for i in a.inputs]
                wrong += [g for g in given if g[1] not in ends.inputs]
            for what, name, known in wrong:
                kind, _, where = what.partition(": ")
                said = f"{where}: no {kind} {name!r}." if where else f"no {kind} {name!r}."
                yield self.issue(context, "scenario", scenario.id, said, say_nearest(name, known), name)


class PopulationsCanBeAsked(Rule):
    """Eligibility and criteria are written in the grammar of facts, with words that this atlas measures."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        people = atlas.people
        known = {*atlas.measures, *(r.id for r in (*people.trait, *people.condition, *people.event))}
        asked = [("scenario", s.id, "population", s.estimand.population) for s in atlas.scenarios.values()]
        asked += [("measure", m.id, "rule", m.rule) for m in atlas.measures.values() if m.rule is not None]
        for kind, entry, field, text in asked:
            try:
                tree = parse_population(text)
            except FactGrammarError as wrong:
                message, cure = f"{field}: {wrong.message}", wrong.cure or "See the grammar of facts."
                yield self.issue(context, kind, entry, message, cure, text)
                continue
            for name in sorted(names_in(tree) - known):
                message = f"{field}: no measure, trait, condition or event {name!r}."
                yield self.issue(context, kind, entry, message, say_nearest(name, known), text)
            for word in sorted(words_in(tree) - set(WORDS)):
                cure = say_nearest(word, WORDS, f"There is: {', '.join(WORDS)}.")
                yield self.issue(context, kind, entry, f"{field}: nothing can be compared with {word!r}.", cure, text)
            if kind == "scenario" and has_percentile(tree):
                message = f"{field}: a percentile depends on who is screened together."
                yield self.issue(context, kind, entry, message, "Write the number itself.", text)


class RulesDoNotCircle(Rule):
    """No criteria measure rests on itself by way of its own rule."""

    def check(self, context: Context) -> Iterator[Issue]:
        rules: dict[str, frozenset[str]] = {}
        for m in context.atlas.measures.values():
            with suppress(FactGrammarError):
                rules[m.id] = names_in(parse_population(m.rule)) if m.rule is not None else frozenset()
        for name in rules:
            reached, todo = set[str](), list(rules[name])
            while todo:
                part = todo.pop()
                if part not in reached:
                    reached.add(part)
                    todo += rules.get(part, ())
            if name in reached:
                others = ", ".join(sorted(p for p in reached if name in rules.get(p, ()) and p != name))
                message = f"its rule leads back to itself{f' by way of {others}' if others else ''}."
                yield self.issue(context, "measure", name, message, "Write the rule in other measures.", "rule")


class UnitsFit(Rule):
    """A number of a parameter, a trait or a timed input stands in a unit that measures what the system declares."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas, declared = context.atlas, context.ends.units if context.ends is not None else {}
        given = [("parameter", p.id, p.id, p.unit, "") for p in atlas.parameters.values()]
        given += [("people", t.id, t.reads or "", t.unit, "") for t in atlas.people.trait]
        for s in atlas.scenarios.values():
            given += [("scenario", s.id, i.input, i.unit, f"arm {a.id}, {i.input}: ") for a in s.arm for i in a.inputs]
        for kind, entry, address, unit, where in given:
            try:
                fits = address not in declared or parse_unit(unit).base == parse_unit(declared[address]).base
            except SamenspelError as wrong:
                yield self.issue(context, kind, entry, where + wrong.message, wrong.cure or "Correct the unit.", address)
                continue
            if not fits:
                message = f"{where}unit {unit!r}, and the system declares {address} in {declared[address]!r}."
                yield self.issue(context, kind, entry, message, "Correct the unit, and the number with it.", address)


STUDY_RULES: tuple[Rule, ...] = (
    PeopleReachTheModel(),
    ScenariosResolve(),
    PopulationsCanBeAsked(),
    RulesDoNotCircle(),
    UnitsFit(),
)
