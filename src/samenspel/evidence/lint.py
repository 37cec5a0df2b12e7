"""Judges an atlas as a whole: one rule, one sentence, one severity; all findings are collected."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from samenspel.evidence.atlas import Atlas
from samenspel.evidence.issues import Issue, errors_of, refuse
from samenspel.evidence.lint_claims import CLAIM_RULES
from samenspel.evidence.lint_facts import FACT_RULES
from samenspel.evidence.lint_model import MODEL_RULES
from samenspel.evidence.lint_numbers import NUMBER_RULES
from samenspel.evidence.lint_possible import POSSIBLE_RULES
from samenspel.evidence.lint_rule import Context, Ends, Rule
from samenspel.evidence.lint_studies import STUDY_RULES
from samenspel.evidence.reader import collect
from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store, key, sources

log = logging.getLogger(__name__)
KIND = "sound"
RULES: tuple[Rule, ...] = (*CLAIM_RULES, *MODEL_RULES, *NUMBER_RULES, *STUDY_RULES, *POSSIBLE_RULES, *FACT_RULES)


def lint(atlas: Atlas, ends: Ends | None = None, rules: Sequence[Rule] = RULES) -> list[Issue]:
    """All findings about an atlas, in order of file and line.

    `ends` holds the addresses that the systems define; without it, ends of couplings are not looked up.
    """
    context = Context(atlas, ends)
    found: list[Issue] = []
    for rule in rules:
        found.extend(rule.check(context))
    missed = {repr(name) for name in atlas.broken}  # what could not be read has its own finding, and is there all the same
    found = [issue for issue in found if not any(name in issue.message for name in missed)]
    return sorted(found, key=lambda issue: (issue.file, issue.line, issue.rule, issue.message))


def check_folder(path: str | Path | None = None, ends: Ends | None = None) -> tuple[Atlas | None, list[Issue]]:
    """Read and judge a folder: the atlas (none if unreadable) and all findings of reader and rules."""
    atlas, issues = collect(path)
    if atlas is None:
        return None, issues
    return atlas, _worst_first([*issues, *lint(atlas, ends)])


def load(path: str | Path | None = None, ends: Ends | None = None) -> Atlas:
    """An atlas without errors, or the first error and how many are left.

    That an atlas was found free of errors is kept in the store, so that the same text is judged once by the same rules.

    Raises:
        SamenspelError: if the reader or a rule finds an error.
    """
    atlas, issues = collect(path)
    if atlas is None or errors_of(issues):
        refuse(issues if atlas is None else _worst_first([*issues, *lint(atlas, ends)]))
    assert atlas is not None
    name = key({"atlas": atlas.digest, "rules": sources(), "ends": ends is not None})
    if not Store().holds(KIND, name):
        refuse(_worst_first(lint(atlas, ends)))
        try:
            Store().put(KIND, name, b"")
        except SamenspelError as fault:  # reading evidence needs no store
            log.info("not kept: %s", fault)
    return atlas


def _worst_first(issues: Iterable[Issue]) -> list[Issue]:
    return sorted(issues, key=lambda issue: (issue.severity, issue.file, issue.line))


def counts(issues: Iterable[Issue]) -> tuple[int, int]:
    """Number of errors and of warnings."""
    listed = list(issues)
    errors = len(errors_of(listed))
    return errors, len(listed) - errors
