"""Block 2: what would follow from the assumptions, per 100 people, with its size and its split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Heading, Item, Paragraph, Picture, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import (
    arm,
    arms_of,
    better_same_worse,
    fitting,
    headline,
    interval,
    is_calibrated,
    is_neither,
    label,
    measure,
    of_hundred,
    outcome,
    short,
    status,
    upper_first,
    week_of,
)

PARTS = ("better", "same", "worse", "stopped", "flare")
SPLIT = {"comparator_change": "comparator", "attention": "attention", "specific": "specific"}


def block(answer: Answer, c: Catalogue) -> Block:
    """Both arms per 100 people first; then course, size, split, other outcomes, who took part."""
    if is_without_simulation(answer):
        heading = c.say("heading.assumptions_plain", status=status(answer, c))
        return Block("assumptions", heading, (Paragraph(c.say("assumptions.hidden")),))
    intro = c.say("assumptions.intro_calibrated" if is_calibrated(answer) else "assumptions.intro")
    items: list[Item] = [Paragraph(intro)]
    items.append(Paragraph(f"{upper_first(headline(answer, c))}. {c.say('label.shown', label=label(answer, c))}", "strong"))
    items += _hundred(answer, c)
    items += _course(answer, c)
    items += _size(answer, c)
    items += _others(answer, c)
    items += _screening(answer, c)
    if steps := answer.blocks["assumptions"].get("steps"):
        shares = {n: c.number(100 * steps[k]) for n, k in (("error", "error"), ("asked", "asked"), ("other", "other_history"))}
        items.append(Paragraph(c.say("assumptions.steps", people=c.count(steps["people"]), **shares), "note"))
    return Block("assumptions", c.say("heading.assumptions", status=status(answer, c)), tuple(items))


def hundred_table(answer: Answer, c: Catalogue) -> Table:
    """Both arms per 100 people; the first three rows add up to 100."""
    table = answer.blocks["assumptions"]["per_hundred"]["arms"]
    rows: list[tuple[str, ...]] = []
    for part in PARTS:
        if part == "flare" and is_neither(answer):
            continue  # a flare is a turn for the worse
        cells = []
        for a in arms_of(answer):
            row = table[a][part]
            whole = better_same_worse(answer, a).get(part, round(row["mean"]))
            if part == "stopped" and not answer.blocks["question"]["arms"][a]["programme"]:
                cells.append(c.say("assumptions.no_programme"))
                continue
            cells.append(of_hundred(whole, row, answer, c))
        rows.append((c.say(fitting(answer, f"assumptions.{part}")), *cells))
    columns = (c.say("assumptions.column_outcome"), *(arm(answer, a, c) for a in arms_of(answer)))
    return Table(c.say("assumptions.per_hundred", week=week_of(answer)), columns, tuple(rows), frozenset({1, 2}))


def hundred_picture(answer: Answer, c: Catalogue) -> Picture:
    """The first figure of a report."""
    comparator, treatment = arms_of(answer)
    counts = [c.say(fitting(answer, "assumptions.counts"), **better_same_worse(answer, a)) for a in (comparator, treatment)]
    return Picture(
        "hundred", c.say("assumptions.figure_hundred_title", week=week_of(answer)),
        c.say("assumptions.figure_hundred_description", comparator=arm(answer, comparator, c), comparator_counts=counts[0],
              treatment=arm(answer, treatment, c), treatment_counts=counts[1]),
        hundred_table(answer, c), _hundred_notes(answer, c),
    )  # fmt: skip


def _hundred_notes(answer: Answer, c: Catalogue) -> tuple[str, ...]:
    change = answer.blocks["assumptions"]["per_hundred"]["change_needed"]
    note = c.say(fitting(answer, "assumptions.per_hundred_note"), change=c.printed(change))
    return (note,) if is_neither(answer) else (note, c.say("assumptions.flare_means"))


def _hundred(answer: Answer, c: Catalogue) -> list[Item]:
    table = hundred_table(answer, c)
    notes = [Paragraph(note, "note") for note in _hundred_notes(answer, c)]
    alike = c.say("assumptions.worlds_alike", value="").strip()
    if any(alike in str(cell) for row in table.rows for cell in row):
        notes.append(Paragraph(c.say("assumptions.alike_means"), "note", where="text"))
    return [table, *notes, Paragraph(c.say("assumptions.see_figure", number=1), "note", where="report")]


def _course(answer: Answer, c: Catalogue) -> list[Item]:
    t = answer.trajectories
    if not t.get("arms"):
        return []
    arms = sorted(
        t["arms"], key=lambda a: (a not in arms_of(answer), arms_of(answer).index(a) if a in arms_of(answer) else 0, a)
    )
    apart = answer.blocks["assumptions"]["effects"][t["measure"]]["weeks"]
    rows = [
        (
            str(week),
            *(interval(t["arms"][a]["band"][k], answer, c) for a in arms),
            interval(apart[str(week)], answer, c) if str(week) in apart else "–",
        )
        for k, week in enumerate(t["weeks"])
    ]
    columns = (c.say("assumptions.column_week"), *(arm(answer, a, c) for a in arms), c.say("assumptions.column_difference"))
    title = c.say("assumptions.figure_course_title", measure=outcome(answer, c))
    data = Table(measure(answer, t["measure"], c), columns, tuple(rows), frozenset(range(1, len(columns))))
    return [Picture("course", title, c.say("assumptions.figure_course_description"), data, (c.say("assumptions.bands"),))]


def _size(answer: Answer, c: Catalogue) -> list[Item]:
    head = answer.blocks["assumptions"]["headline"]
    rows = [(c.say("assumptions.size_label"), interval(head["md"], answer, c))]
    if head["sd_kind"] != "none":
        spread_of = c.say("assumptions.size_sd", sd=c.say(f"question.sd_{head['sd_kind']}"))
        rows.append((spread_of, interval(head["smd"], answer, c)))
    heading = c.say("assumptions.size_heading", status=status(answer, c))
    columns = (c.say("assumptions.column_part"), c.say("assumptions.column_size"))
    split = [(c.say(f"assumptions.split_{word}"), interval(head["split"][name], answer, c)) for name, word in SPLIT.items()]
    spread = head["person_spread"]
    return [
        Table(heading, columns, tuple(rows), frozenset({1})),
        Paragraph(
            c.say(
                "assumptions.people_differ",
                **dict(zip(("low", "high"), c.together(spread["low"], spread["high"]), strict=True)),
            )
        ),
        Table(c.say("assumptions.split"), columns, tuple(split), frozenset({1})),
        Paragraph(c.say("assumptions.split_note"), "note"),
    ]


def _others(answer: Answer, c: Catalogue) -> list[Item]:
    effects: dict[str, Any] = answer.blocks["assumptions"]["effects"]
    estimand = answer.blocks["question"]["estimand"]
    week = week_of(answer)
    columns = (c.say("assumptions.column_measure"), c.say("assumptions.column_difference"))

    def rows(names: list[str]) -> tuple[tuple[str, str], ...]:
        return tuple((c.pick(effects[n]), _difference(effects[n], week, answer, c)) for n in names)

    others = sorted((n for n in effects if n != estimand["outcome"]), key=lambda n: c.pick(effects[n]).lower())
    others = [n for n in others if str(week) in effects[n]["weeks"]]
    first = [n for n in estimand.get("headline_measures", ()) if n in others]
    title = c.say("assumptions.other", week=week, status=status(answer, c))
    out: list[Item] = []
    if first:
        out.append(Table(title, columns, rows(first), frozenset({1}), where="text"))
    if others:
        ordered = [*first, *(n for n in others if n not in first)]
        out.append(Table(title, columns, rows(ordered), frozenset({1}), where="report"))
        out += [Paragraph(text, "note", where="report") for text in _one_state(effects, others, c)]
    return out


def _difference(effect: Mapping[str, Any], week: int, answer: Answer, c: Catalogue) -> str:
    """A difference on a measure, with its unit where its name does not tell it: a criterion counts people."""
    row = effect["weeks"][str(week)]
    if not effect["counts_people"]:
        return interval(row, answer, c)
    return c.say("assumptions.of_people", share=interval({n: 100 * row[n] for n in ("low", "middle", "high")}, answer, c))


def _one_state(effects: Mapping[str, Any], names: list[str], c: Catalogue) -> list[str]:
    """Measures that read one and the same quantity of the model, so that their rows do not confirm each other."""
    by_state: dict[str, list[str]] = {}
    for n in names:
        if effects[n]["reads"] is not None:
            by_state.setdefault(effects[n]["reads"], []).append(short(c.pick(effects[n])))
    return [c.say("assumptions.one_state", measures="; ".join(said)) for said in by_state.values() if len(said) > 1]


def _screening(answer: Answer, c: Catalogue) -> list[Item]:
    s = answer.blocks["assumptions"]["screening"]
    text = [c.say("assumptions.screening_text", drawn=c.count(s["drawn"]), included=c.count(s["included"]), worlds=s["worlds"],
                  effective=c.count(s["effective_size"]))]  # fmt: skip
    text.append(c.say("assumptions.prevalence", share=interval(s["prevalence_percent"], answer, c)))
    if s["nobody_to_study"]:
        text.append(c.say("assumptions.nobody", worlds=s["nobody_to_study"]))
    if refused := sum(s["refused"].values()):
        text.append(c.say("assumptions.refused", worlds=refused))
    worst = max(s["failures"].values(), default=0.0)
    if worst or s["unsettled"]:
        text.append(c.say("assumptions.failures", percent=100.0 * worst, unsettled=s["unsettled"]))
    return [Heading(c.say("assumptions.screening")), Paragraph(" ".join(text))]
