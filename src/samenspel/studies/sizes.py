"""How large a run may be: whole numbers within stated limits, said before any work."""

from __future__ import annotations

from numbers import Integral

from samenspel.quantities.errors import SamenspelError

#: least and most of each size. A spread between people needs two of them; more worlds than this are not drawn at once.
LIMITS: dict[str, tuple[int, int]] = {
    "seed": (0, 2**64 - 1),
    "worlds": (1, 100_000),
    "draws": (1, 10_000_000),
    "people": (2, 100_000_000),
    "world": (0, 2**32 - 1),
    "workers": (1, 256),
    "longest": (1, 1000),
    "most": (1, 10_000_000),
}


def check_sizes(*, option: str = "--", least: dict[str, int] | None = None, **sizes: object) -> None:
    """Refuse a size that is no whole number or lies outside its limits.

    option  what stands before the name in the sentence: the dashes of the command line, or nothing for Python
    least   other lower ends, where a command asks for less

    Raises `SamenspelError` naming the first wrong size.
    """
    for name, value in sizes.items():
        low, high = LIMITS[name]
        low = (least or {}).get(name, low)
        if isinstance(value, bool) or not isinstance(value, Integral):
            cure = f"Give a whole number from {low} up."
            raise SamenspelError(f"{option}{name} must be a whole number, got {value!r}.", cure=cure)
        if int(value) < low:
            why = ": a spread between people needs two" if name == "people" and low == 2 else ""
            raise SamenspelError(
                f"{option}{name} must be at least {low}, got {value}{why}.", cure=f"Give {option}{name} {low} or more."
            )
        if int(value) > high:
            raise SamenspelError(
                f"{option}{name} must be at most {high:,}, got {value:,}.", cure=f"Give {option}{name} {high} or less."
            )
