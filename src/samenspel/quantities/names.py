"""Nearest names, and the one sentence that says a name is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` known names most like `name`, best first; capitals count for little.

    Likeness is difflib's ratio of matching characters; names below one half are left out.
    """
    candidates = list(dict.fromkeys(known))
    same = [k for k in candidates if k.casefold() == name.casefold()]
    close = difflib.get_close_matches(name, candidates, n=count, cutoff=0.5)
    return list(dict.fromkeys([*same, *close]))[:count]


def hint(name: str, known: Iterable[str]) -> str:
    """`` Nearest: a, b.``, to stand behind a sentence; nothing where no name is near. The name itself is not offered."""
    near = nearest(name, (k for k in known if k != name))
    return f" Nearest: {', '.join(near)}." if near else ""


def unknown(kind: str, name: str, known: Iterable[str], where: str | None = None) -> str:
    """The sentence for a name that is not there: ``no claim 'x' in couplings/sleep.toml. Nearest: y.``

    kind   what it should have been: claim, system, measure …
    where  where it was looked for or used, if that helps

    Where nothing is near, it names what exists (at most five), or says that nothing does.
    """
    names = list(dict.fromkeys(known))
    more = hint(name, names)
    if not more and names:
        more = f" Known: {', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}."
    elif not more:
        more = f" There is no {kind} at all."
    return f"no {kind} {name!r}{f' in {where}' if where else ''}.{more}"
