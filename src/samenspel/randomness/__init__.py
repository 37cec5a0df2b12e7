from samenspel.randomness.philox import channel as channel, uniform as uniform, normal as normal
