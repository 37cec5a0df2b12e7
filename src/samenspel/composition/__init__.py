"""Systems + couplings + one option per hypothesis → `Model`; symbols only, no number is drawn here."""

from samenspel.composition.compose import compose as compose
from samenspel.composition.compose import word as word
from samenspel.composition.single import default_parameters as default_parameters
from samenspel.composition.single import stand_alone as stand_alone
