"""Rules about published facts: their claims exist, their roles are written down, and none is asked about itself."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator

from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.lint_numbers import numbers
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.evidence.split import SplitError, missing_from_split, read_split


class FactsAreReadable(Rule):
    """Every row of the fact tables can be read."""

    def check(self, context: Context) -> Iterator[Issue]:
        for issue in context.fact_issues:
            yield Issue(self.name, issue.severity, issue.message, f"facts/{issue.file.rpartition('/')[2]}", issue.line,
                        issue.cure or "Mend the row.")  # fmt: skip


class FactsHaveClaims(Rule):
    """A fact, modelled or set aside, points at the claim it was taken from."""

    def check(self, context: Context) -> Iterator[Issue]:
        claims = context.atlas.claims
        named = [(fact.id, fact.claim) for fact in context.facts]
        named += [(row.original, row.claim) for row in context.set_aside]
        for name, claim in named:
            if claim not in claims:
                yield Issue(self.name, self.severity, f"fact {name}: no claim {claim!r}.", "facts", 0,
                            say_nearest(claim, claims))  # fmt: skip


class RolesAreWrittenDown(Rule):
    """The split file holds by its rule, and lists every source and family of the facts."""

    def check(self, context: Context) -> Iterator[Issue]:
        path = context.atlas.root / "facts" / "split.toml"
        if not path.is_file():
            if context.facts:
                yield Issue(self.name, self.severity, "there are facts, and no split of their roles.",
                            "facts/split.toml", 0, "Write the split by its rule.")  # fmt: skip
            return
        try:
            split = read_split(path)
        except SplitError as wrong:
            yield Issue(self.name, self.severity, f"{wrong}.", "facts/split.toml", 0, "The rule decides the roles.")
            return
        for name in missing_from_split(split, ((fact.source, fact.family) for fact in context.facts)):
            yield Issue(self.name, self.severity, f"{name} has facts and no role.", "facts/split.toml", 0,
                        "Add it with the role that the rule gives.")  # fmt: skip


class NoFactIsAskedAboutItself(Rule):
    """A source that sets a number of the model has no fact that examines it."""

    def check(self, context: Context) -> Iterator[Issue]:
        examined: dict[str, str] = {}
        for fact in context.facts:
            if fact.role == "check":
                examined.setdefault(fact.source, fact.id)
        atlas = context.atlas
        for kind, entry, claim in numbers(context):
            if claim not in atlas.claims:
                continue
            for source in sorted({atlas.source_of[claim], context.grading.article(claim)} & set(examined)):
                yield self.issue(context, kind, entry,
                                 f"{claim} sets it, and check fact {examined[source]} is of the same source {source}.",
                                 "Take the number from another source, or declare an assumption.")  # fmt: skip


FACT_RULES: tuple[Rule, ...] = (
    FactsAreReadable(),
    FactsHaveClaims(),
    RolesAreWrittenDown(),
    NoFactIsAskedAboutItself(),
)
