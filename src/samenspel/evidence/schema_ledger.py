"""What became of each claim, what was asked, and what an atlas says about itself."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from samenspel.evidence.schema import Address, ClaimId, EntryId, QuantityId, Record, Text, Wording, Wrong


class LedgerEntry(Record):
    """Where a mechanism claim went: a read-out, or left out with a reason. Couplings speak for themselves."""

    claim: ClaimId
    fate: Literal["coupling", "read-out", "left_out"]
    coupling: EntryId | None = None
    readout: Address | None = None
    reason: Wording | None = None

    @model_validator(mode="after")
    def _says_where(self) -> LedgerEntry:
        wanted = {"coupling": "coupling", "read-out": "readout", "left_out": "reason"}[self.fate]
        given = {name for name in ("coupling", "readout", "reason") if getattr(self, name) is not None}
        if wanted not in given or given - {wanted, "reason"}:
            what = f"fate {self.fate} needs {wanted} (a reason may be added), got {', '.join(sorted(given)) or 'nothing'}"
            raise Wrong(what, "Give exactly these fields.", "fate")
        return self


class Question(Record):
    """A question that the committee or a speaker asked, and how far the atlas can answer it."""

    id: EntryId
    en: Text
    nl: Text
    who: EntryId  # a role, never a name
    source: EntryId
    locator: Text
    about: tuple[QuantityId, ...] = ()  # vocabulary ids the answer is looked up under
    command: Text | None = None
    status: Literal["answered", "cannot-tell", "no-data"]
    claims: tuple[ClaimId, ...] = ()
    note: Text | None = None


class Manifest(Record):
    """``atlas.toml``."""

    format: int
    id: EntryId
    en: Text
    nl: Text
    licence: Text
    systems: tuple[str, ...] = ()  # Python systems used; none: every system that a coupling names
    scenario: EntryId | None = None  # what `run` runs when nothing is named
    ledger: tuple[EntryId, ...] = ()  # sources whose mechanism claims must each have a fate
    en_note: Text | None = None
    nl_note: Text | None = None
