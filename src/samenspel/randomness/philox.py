"""temporary"""
import hashlib
import numpy as np
def channel(name):
    return int.from_bytes(hashlib.blake2s(name.encode()).digest()[:4], "little")
def words(seed, person, world, day, channel):
    person, world, day, ch = np.broadcast_arrays(*(np.asarray(v, dtype=np.uint64) for v in (person, world, day, channel)))
    c = [person.copy(), world.copy(), day.copy(), ch.copy()]
    k0, k1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    m = np.uint64(0xFFFFFFFF); s = np.uint64(32)
    for r in range(10):
        a = c[0] * np.uint64(0xD2511F53); b = c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> s) ^ c[1] ^ np.uint64(k0), b & m, (a >> s) ^ c[3] ^ np.uint64(k1), a & m]
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF; k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c
def uniform(seed, *, person, world, day, channel):
    return ((words(seed, person, world, day, channel)[0] >> np.uint64(8)).astype(float) + 0.5) * 2.0**-24
def normal(seed, *, person, world, day, channel):
    from scipy.special import ndtri
    return ndtri(uniform(seed, person=person, world=world, day=day, channel=channel))
