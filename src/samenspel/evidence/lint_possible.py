"""Rules about what can be at all: divisors, declared ranges, correlations, and loops that close."""

# ruff: noqa: D102 - the sentence of a rule is the docstring of its class

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from samenspel.evidence.drawn import drawn_range
from samenspel.evidence.issues import Issue
from samenspel.evidence.lint_rule import Context, Rule
from samenspel.evidence.schema_model import Parameter
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.units import conversion, parse_unit


class DivisorsAreNotZero(Rule):
    """A number that equations divide by is never 0, and a time constant always above 0."""

    def check(self, context: Context) -> Iterator[Issue]:
        ends, atlas = context.ends, context.atlas
        if ends is None or ends.divisors is None:
            return
        divisors = ends.divisors()
        said = [("parameter", p.id, p.id, _own(context, p), "its value") for p in atlas.parameters.values()]
        said += [("people", t.id, t.reads or "", drawn_range(t.distribution), "what it sets") for t in atlas.people.trait]
        for h in atlas.hypotheses.values():
            for o in h.option:
                said += [("hypothesis", h.id, a, drawn_range(d), f"option {o.id}: {a}") for a, d in o.parameters.items()]
        for kind, entry, address, ends_of, what in said:
            if address not in divisors or ends_of is None:
                continue
            low, high = ends_of
            time = _is_time(ends.units.get(address, "1"))
            if low > 0 or (high < 0 and not time):
                continue
            must = "a time constant must be above 0" if time else "equations divide by it, so it must not reach 0"
            message = f"{what} can be {low:.3g}: {must}."
            yield self.issue(context, kind, entry, message, "Correct the numbers, or cut the spread off with low = …", address)


class InputsLieInTheirRange(Rule):
    """What an arm holds an input at lies in the range that the system declares for it."""

    def check(self, context: Context) -> Iterator[Issue]:
        ends = context.ends
        if ends is None:
            return
        for scenario in context.atlas.scenarios.values():
            for arm in scenario.arm:
                for timed in arm.inputs:
                    low, high = ends.ranges.get(timed.input, (None, None))
                    value = _converted(timed.value, timed.unit, ends.units.get(timed.input, timed.unit))
                    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
                        continue
                    unit = ends.units.get(timed.input, timed.unit)
                    shown = f"[{'-' if low is None else f'{low:g}'}, {'-' if high is None else f'{high:g}'}] {unit}"
                    message = f"arm {arm.id}: {timed.input} is held at {timed.value:g} {timed.unit}; its range is {shown}."
                    near = f"value = {timed.value:g}"  # as it stands in its line, as far as can be told
                    yield self.issue(context, "scenario", scenario.id, message, "Correct value or unit.", near)


class CorrelationsHoldTogether(Rule):
    """There are people who have all the correlations of people.toml at once."""

    def check(self, context: Context) -> Iterator[Issue]:
        people = context.atlas.people
        names = [t.id for t in people.trait]
        matrix = np.eye(len(names))
        for k, c in enumerate(people.correlation):
            i, j = (names.index(name) for name in c.between)
            matrix[i, j] = matrix[j, i] = c.value
            if np.linalg.eigvalsh(matrix)[0] <= 1e-12:
                pair = " and ".join(c.between)
                message = f"the correlation of {pair} contradicts the {k} before it: no people have them all."
                yield self.issue(context, "people", c.between[0], message, "Make one of them smaller.", f'"{c.between[1]}"')
                return


class LoopsClose(Rule):
    """Each link of a named loop begins in the system in which the one before it ends, and the last ends where it began."""

    def check(self, context: Context) -> Iterator[Issue]:
        couplings = context.atlas.couplings
        for loop in context.atlas.loops.values():
            ends: list[tuple[str, str, str]] = []
            for link in loop.links:
                if "." in link:
                    ends.append((link, link.split(".")[0], link.split(".")[0]))
                elif link in couplings:
                    ends.append((link, couplings[link].source.split(".")[0], couplings[link].to.split(".")[0]))
            if len(ends) < len(loop.links):
                continue  # said by loops-resolve
            for (before, _, left), (after, begun, _) in zip(ends, [*ends[1:], ends[0]], strict=True):
                if left != begun:
                    message = f"{before} ends in {left}, and the next link, {after}, begins in {begun}."
                    cure = "Add the link between them, or correct the order."
                    yield self.issue(context, "loop", loop.id, message, cure, after)
                    break


def _own(context: Context, entry: Parameter) -> tuple[float, float] | None:
    """The smallest and the largest value of a parameter, where it can be read off."""
    if entry.distribution is not None:
        return drawn_range(entry.distribution)
    claim = context.atlas.claims.get(entry.claim or "")
    effect = claim.counted if claim is not None else None
    if effect is None or effect.value is None:
        return None
    value = effect.value * (entry.convert.factor if entry.convert is not None else 1.0)
    return value, value


def _is_time(unit: str) -> bool:
    try:
        return parse_unit(unit).base == parse_unit("day").base
    except SamenspelError:
        return False


def _converted(value: float, unit: str, declared: str) -> float | None:
    """A value in the declared unit; None where the units do not fit, which has a rule of its own."""
    try:
        return value * conversion(unit, declared)
    except SamenspelError:
        return None


POSSIBLE_RULES: tuple[Rule, ...] = (DivisorsAreNotZero(), InputsLieInTheirRange(), CorrelationsHoldTogether(), LoopsClose())
