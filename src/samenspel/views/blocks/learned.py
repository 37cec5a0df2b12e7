"""Block 3: whether a conclusion was built in or learned."""

from __future__ import annotations

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Item, Paragraph, Table
from samenspel.views.patients import is_without_simulation
from samenspel.views.words import fitting, headline, is_calibrated, label, open_question

QUANTILES = {"q05": "5 %", "q25": "25 %", "q50": "50 %", "q75": "75 %", "q95": "95 %"}


def block(answer: Answer, c: Catalogue) -> Block:
    """The label, what it means, the question it depends on, and what the prior says."""
    b = answer.blocks["built_in_or_learned"]
    plain = is_without_simulation(answer)
    name = str(b["label"]).replace(" ", "_")
    items: list[Item] = [
        Paragraph(c.say("label.shown", label=label(answer, c)), "strong"),
        Paragraph(c.say(fitting(answer, f"label.{name}_{'plain' if plain else 'means'}"))),
    ]
    if question := open_question(answer, c):
        items.append(Paragraph(c.say("label.depends_on_question", question=question)))
    if not is_calibrated(answer):
        items.append(Paragraph(c.say("learned.nothing_learned")))
    if not plain:
        prior, worlds = b["prior"], answer.blocks["assumptions"]["headline"]["worlds"]
        beyond = round(prior["beyond_share"] * worlds)  # worlds weigh the same before any fact is used
        items.append(Paragraph(c.say(fitting(answer, "learned.prior"), counts=headline(answer, c), beyond=beyond, all=worlds)))
        rows = tuple((said, c.number(prior["specific_smd"][q])) for q, said in QUANTILES.items())
        columns = (c.say("learned.column_quantile"), c.say("learned.column_value"))
        items.append(Table(c.say("learned.quantiles"), columns, rows, frozenset({1}), where="report"))
    return Block("built-in-or-learned", c.say("heading.built_in_or_learned"), tuple(items))
