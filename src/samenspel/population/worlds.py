"""Worlds: one answer to every open question, one draw of every unknown number, one gain per coupling.

Worlds whose options pick the same system variants share one model (a *group*); an absent coupling has gain 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from samenspel.composition.compose import compose, word
from samenspel.composition.events import event_numbers, with_events
from samenspel.composition.forms import numeric, scale_and_slope
from samenspel.composition.single import in_declared_unit
from samenspel.composition.values import centre, quantile, spread
from samenspel.declare.language import Input, Parameter, Port, Readout, State, Word
from samenspel.declare.model import Model
from samenspel.declare.system import System
from samenspel.evidence.atlas import Atlas
from samenspel.evidence.grade import Grade
from samenspel.evidence.schema_ladder import Ladder
from samenspel.evidence.schema_model import Coupling, Distribution, Hypothesis
from samenspel.population.gains import Drawn, draw, stabilise, world_uniform
from samenspel.population.measured import gain, response, sized
from samenspel.population.reference import Rest, rest
from samenspel.quantities.errors import SamenspelError
from samenspel.quantities.names import hint

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Variation = Literal["as-is", "half", "double"]
Words = Mapping[str, Word]
MOST_MODELS = 8  # combinations of variants that one run may compile


@dataclass(frozen=True, eq=False)
class Group:
    """Worlds that share one model. Arrays have shape (W,), W worlds in the order of `ids`."""

    model: Model
    systems: tuple[type[System], ...]
    ids: Ids
    parameters: dict[str, float | Array]  # everything but person-level parameters
    person: dict[str, tuple[Distribution, float]]  # person-level: spread, factor into the declared unit
    gamma: dict[str, Array]
    measured: frozenset[str]
    options: dict[str, tuple[str, ...]]  # world-scope hypothesis → option per world
    mixtures: dict[str, Array]  # person-scope hypothesis → (W, options) shares
    at_rest: dict[str, Array]  # reference person, uncoupled


@dataclass(frozen=True, eq=False)
class Worlds:
    """All worlds of a run, and those refused with the reason."""

    groups: tuple[Group, ...]
    refused: dict[int, str]
    supports: dict[str, Grade]

    @property
    def ids(self) -> Ids:
        """Accepted worlds."""
        return np.sort(np.concatenate([g.ids for g in self.groups])) if self.groups else np.zeros(0, dtype=np.int64)


Force = Mapping[str, "str | Sequence[str | None]"]


def choose_options(
    atlas: Atlas, seed: int, ids: Ids, force: Force | None = None
) -> tuple[dict[str, list[str]], dict[str, Array]]:
    """World-scope: the option of each world. Person-scope: a mixture per world, Dirichlet(1) over options.

    `force` maps a hypothesis to an option of all worlds, or to one per entry of `ids` (None: as drawn); every other draw stays.
    """
    forced = {h: _forced(atlas, h, wanted, len(ids)) for h, wanted in (force or {}).items()}
    chosen: dict[str, list[str]] = {}
    mixtures: dict[str, Array] = {}
    for h in atlas.hypotheses.values():
        names = [o.id for o in h.option]
        if h.scope == "world":
            weight = np.array([o.weight or 1.0 for o in h.option])
            bounds = np.cumsum(weight / weight.sum())
            u = world_uniform(seed, ids, f"hypothesis/{h.id}")
            drawn = [names[min(int(np.searchsorted(bounds, x, side="right")), len(names) - 1)] for x in u]
            chosen[h.id] = [f or d for f, d in zip(forced.get(h.id, [None] * len(ids)), drawn, strict=True)]
        else:
            g = np.stack([-np.log(world_uniform(seed, ids, f"mixture/{h.id}/{n}")) for n in names], 1)
            mixtures[h.id] = g / g.sum(1, keepdims=True)
            for k, option in enumerate(forced.get(h.id, [])):
                if option is not None:
                    mixtures[h.id][k] = [float(n == option) for n in names]
    return chosen, mixtures


def _forced(atlas: Atlas, hypothesis: str, wanted: str | Sequence[str | None], worlds: int) -> list[str | None]:
    """The forced option of each world, checked."""
    if hypothesis not in atlas.hypotheses:
        raise SamenspelError(f"no hypothesis {hypothesis!r}.{hint(hypothesis, atlas.hypotheses)}",
                             cure=f"There is: {', '.join(sorted(atlas.hypotheses))}.")  # fmt: skip
    out: list[str | None] = [wanted] * worlds if isinstance(wanted, str) else list(wanted)
    names = [o.id for o in atlas.hypotheses[hypothesis].option]
    for option in out:
        if option is not None and option not in names:
            raise SamenspelError(f"hypothesis {hypothesis!r} has no option {option!r}.{hint(option, names)}",
                                 cure=f"There is: {', '.join(names)}.")  # fmt: skip
    return out


def draw_worlds(
    atlas: Atlas, catalogue: Mapping[tuple[str, str], type[System]], supports: Mapping[str, Grade], *, seed: int,
    ids: Sequence[int] | Ids, without: frozenset[str] = frozenset(), ladder: Variation = "as-is", force: Force | None = None,
) -> Worlds:  # fmt: skip
    """Draw worlds `ids`; `without` names couplings that are cut (their gain is 0, all other gains stay as drawn).

    `force` (see `choose_options`) sets options instead of drawing them; an id may then stand more than once in `ids`.
    Raises `SamenspelError` for an unknown system or variant and for more combinations of variants than `MOST_MODELS`.
    """
    ids = np.asarray(ids, dtype=np.int64)
    chosen, mixtures = choose_options(atlas, seed, ids, force)
    names = used_systems(atlas)
    variants = [_variants(atlas, chosen, k, names) for k in range(len(ids))]
    combinations = sorted(set(variants))
    if len(combinations) > MOST_MODELS:
        raise SamenspelError(f"the hypotheses ask for {len(combinations)} combinations of variants; at most {MOST_MODELS}.",
                             cure="Let fewer options name variants.")  # fmt: skip
    groups: list[Group] = []
    refused: dict[int, str] = {}
    for combination in combinations:
        index = np.array([k for k in range(len(ids)) if variants[k] == combination])
        systems = tuple(pick_system(catalogue, s, v) for s, v in combination)
        part = {h: [c[k] for k in index] for h, c in chosen.items()}
        mix = {h: m[index] for h, m in mixtures.items()}
        group, out = _group(atlas, systems, supports, seed, ids[index], part, mix, without, ladder)
        refused |= out
        if len(group.ids):
            groups.append(group)
    return Worlds(tuple(groups), refused, dict(supports))


def used_systems(atlas: Atlas) -> tuple[str, ...]:
    """Systems that the manifest or a coupling names, sorted."""
    named = set(atlas.manifest.systems)
    for c in atlas.couplings.values():
        named |= {c.source.split(".")[0], c.to.split(".")[0]}
    return tuple(sorted(named))


def _variants(atlas: Atlas, chosen: dict[str, list[str]], k: int, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    out = dict.fromkeys(names, "")
    for h, options in chosen.items():
        option = next(o for o in atlas.hypotheses[h].option if o.id == options[k])
        out |= option.variants
    return tuple(sorted(out.items()))


def pick_system(catalogue: Mapping[tuple[str, str], type[System]], system: str, variant: str) -> type[System]:
    """A system by name and variant.

    Raises `SamenspelError` where the catalogue has no such system.
    """
    if (system, variant) not in catalogue:
        known = [f"{s} ({v})" if v else s for s, v in catalogue]
        raise SamenspelError(f"no system {system!r}{f' in variant {variant!r}' if variant else ''}. "
                             f"{hint(system, known)}", cure="Correct it, or install its package.")  # fmt: skip
    return catalogue[system, variant]


def _group(
    atlas: Atlas, systems: tuple[type[System], ...], supports: Mapping[str, Grade], seed: int, ids: Ids,
    chosen: dict[str, list[str]], mixtures: dict[str, Array], without: frozenset[str], ladder: Variation,
) -> tuple[Group, dict[int, str]]:  # fmt: skip
    couplings = [c for c in sorted(atlas.couplings.values(), key=lambda c: c.id)]
    model = compose(systems, couplings, name="+".join(f"{s.system}{':' + s.variant if s.variant else ''}" for s in systems))
    model = with_events(model, atlas.people.event)
    fixed, person = _parameters(atlas, systems, seed, ids, chosen)
    onsets, own_onsets = event_numbers(model, atlas.people.event)
    fixed, person = {**fixed, **onsets}, {**person, **own_onsets}
    centres = {**fixed, **{a: float(quantile(d, np.array([0.5]))[0]) * f for a, (d, f) in person.items()}}
    sources = sorted({c.source for c in couplings if not c.input and c.form.kind != "identity"})
    still = rest(systems, centres, len(ids), sources)
    words = {w.address: w for s in systems for w in s.words.values()}
    scales, slopes = _scales(atlas, couplings, words, still)
    on = {c.id: _on(atlas, c.id, chosen, len(ids)) for c in couplings}
    targets = {c.id: f"{words[c.to].system}.{_port(words, c.to).shifts}" for c in couplings}
    hazards = frozenset(c.id for c in couplings if _port(words, c.to).combine == "hazard")
    rules = atlas.need_ladder().varied(ladder)
    sizes = _sizes(atlas, systems, couplings, supports, seed, ids, still, centres, scales, targets, rules)
    drawn, full = draw(seed, ids, couplings, supports, on, slopes, targets, hazards, rules, sizes)
    peaks = _peaks(atlas, couplings, still, targets, hazards)
    drawn, unstable = stabilise(drawn, couplings, slopes, peaks, rules)
    unstable = unstable if len(unstable) else np.zeros(len(ids), dtype=bool)
    gamma = {i: np.zeros(len(ids)) if i in without else d.gamma for i, d in drawn.items()}
    parameters = fixed | _effective(atlas, couplings, still, gamma, scales, targets, hazards)
    keep = still.settled & ~full & ~unstable
    names = ["a system has no rest", "measured gains fill a budget", "unstable"]
    reasons = np.select([~still.settled, full, unstable], names, "")
    refused = {int(ids[k]): str(reasons[k]) for k in np.flatnonzero(~keep)}
    cut = lambda v: v[keep] if isinstance(v, np.ndarray) and v.ndim else v  # noqa: E731
    group = Group(
        model=model, systems=systems, ids=ids[keep], parameters={k: cut(v) for k, v in parameters.items()}, person=person,
        gamma={k: cut(v) for k, v in gamma.items()}, measured=frozenset(i for i, d in drawn.items() if d.measured),
        options={h: tuple(o for o, ok in zip(os, keep, strict=True) if ok) for h, os in chosen.items()},
        mixtures={h: m[keep] for h, m in mixtures.items()}, at_rest={k: cut(v) for k, v in still.at.items()},
    )  # fmt: skip
    return group, refused


def _parameters(
    atlas: Atlas, systems: tuple[type[System], ...], seed: int, ids: Ids, chosen: dict[str, list[str]]
) -> tuple[dict[str, float | Array], dict[str, tuple[Distribution, float]]]:
    """Fixed and world-level values in declared units, and the spreads of person-level ones."""
    values: dict[str, float | Array] = {}
    person: dict[str, tuple[Distribution, float]] = {}
    for system in systems:
        for p in system.of(Parameter):
            entry = atlas.parameters.get(p.address)
            if entry is None:
                raise SamenspelError(f"the atlas gives no parameter {p.address!r}.{hint(p.address, atlas.parameters)}",
                                     file=f"parameters/{p.system}.toml",
                                     cure="Add it with a claim, a rule or an assumption.")  # fmt: skip
            factor = in_declared_unit(entry, p.unit, 1.0)
            if entry.level == "person":
                person[p.address] = (spread(atlas, entry), factor)
            elif entry.level == "fixed":
                values[p.address] = centre(atlas, entry) * factor
            else:
                u = world_uniform(seed, ids, f"parameter/{p.address}")
                values[p.address] = _with_options(atlas, p.address, spread(atlas, entry), u, chosen) * factor
    return values, person


def _with_options(atlas: Atlas, address: str, d: Distribution, u: Array, chosen: dict[str, list[str]]) -> Array:
    out = quantile(d, u)
    for h, options in chosen.items():
        for o in atlas.hypotheses[h].option:
            if address in o.parameters:
                out = np.where(np.array(options) == o.id, quantile(o.parameters[address], u), out)
    return out


def _on(atlas: Atlas, coupling: str, chosen: dict[str, list[str]], worlds: int) -> npt.NDArray[np.bool_]:
    """Where the world's options switch a coupling on; one that no option lists is always on."""
    on = np.ones(worlds, dtype=bool)
    for h in atlas.hypotheses.values():
        having = {o.id for o in h.option if coupling in o.on}
        if having and h.scope == "world":
            on &= np.isin(np.array(chosen[h.id]), sorted(having))
    return on


def _port(words: Words, address: str) -> Port:
    port = words[address]
    assert isinstance(port, Port)
    return port


def unit_of(atlas: Atlas, address: str) -> float:
    """U: the SD of a quantity in general adults.

    Raises `SamenspelError` where the atlas gives none.
    """
    entry = atlas.reference.get(address)
    if entry is None:
        raise SamenspelError(f"no reference SD for {address!r}.{hint(address, atlas.reference)}",
                             file="reference.toml", cure="Add its mean and SD in general adults.")  # fmt: skip
    return entry.sd


def _range(atlas: Atlas, w: State | Readout, rest_value: Array, sd: float) -> tuple[float, float]:
    low = w.low if w.low is not None else float(rest_value.min()) - 4 * sd
    high = w.high if w.high is not None else float(rest_value.max()) + 4 * sd
    return low, high


def _scales(
    atlas: Atlas, couplings: Sequence[Coupling], words: Words, still: Rest
) -> tuple[dict[str, Array], dict[str, Array]]:
    """D and the largest slope of each coupling's form, per world."""
    scales: dict[str, Array] = {}
    slopes: dict[str, Array] = {}
    worlds = len(still.settled)
    for c in couplings:
        w = words.get(c.source) or words[c.source.rsplit("_", 1)[0]]
        if c.form.kind == "identity":
            continue
        if isinstance(w, Input):
            scales[c.id], slopes[c.id] = np.full(worlds, w.reference), np.ones(worlds)
            continue
        assert isinstance(w, State | Readout)
        sd = unit_of(atlas, c.source)
        low, high = _range(atlas, w, still.at[c.source], sd)
        scales[c.id], slopes[c.id] = scale_and_slope(c.form, still.at[c.source], sd, low, high)
    return scales, slopes


def _peaks(
    atlas: Atlas, couplings: Sequence[Coupling], still: Rest, targets: Mapping[str, str], hazards: frozenset[str]
) -> dict[tuple[str, str], Array]:
    """(coupling, source) → largest response of the source, in its SDs, to one SD of final shift of the target."""
    out: dict[tuple[str, str], Array] = {}
    for c in couplings:
        if c.form.kind == "identity" or c.input or c.id in hazards:
            continue
        per_sd = unit_of(atlas, targets[c.id]) / np.abs(still.final[c.to])
        for (port, source), largest in still.peak.items():
            if port == c.to:
                out[c.id, source] = largest * per_sd / unit_of(atlas, source)
    return out


def _sizes(
    atlas: Atlas, systems: tuple[type[System], ...], couplings: list[Coupling], supports: Mapping[str, Grade], seed: int,
    ids: Ids, still: Rest, centres: Mapping[str, Array | float], scales: Mapping[str, Array], targets: Mapping[str, str],
    ladder: Ladder,
) -> dict[str, Array]:  # fmt: skip
    """Gains that level-5 trials measured, where they lasted long enough for the target to answer."""
    out: dict[str, Array] = {}
    found = sized(couplings, supports)
    if not found:
        return out
    middle = {p.address: centre(atlas, atlas.parameters[p.address]) * in_declared_unit(atlas.parameters[p.address], p.unit, 1.0)
              for s in systems for p in s.of(Parameter)}  # fmt: skip
    usual = rest(systems, {**centres, **middle}, 1, [c.source for c in found])
    for c in found:
        assert c.trial is not None
        port, target, days, system = c.to, targets[c.id], c.trial.days, c.to.split(".")[0]
        if response(usual.linear[system], port, target, c, days)[0] >= ladder.minimum_response.value:
            out[c.id] = gain(
                atlas, c, ladder, seed=seed, worlds=ids, x_ref=still.at[c.source], scale=scales[c.id],
                reached=response(still.linear[system], port, target, c, days), target=target,
            )  # fmt: skip
    return out


def _effective(
    atlas: Atlas, couplings: Sequence[Coupling], still: Rest, gamma: Mapping[str, Array], scales: Mapping[str, Array],
    targets: Mapping[str, str], hazards: frozenset[str],
) -> dict[str, float | Array]:  # fmt: skip
    """The model's own parameters: gain = γ U_y / (G_y D), base = h at the reference person, center = x_ref."""
    out: dict[str, float | Array] = {}
    for c in couplings:
        if c.form.kind == "identity":
            continue
        name = word(c.id)
        scale = scales[c.id]
        if c.id not in hazards:
            scale = scale * still.final[c.to] / unit_of(atlas, targets[c.id])
        with np.errstate(divide="ignore", invalid="ignore"):
            out[f"gain.{name}"] = np.where(gamma[c.id] == 0, 0.0, gamma[c.id] / scale)
        x_ref = still.at[c.source]
        out[f"base.{name}"] = numeric(c.form, x_ref, x_ref)
        if c.level != "both" or c.form.kind == "saturating":
            out[f"center.{name}"] = x_ref
    return out


def all_hypotheses(atlas: Atlas) -> tuple[Hypothesis, ...]:
    """Hypotheses in the order of their ids."""
    return tuple(atlas.hypotheses[h] for h in sorted(atlas.hypotheses))


__all__ = ["Drawn", "Group", "Worlds", "choose_options", "draw_worlds", "unit_of", "used_systems"]
