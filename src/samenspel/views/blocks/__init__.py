"""The seven blocks of an answer, and the question before them, in the order in which every skin shows them."""

from __future__ import annotations

from samenspel.studies.answer import Answer
from samenspel.views.blocks import assumptions, learned, published, purpose, question, rests, rivals, routes
from samenspel.views.catalogue import Catalogue
from samenspel.views.content import Block


def blocks(answer: Answer, c: Catalogue) -> tuple[Block, ...]:
    """Question, published, assumptions, built in or learned, routes, rivals, rests on, purpose."""
    makers = (question, published, assumptions, learned, routes, rivals, rests, purpose)
    return tuple(maker.block(answer, c) for maker in makers)
