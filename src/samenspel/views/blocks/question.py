"""What is asked: the question in words, and exactly what is compared."""

from __future__ import annotations

from collections.abc import Mapping

from samenspel.studies.answer import Answer
from samenspel.views.blocks.assumptions import hundred_picture
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Item, Paragraph, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import (
    arm,
    arms_of,
    criteria,
    fitting,
    headline,
    label,
    lower_first,
    open_question,
    outcome,
    status,
    status_means,
    week_of,
)


def block(answer: Answer, c: Catalogue) -> Block:
    """The question, the headline with status and label, and the estimand."""
    items: list[Item] = [Paragraph(c.pick(answer.blocks["question"]))]
    comparator, treatment = (lower_first(arm(answer, a, c)) for a in arms_of(answer))
    week = week_of(answer)
    if is_without_simulation(answer):
        words = c.say("direction.sentence_plain", week=week, treatment=treatment, comparator=comparator,
                      measure=lower_first(outcome(answer, c)))  # fmt: skip
    else:
        words = c.say("direction.sentence", week=week, treatment=treatment, comparator=comparator, headline=headline(answer, c))
    items.append(Paragraph(words, "strong"))
    said = [f"{status(answer, c)}.", status_means(answer, c), c.say("label.shown", label=label(answer, c))]
    if question := open_question(answer, c):
        said.append(c.say("label.depends_on_question", question=question))
    items.append(Paragraph(" ".join(said)))
    if not is_without_simulation(answer):
        items.append(Paragraph(c.say("report.glance", status=status(answer, c)), "note", where="report"))
        items.append(hundred_picture(answer, c))
    items.append(_estimand(answer, c))
    return Block("question", c.say("heading.question"), tuple(items))


def _estimand(answer: Answer, c: Catalogue) -> Table:
    q = answer.blocks["question"]
    e = q["estimand"]
    comparator, treatment = arms_of(answer)
    rows = [
        ("rule", criteria(answer, str(e["population"]), c)),
        ("treatment", arm(answer, treatment, c)),
        ("comparator", arm(answer, comparator, c)),
        ("outcome", str(e[f"outcome_{c.language}"])),
        ("time", c.say("question.time_value", week=week_of(answer), weeks=f"{q['weeks']:g}")),
        ("summary", c.say(f"question.summary_{e['summary']}")),
        ("stopping", c.say(f"question.stopping_{e['after_stopping']}")),
    ]
    if q["programme"] is not None:
        rows += _programme(q["programme"], c)
    if e["responder_change"] is not None:
        rows.append(("responder", c.say("question.responder_value", change=c.printed(e["responder_change"]))))
    named = tuple((c.say(fitting(answer, f"question.{name}")), text) for name, text in rows)
    return Table(c.say("question.estimand"), (c.say("question.part"), c.say("question.meaning")), named)


def _programme(given: Mapping[str, float | None], c: Catalogue) -> list[tuple[str, str]]:
    """Who comes and who stops: what the scenario says, or that it leaves this to the parameters."""
    share, stop = given["planned_share"], given["stopping_per_week"]
    parameters = c.say("question.by_parameters")
    return [
        ("attending", parameters if share is None else c.say("question.attending_value", share=c.printed(100 * share))),
        ("leaving", parameters if stop is None else c.say("question.leaving_value", hazard=c.printed(100 * stop))),
    ]
