"""What is not known: what the model leans on without a claim, and what sources call unknown. At most fifty, ranked.

Rank: a coupling or rival without support that lies on a loop, then one that does not, then what sources call unknown, by
how often; ties by id. When there are more than fifty, every kind gets an equal share, and what one kind leaves of its
share goes to the others: many gaps of one kind hide none of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.certainty import is_open
from samenspel.evidence.grade import Grading
from samenspel.evidence.kinship import root

Kind = Literal["coupling-without-claim", "told-only", "option-without-claim", "assumed-on-a-loop", "called-unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 50
_STEP = 10  # between kinds, so that being on a loop and the number of claims order within a kind only


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not known. `claims` say so, or are all there is."""

    kind: Kind
    about: str  # vocabulary id, coupling, hypothesis/option or parameter
    on_loop: bool
    claims: tuple[str, ...]
    rank: int

    def as_json(self) -> dict[str, object]:
        """The gap as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def gaps(atlas: Atlas, *, removed: frozenset[str] = frozenset(), most: int | None = MOST) -> list[Gap]:
    """The gaps of an atlas, the widest first, every kind among them; with `most` = None all of them."""
    found = sorted(_all(atlas, removed), key=lambda gap: (-gap.rank, gap.about))
    return found if most is None else widest(found, most)


def widest(found: list[Gap], most: int = MOST) -> list[Gap]:
    """So many of ranked gaps, by kind where not all are shown."""
    if len(found) <= most:
        return found
    of_kind = {kind: [gap for gap in found if gap.kind == kind] for kind in KINDS}
    share = shares([len(of_kind[kind]) for kind in KINDS], most)
    return [gap for kind, n in zip(KINDS, share, strict=True) for gap in of_kind[kind][:n]]


def shares(sizes: list[int], total: int) -> list[int]:
    """`total` places over groups of these sizes, as evenly as the sizes allow; of equal claims the earlier comes first."""
    given = [0] * len(sizes)
    for _ in range(min(total, sum(sizes))):
        place = min((i for i, size in enumerate(sizes) if given[i] < size), key=lambda i: given[i])
        given[place] += 1
    return given


def _all(atlas: Atlas, removed: frozenset[str]) -> list[Gap]:
    grading = Grading(atlas, removed)
    looped = systems_on_loops(atlas)
    found: list[Gap] = []

    def add(kind: Kind, about: str, on_loop: bool, claims: tuple[str, ...]) -> None:
        rank = _STEP * (len(KINDS) - KINDS.index(kind)) + 5 * on_loop + min(len(claims), 4)
        found.append(Gap(kind, about, on_loop, claims, rank))

    for coupling in atlas.couplings.values():
        if coupling.form.kind == "identity":
            continue  # wiring: what an instrument asks about is no influence
        left = tuple(c for c in coupling.claims if c in atlas.claims and c not in removed)
        on_loop = _system(coupling.source) in looped and _system(coupling.to) in looped
        if not left:
            add("coupling-without-claim", coupling.id, on_loop, ())
        elif not grading.support(left):
            add("told-only", coupling.id, on_loop, left)
    for hypothesis in atlas.hypotheses.values():
        for option in hypothesis.option:
            if not [c for c in option.claims if c in atlas.claims and c not in removed]:
                add("option-without-claim", f"{hypothesis.id}/{option.id}", False, ())
    for entry in atlas.parameters.values():
        if entry.assumption is not None and entry.level == "world" and _system(entry.id) in looped:
            add("assumed-on-a-loop", entry.id, True, ())
    unknown: dict[str, list[str]] = {}
    for _, claim in atlas.pairs():
        if is_open(claim) and claim.id not in removed:
            unknown.setdefault(root(atlas, claim.subject), []).append(claim.id)
    for word, claims in unknown.items():
        system = atlas.quantities[word].system if word in atlas.quantities else ""
        add("called-unknown", word, system in looped, tuple(sorted(claims)))
    return found


def systems_on_loops(atlas: Atlas) -> frozenset[str]:
    """Systems that some chain of couplings leads back to."""
    following: dict[str, set[str]] = {}
    for coupling in atlas.couplings.values():
        if coupling.form.kind == "identity":
            continue
        following.setdefault(_system(coupling.source), set()).add(_system(coupling.to))
    on_loops: set[str] = set()
    for start in following:
        reached, queue = set[str](), list(following[start])
        while queue:
            here = queue.pop()
            if here not in reached:
                reached.add(here)
                queue.extend(following.get(here, ()))
        if start in reached:
            on_loops.add(start)
    return frozenset(on_loops)


def _system(address: str) -> str:
    return address.partition(".")[0]
