"""Addressed randomness: same person, same luck, in every arm, engine, chunk and order."""

from samenspel.randomness.address import channel as channel
from samenspel.randomness.address import distinct_channels as distinct_channels
from samenspel.randomness.address import normal as normal
from samenspel.randomness.address import uniform as uniform
from samenspel.randomness.address import uniform4 as uniform4
from samenspel.randomness.address import words as words
from samenspel.randomness.counts import binomial_quantile as binomial_quantile
from samenspel.randomness.distributions import Beta as Beta
from samenspel.randomness.distributions import Distribution as Distribution
from samenspel.randomness.distributions import Fixed as Fixed
from samenspel.randomness.distributions import Gamma as Gamma
from samenspel.randomness.distributions import HalfNormal as HalfNormal
from samenspel.randomness.distributions import LogNormal as LogNormal
from samenspel.randomness.distributions import LogUniform as LogUniform
from samenspel.randomness.distributions import Normal as Normal
from samenspel.randomness.distributions import Triangular as Triangular
from samenspel.randomness.distributions import Truncated as Truncated
from samenspel.randomness.distributions import Uniform as Uniform
from samenspel.randomness.draws import beta as beta
from samenspel.randomness.draws import gamma as gamma
from samenspel.randomness.elementary import normal_quantile as normal_quantile
from samenspel.randomness.from_mapping import distribution_from_mapping as distribution_from_mapping
from samenspel.randomness.philox import philox4x32 as philox4x32
