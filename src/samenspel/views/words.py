"""Names and phrases that several blocks and figures share: status, label, headline, measures, arms, intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from samenspel.studies.answer import Answer
from samenspel.views.catalogue import Catalogue, sentences


def lower_first(text: str) -> str:
    """A name as it stands inside a sentence; acronyms, names like HbA1c and single letters keep their capitals."""
    rest = text.split(maxsplit=1)[0][1:] if text.strip() else ""
    return text if len(text) == 1 or any(c.isupper() or c.isdigit() for c in rest) else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """A phrase as it opens a sentence."""
    return text[:1].upper() + text[1:]


def short(name: str) -> str:
    """A measure's name without its scale: what stands before the first comma or bracket."""
    return re.split(r",| \(", name, maxsplit=1)[0].strip()


def status(answer: Answer, c: Catalogue) -> str:
    """The status in the catalogue's language."""
    found = re.fullmatch(r"CALIBRATED ON (\d+) FACTS?", answer.status)
    return c.say("status.calibrated", facts=found[1]) if found else c.say("status.not_calibrated")


def status_means(answer: Answer, c: Catalogue) -> str:
    """One sentence on what the status means."""
    found = re.fullmatch(r"CALIBRATED ON (\d+) FACTS?", answer.status)
    return c.say("status.calibrated_means", facts=found[1]) if found else c.say("status.not_calibrated_means")


def is_calibrated(answer: Answer) -> bool:
    """Whether facts weighted the worlds."""
    return answer.status != "NOT CALIBRATED"


def label(answer: Answer, c: Catalogue) -> str:
    """The label of the conclusion, with the hypothesis that it depends on."""
    block = answer.blocks["built_in_or_learned"]
    name = c.name("label", str(block["label"]).replace(" ", "_"))
    return f"{name} {block['hypothesis']}" if block.get("hypothesis") else name


def open_question(answer: Answer, c: Catalogue) -> str | None:
    """The open question that the label depends on, in words; None where it depends on none."""
    id = answer.blocks["built_in_or_learned"].get("hypothesis")
    named = {h["id"]: h for h in answer.blocks["rivals"]["hypotheses"]}
    return None if not id else c.pick(named[id]["question"]) if id in named else str(id)


def measure(answer: Answer, id: str, c: Catalogue) -> str:
    """The full name of a measure, or its id where the answer does not name it."""
    known = answer.blocks["assumptions"].get("effects", {}).get(id)
    if known is not None:
        return c.pick(known)
    estimand = answer.blocks["question"]["estimand"]
    return str(estimand[f"outcome_{c.language}"]) if id == estimand["outcome"] else id


def outcome(answer: Answer, c: Catalogue) -> str:
    """The short name of the outcome."""
    return short(str(answer.blocks["question"]["estimand"][f"outcome_{c.language}"]))


SIGNS = {">=": "at_least", "<=": "at_most", ">": "more", "<": "less", "==": "equal", "!=": "unequal"}


def criteria(answer: Answer, text: str, c: Catalogue) -> str:
    """A rule of the fact grammar in words: names of measures for their ids, words for signs."""

    def word(found: re.Match[str]) -> str:
        part = found[0]
        if part in SIGNS:
            return c.name("criteria", SIGNS[part])
        named = measure(answer, part, c)
        return lower_first(short(named)) if named != part else c.name("criteria", part).removeprefix("criteria.")

    return re.sub(r">=|<=|==|!=|[<>]|[A-Za-z_][\w.]*", word, text)


def arm(answer: Answer, id: str, c: Catalogue) -> str:
    """The name of an arm; the twin with contact only is named after its arm."""
    arms = answer.blocks["question"]["arms"]
    if id in arms:
        return c.pick(arms[id])
    parent = id.removesuffix("-contact-only")
    return c.say("assumptions.contact_only", arm=c.pick(arms[parent])) if parent in arms else id


def system(answer: Answer, id: str, c: Catalogue) -> str:
    """The name of a system: as the atlas names its own, else the program's."""
    own = answer.blocks["rests_on"]["systems"].get(id)
    return c.pick(own) if own else c.name("system", id)


def arms_of(answer: Answer) -> tuple[str, str]:
    """Ids of comparator and treatment."""
    estimand = answer.blocks["question"]["estimand"]
    return str(estimand["comparator"]), str(estimand["treatment"])


def week_of(answer: Answer) -> int:
    """The week of the estimand."""
    return round(float(answer.blocks["question"]["estimand"]["day"]) / 7)


def is_neither(answer: Answer) -> bool:
    """Whether more of the outcome is neither better nor worse; it is then told as higher and lower."""
    outcome = answer.blocks["question"]["estimand"]["outcome"]
    return answer.blocks["assumptions"].get("effects", {}).get(outcome, {}).get("higher_is") == "neither"


def fitting(answer: Answer, key: str) -> str:
    """The key of a sentence, or of its twin about higher and lower where it speaks of better and worse."""
    twin = f"{key}_neither"
    return twin if is_neither(answer) and twin in sentences("en") else key


def headline(answer: Answer, c: Catalogue) -> str:
    """Direction and in how many worlds: "less pain in 39 of 61 worlds, more in 12, no change in 10"."""
    head = answer.blocks["assumptions"]["headline"]
    if is_neither(answer):
        return c.say("direction.headline_neither", measure=lower_first(outcome(answer, c)), worlds=head["benefit_worlds"],
                     all=head["worlds"], worse=head["worse_worlds"], same=head["same_worlds"])  # fmt: skip
    less = head["better"] < 0
    towards = c.say("direction.less" if less else "direction.more", measure=lower_first(outcome(answer, c)))
    return c.say(
        "direction.headline", direction=towards, worlds=head["benefit_worlds"], all=head["worlds"],
        opposite=c.say("direction.opposite_less" if less else "direction.opposite_more"), worse=head["worse_worlds"],
        same=head["same_worlds"],
    )  # fmt: skip


def interval(row: Mapping[str, float], answer: Answer, c: Catalogue) -> str:
    """Middle and world interval, two digits."""
    low, middle, high = c.together(row["low"], row["middle"], row["high"])
    return with_interval(middle, low, high, answer, c)


def with_interval(value: object, low: str, high: str, answer: Answer, c: Catalogue) -> str:
    """A number with its world interval; where that has no width, why."""
    if low != high:
        return c.say("assumptions.with_interval", value=value, low=low, high=high)
    one = answer.blocks["assumptions"]["headline"]["worlds"] == 1
    return c.say("assumptions.one_world" if one else "assumptions.worlds_alike", value=value)


def of_hundred(value: object, row: Mapping[str, float], answer: Answer, c: Catalogue) -> str:
    """A number of 100 people with its world interval in whole people."""
    return with_interval(value, c.per_hundred(row["low"]), c.per_hundred(row["high"]), answer, c)


def hundred(shares: Mapping[str, float]) -> dict[str, int]:
    """Parts of 100 as whole numbers that add up to 100: largest remainders, ties to the first named."""
    total = sum(shares.values())
    exact = {name: 100 * value / total for name, value in shares.items()}
    whole = {name: int(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in order[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole


def better_same_worse(answer: Answer, id: str) -> dict[str, int]:
    """Of 100 people in an arm: better, same, worse; they add up to 100."""
    row = answer.blocks["assumptions"]["per_hundred"]["arms"][id]
    return hundred({name: float(row[name]["mean"]) for name in ("better", "same", "worse")})
