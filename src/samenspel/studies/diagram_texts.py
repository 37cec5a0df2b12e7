"""The sentences of an atlas made from a diagram, in English and Dutch. Labels stay as the drawing writes them."""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from samenspel.evidence.diagram import Diagram, Link, Variable

if TYPE_CHECKING:
    from samenspel.studies.diagram_files import Reading

Pair = dict[str, str]


def _comma(x: float, digits: int = 6) -> str:
    """A number in Dutch."""
    return f"{x:.{digits}g}".replace(".", ",")


def title(name: str) -> Pair:
    """Name of the atlas."""
    words = name.replace("-", " ")
    return {"en": f"Causal loop diagram: {words}", "nl": f"Causaal lusdiagram: {words}"}


def manifest_note(unread: Sequence[str] = ()) -> Pair:
    """What the atlas is and is not, and what of the spreadsheet is not in it."""
    left = "; ".join(unread)
    return {
        "en_note": "Made from a drawing. That a link is there, and which way it points, is the drawing's premise and no evidence; add claims and remove the premise where there is evidence."
        + (f" In the spreadsheet, but not read: {left}." if unread else ""),
        "nl_note": "Gemaakt van een tekening. Dat een verband er is en welke kant het op werkt, is een uitgangspunt van de tekening en geen bewijs; voeg beweringen toe en haal het uitgangspunt weg waar bewijs is."
        + (f" Wel in het rekenblad, maar niet gelezen: {left}." if unread else ""),
    }


def state(v: Variable, reading: Reading) -> Pair:
    """Why a variable moves as fast as it does."""
    days, dagen = (write(reading.time_constant(v.kind)) for write in ("{:g}".format, _comma))
    extra_en = f" The sheet left something open: {v.assumed}." if v.assumed else ""
    extra_nl = f" Het werkblad liet iets open: {_dutch(v.assumed)}." if v.assumed else ""
    if v.kind == "stock":
        en = f"A stock remembers: left alone it returns to rest with a time constant of {reading.memory:g} steps ({days} days). The drawing gives no number; this one is ours."
        nl = f"Een voorraad onthoudt: aan zichzelf overgelaten keert hij terug met een tijdconstante van {_comma(reading.memory)} stappen ({dagen} dagen). De tekening geeft geen getal; dit is van ons."
    elif v.kind == "auxiliary":
        en = f"An auxiliary follows what moves it within a twentieth of a step ({days} days), so that it has a course in time and no loop is instantaneous."
        nl = f"Een hulpvariabele volgt binnen een twintigste stap ({dagen} dagen) wat hem beweegt, zodat hij een verloop in de tijd heeft en geen lus ogenblikkelijk is."
    else:
        en = "A constant stays where a person's own set point holds it. Links that lead to it in the drawing are left out."
        nl = "Een constante blijft waar iemands eigen instelpunt haar houdt. Verbanden die er in de tekening naartoe lopen, zijn weggelaten."
    return {"en": en + extra_en, "nl": nl + extra_nl}


def _dutch(assumed: str) -> str:
    words = {
        "no type given: taken as a stock": "geen soort gegeven: opgevat als voorraad",
        "no tag given: no intervention": "geen sterkte gegeven: geen ingreep",
        "no type given: taken as a constant": "geen soort gegeven: opgevat als constante",
    }
    said = (words.get(part, part) for part in assumed.split("; "))
    return "; ".join(part.replace("tags not read: ", "trefwoorden niet gelezen: ") for part in said)


def reference() -> Pair:
    """Why every variable has mean 0 and SD 1."""
    return {
        "en": "A scale by definition: the drawing has no units, so each variable is counted in standard deviations around its own mean.",
        "nl": "Een schaal per definitie: de tekening heeft geen eenheden, dus elke variabele wordt geteld in standaardafwijkingen rond het eigen gemiddelde.",
    }


def set_point(v: Variable) -> Pair:
    """Why people differ here."""
    return {
        "en": f"People differ by one SD in {v.label}, by the definition of the scale; a bell curve, cut at three SDs.",
        "nl": f"Mensen verschillen één SD in {v.label}, volgens de definitie van de schaal; een klokvorm, afgekapt bij drie SD's.",
    }


def measure() -> Pair:
    """How the outcome is read."""
    return {
        "en": "Read without error and in SDs: the drawing names no instrument.",
        "nl": "Zonder afleesfout en in SD's gelezen: de tekening noemt geen meetinstrument.",
    }


def sentence(diagram: Diagram, link: Link) -> Pair:
    """The link as a sentence."""
    a, b = diagram.of(link.source).label, diagram.of(link.target).label
    en = {
        "+": f"More of {a} goes together with more of {b}.",
        "-": f"More of {a} goes together with less of {b}.",
        "?": f"{a} moves {b}, the drawing does not say which way.",
    }
    nl = {
        "+": f"Meer van {a} gaat samen met meer van {b}.",
        "-": f"Meer van {a} gaat samen met minder van {b}.",
        "?": f"{a} beweegt {b}; de tekening zegt niet welke kant op.",
    }
    return {"en": en[link.sign], "nl": nl[link.sign]}


def link(diagram: Diagram, x: Link) -> Pair:
    """What was assumed of one link."""
    a, b = diagram.of(x.source).label, diagram.of(x.target).label
    en = f"Drawn from {a} to {b} (row {x.row} of the connections), so it is taken as there"
    nl = f"Getekend van {a} naar {b} (rij {x.row} van de verbindingen), dus het geldt als aanwezig"
    if x.sign == "?":
        en += "; the drawing gives no sign, so each sign is taken in half of the worlds"
        nl += "; de tekening geeft geen teken, dus elk teken geldt in de helft van de werelden"
    else:
        en += f", with the sign drawn ({x.sign})"
        nl += f", met het getekende teken ({x.sign})"
    en += ". That is a premise of the drawing, not evidence. Its size is not drawn: it is a share of what all sources of the target carry together."
    nl += ". Dat is een uitgangspunt van de tekening, geen bewijs. De grootte is niet getekend: het is een deel van wat alle bronnen van het doel samen dragen."
    if x.low is not None and x.high is not None:
        en += f" The range {x.low:g} to {x.high:g} per step that the drawing gives serves the linear reading alone."
        nl += f" Het bereik van {_comma(x.low)} tot {_comma(x.high)} per stap dat de tekening geeft, dient alleen de lineaire lezing."
    return {"en": en, "nl": nl}


def bend(reading: Reading) -> Pair:
    """Why an influence flattens."""
    return {
        "en": f"Nearly straight within {reading.bend / 2:.2g} SD of the source and flat well beyond {reading.bend:g} SDs, so that no chain of influences grows without end. Ours.",
        "nl": f"Bijna recht binnen {_comma(reading.bend / 2, 2)} SD van de bron en vlak ruim voorbij {_comma(reading.bend)} SD's, zodat geen keten van invloeden eindeloos groeit. Van ons.",
    }


def question(v: Variable, outcome: Variable) -> Pair:
    """The question of a scenario."""
    return {
        "en": f"What becomes of {outcome.label} when {v.label} is held {abs(v.strength):g} SD {'higher' if v.strength > 0 else 'lower'} than it would be?",
        "nl": f"Wat gebeurt er met {outcome.label} als {v.label} {_comma(abs(v.strength))} SD {'hoger' if v.strength > 0 else 'lager'} wordt gehouden dan anders?",
    }


def arm_as_is() -> Pair:
    """The comparator."""
    return {"en": "Nothing is pushed", "nl": "Niets wordt geduwd"}


def arm_pushed(v: Variable) -> Pair:
    """The pushed arm."""
    return {"en": f"{v.label} pushed by {v.strength:g} SD", "nl": f"{v.label} met {_comma(v.strength)} SD geduwd"}


def push(v: Variable) -> Pair:
    """Where the strength of a push comes from."""
    return {
        "en": f"The strength {v.strength:g} is the tag of {v.label} in the drawing, read as SDs; how anybody could bring that about is not asked.",
        "nl": f"De sterkte {_comma(v.strength)} staat in de tekening bij {v.label}, gelezen als SD's; hoe iemand dat zou kunnen bereiken wordt niet gevraagd.",
    }
