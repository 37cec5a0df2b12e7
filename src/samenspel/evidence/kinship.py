"""Which words of the vocabulary may be compared: kinds of one thing, and what a collective word stands for."""

from __future__ import annotations

from samenspel.evidence.atlas import Atlas

#: kinship of a word with a collective: what is said of none of its members is said against each, and no more
MEMBER = "member"


def root(atlas: Atlas, word: str) -> str:
    """The broadest word that this word is a kind of; membership of a collective makes no kind."""
    seen: set[str] = set()
    while word not in seen and word in atlas.kin and atlas.kin[word].by != MEMBER:
        seen.add(word)
        word = atlas.kin[word].broad
    return word


def covers(atlas: Atlas, broad: str, word: str) -> bool:
    """Whether a statement about `broad` speaks of `word`: the two are kin, or `broad` is a collective that holds it."""
    kin = atlas.kin.get(root(atlas, word))
    return root(atlas, broad) == root(atlas, word) or (kin is not None and kin.by == MEMBER and kin.broad == broad)
