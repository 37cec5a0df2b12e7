"""Block 7: what the answer is for, and what it is not for."""

from __future__ import annotations

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block, Paragraph


def block(answer: Answer, c: Catalogue) -> Block:
    """Intended use, in the language of the reader."""
    del answer
    texts = (c.say("purpose.good"), f"{c.say('purpose.fictional')} {c.say('purpose.correct')}")
    items = (Paragraph(c.say("status.use"), "strong"), *(Paragraph(t) for t in texts))
    return Block("purpose", c.say("heading.purpose"), items)
