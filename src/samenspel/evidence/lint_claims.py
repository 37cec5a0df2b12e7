"""Rules about sources and claims."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Callable, Iterator

from samenspel.evidence.grade import POOLING
from samenspel.evidence.issues import Issue, say_nearest
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.evidence.remarks import named_against
from samenspel.evidence.wording import unattributed_words


class EveryWordIsInTheVocabulary(Rule):
    """What a claim speaks about stands in the vocabulary."""

    def check(self, context: Context) -> Iterator[Issue]:
        known = context.atlas.quantities
        for _, claim in context.atlas.pairs():
            for field in ("subject", "object", "population", "comparator", "intervention", "speaker"):
                word: str | None = getattr(claim, field)
                if word is not None and word not in known:
                    yield self.issue(
                        context,
                        "claim",
                        claim.id,
                        f"{field} {word!r} is not in the vocabulary.",
                        say_nearest(word, known, "Add it to a vocabulary file."),
                    )
        for source in context.atlas.sources.values():
            if source.population is not None and source.population not in known:
                yield self.issue(
                    context,
                    "source",
                    source.id,
                    f"population {source.population!r} is not in the vocabulary.",
                    say_nearest(source.population, known, "Add it to a vocabulary file."),
                )


class ClaimIdStartsWithItsSource(Rule):
    """The id of a claim begins with the id of its source."""

    def check(self, context: Context) -> Iterator[Issue]:
        for source, claim in context.atlas.pairs():
            if not claim.id.startswith(source.id + "."):
                yield self.issue(
                    context, "claim", claim.id, f"its source is {source.id}.", f"Begin the id with {source.id}."
                )


class ValueLiesInItsInterval(Rule):
    """A printed value lies inside its own interval, unless the claim says why it is suspect."""

    def check(self, context: Context) -> Iterator[Issue]:
        for _, claim in context.atlas.pairs():
            effect = claim.effect
            if effect is None or effect.value is None or claim.suspect is not None:
                continue
            low = effect.low if effect.low is not None else effect.value
            high = effect.high if effect.high is not None else effect.value
            if not low <= effect.value <= high:
                yield self.issue(
                    context,
                    "claim",
                    claim.id,
                    f"value {effect.value:g} lies outside its own interval [{low:g}, {high:g}].",
                    'Check sign and unit, or say suspect = "why" if the source prints it so.',
                )


class IntervalHasItsLevel(Rule):
    """An interval says its level (0.95, 0.90 …); without one it can be shown but not pooled."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        for _, claim in context.atlas.pairs():
            effect = claim.effect
            if effect is None or effect.level is not None:
                continue
            if effect.low is not None and effect.high is not None and effect.value is not None:
                yield self.issue(
                    context, "claim", claim.id, "an interval without a level.", "Add level if the source prints it."
                )


class LevelIsAShare(Rule):
    """The level of an interval is a share between 0 and 1."""

    def check(self, context: Context) -> Iterator[Issue]:
        for _, claim in context.atlas.pairs():
            for effect in (claim.effect, claim.source_change):
                if effect is not None and effect.level is not None and not 0.0 < effect.level < 1.0:
                    yield self.issue(
                        context, "claim", claim.id, f"level {effect.level:g} is no share.", "Write 0.95 for 95 %."
                    )


class OneDoiOneSource(Rule):
    """Two sources do not share one DOI or PubMed number."""

    def check(self, context: Context) -> Iterator[Issue]:
        for field in ("doi", "pmid"):
            first: dict[str, str] = {}
            for source in context.atlas.sources.values():
                number: str | None = getattr(source, field)
                if not number:
                    continue
                key = number.lower().removeprefix("https://doi.org/").strip()
                if key in first:
                    yield self.issue(
                        context,
                        "source",
                        source.id,
                        f"{field} {number} is also that of {first[key]}.",
                        "Merge the two sources, or correct the number.",
                    )
                first.setdefault(key, source.id)


def _circle(start: str, step: Callable[[str], str | None]) -> list[str]:
    """The names through which the steps from `start` lead back to it; itself where it names itself; none else."""
    way: list[str] = []
    here = step(start)
    while here is not None and here not in way:
        if here == start:
            return way or [start]
        way.append(here)
        here = step(here)
    return []


class SourcesResolve(Rule):
    """The review a source came by, and what superseded it, are sources too."""

    def check(self, context: Context) -> Iterator[Issue]:
        known = context.atlas.sources
        for source in known.values():
            for field in ("via", "superseded_by"):
                other: str | None = getattr(source, field)
                if other is not None and other not in known:
                    message = f"{field} names {other!r}, which is no source."
                    yield self.issue(context, "source", source.id, message, say_nearest(other, known), field)
                elif circle := _circle(source.id, lambda name, field=field: getattr(known.get(name), field, None)):
                    way = f" by way of {', '.join(circle)}" if circle != [source.id] else ""
                    message = f"{field} leads back to this source{way}."
                    yield self.issue(context, "source", source.id, message, f"Remove {field} from one of them.", field)


class PrimaryResolves(Rule):
    """What a claim repeats is a claim or a source, and repetition does not run in a circle."""

    def check(self, context: Context) -> Iterator[Issue]:
        atlas = context.atlas
        for _, claim in atlas.pairs():
            if claim.primary is None:
                continue
            if claim.primary not in atlas.claims and claim.primary not in atlas.sources:
                yield self.issue(
                    context,
                    "claim",
                    claim.id,
                    f"primary {claim.primary!r} is no claim and no source.",
                    say_nearest(claim.primary, [*atlas.claims, *atlas.sources]),
                )
                continue
            circle = _circle(claim.id, lambda name: getattr(atlas.claims.get(name), "primary", None))
            if circle == [claim.id]:
                yield self.issue(context, "claim", claim.id, "it repeats itself.", "Remove primary.", "primary")
            elif circle:
                way = ", ".join(circle)
                cure = "Let the later one name the earlier one only."
                yield self.issue(context, "claim", claim.id, f"it repeats itself by way of {way}.", cure, "primary")


class PooledClaimSaysWhatItPools(Rule):
    """A pooled number names the designs that it pools; else it counts as argued."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        for source, claim in context.atlas.pairs():
            if claim.effect is not None and (claim.design or source.design) in POOLING and not claim.pools:
                yield self.issue(
                    context, "claim", claim.id, "a pooled number without pools.", 'Add pools = ["rct", …].'
                )


class PrintedCountIsWhole(Rule):
    """A printed count names the group it counts, and a number."""

    def check(self, context: Context) -> Iterator[Issue]:
        for _, claim in context.atlas.pairs():
            printed = claim.printed
            if printed is None:
                continue
            if (printed.by == "all") != (printed.value is None):
                yield self.issue(
                    context,
                    "claim",
                    claim.id,
                    'printed: by = "all" goes without value, all others with.',
                    "Add or remove value.",
                )
            if printed.count is None and printed.percent is None:
                yield self.issue(context, "claim", claim.id, "printed: neither count nor percent.", "Add one.")


class PrintedTableIsThere(Rule):
    """A table that a claim names lies in the atlas."""

    def check(self, context: Context) -> Iterator[Issue]:
        root = context.atlas.root.resolve()
        for _, claim in context.atlas.pairs():
            for values in (claim.values,):
                if values is None:
                    continue
                path = (root / values).resolve()
                if not path.is_relative_to(root) or not path.is_file():
                    yield self.issue(
                        context,
                        "claim",
                        claim.id,
                        f"table {values!r} is not in the atlas.",
                        "Put it under tables/ or correct the name.",
                    )


class ClaimTextIsSober(Rule):
    """Words of cure, reset or certainty stand in a claim only when it says who says so."""

    severity = "warning"

    def check(self, context: Context) -> Iterator[Issue]:
        for source, claim in context.atlas.pairs():
            design = claim.design or source.design
            for language, text in (("en", claim.en), ("nl", claim.nl)):
                for word in unattributed_words(text, language, may_promise=False):
                    place = "commercial claim" if design == "commercial" else "claim"
                    yield self.issue(
                        context,
                        "claim",
                        claim.id,
                        f"{language}: {word!r} in an unattributed {place}.",
                        "Say who says so, or use a plainer word.",
                    )


class KinAreWords(Rule):
    """Kin are words of the vocabulary, and no word is a kind of itself, not even by way of others."""

    def check(self, context: Context) -> Iterator[Issue]:
        known, kin = context.atlas.quantities, context.atlas.kin
        for pair in kin.values():
            for word in (pair.narrow, pair.broad):
                if word not in known:
                    yield self.issue(
                        context, "kin", pair.narrow, f"{word!r} is not in the vocabulary.", say_nearest(word, known)
                    )
            seen, here = {pair.narrow}, pair.broad
            while here in kin and here not in seen:
                seen.add(here)
                here = kin[here].broad
            if here in seen:
                yield self.issue(context, "kin", pair.narrow, "a word is a kind of itself.", "Break the circle.")


class RemarksResolve(Rule):
    """A claim that a remark names as contradicting another is in the atlas."""

    def check(self, context: Context) -> Iterator[Issue]:
        for _, claim in context.atlas.pairs():
            for name in named_against(context.atlas, claim):
                if name not in context.atlas.claims:
                    cure = say_nearest(name, context.atlas.claims)
                    yield self.issue(context, "claim", claim.id, f"note: no claim {name!r}.", cure, name)


CLAIM_RULES: tuple[Rule, ...] = (
    EveryWordIsInTheVocabulary(),
    ClaimIdStartsWithItsSource(),
    ValueLiesInItsInterval(),
    IntervalHasItsLevel(),
    LevelIsAShare(),
    OneDoiOneSource(),
    SourcesResolve(),
    PrimaryResolves(),
    PooledClaimSaysWhatItPools(),
    PrintedCountIsWhole(),
    PrintedTableIsThere(),
    ClaimTextIsSober(),
    KinAreWords(),
    RemarksResolve(),
)
