"""The tape of a model, rearranged for speed: what changes rarely is gathered and computed rarely.

Every node has a level: 0 constant, 1 person (parameters and habits alone), 2 day (held values too), 3 slot (inputs too),
4 step (states or time). Sums and products are regrouped by level, so that p₁ x p₂ becomes (p₁ p₂) x with the bracket
computed once per person; division by what does not change within a step becomes multiplication by its reciprocal; a
product inside a sum becomes one fused multiply-add. The order of terms follows digests of what they compute, never names.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Sequence

import numpy as np

from samenspel.engine.tape import OPERATIONS, Tape

CONSTANT, PERSON, DAY, SLOT, STEP = range(5)
FAR = 4.0  # |ln c| from which a factor c of an exponential goes back into the exponent
Node = tuple[str, tuple[int, ...], float]


class Graph:
    """Nodes with shared sub-expressions; `level[k]` says how often node k changes."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.level: list[int] = []
        self.digest: list[bytes] = []
        self._known: dict[Node, int] = {}

    def add(self, operation: str, arguments: tuple[int, ...] = (), number: float = 0.0, level: int = CONSTANT) -> int:
        """A node as it stands; equal nodes are one."""
        node = (operation, arguments, number)
        if node not in self._known:
            text = f"{operation}|{number!r}|".encode() + b"".join(self.digest[a] for a in arguments)
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
            self.digest.append(hashlib.blake2b(text, digest_size=8).digest())
            least = CONSTANT if operation == "number" else PERSON
            self.level.append(max([level, least, *(self.level[a] for a in arguments)]))
        return self._known[node]

    def number(self, value: float) -> int:
        """A constant."""
        return self.add("number", (), float(value))

    def constant(self, k: int) -> float | None:
        """The number that node k is, if it is one."""
        operation, _, number = self.nodes[k]
        return number if operation == "number" else None

    def apply(self, operation: str, *a: int) -> int:
        """A node, with constants folded and the simplest identities applied."""
        values = [self.constant(k) for k in a]
        if operation in OPERATIONS and all(v is not None for v in values):
            with np.errstate(all="ignore"):
                return self.number(float(OPERATIONS[operation](*[np.float64(v) for v in values])))
        first, last = values[0], values[-1]
        if operation == "add" and 0.0 in (first, last):
            return a[1] if first == 0.0 else a[0]
        if operation == "sub" and last == 0.0:
            return a[0]
        if operation == "sub" and first == 0.0:
            return self.apply("neg", a[1])
        if operation == "mul" and (0.0 in (first, last)):
            return self.number(0.0)
        if operation == "mul" and (first in (1.0, -1.0) or last in (1.0, -1.0)):
            one, other = (first, a[1]) if first in (1.0, -1.0) else (last, a[0])
            return other if one == 1.0 else self.apply("neg", other)
        if operation == "div" and last in (1.0, -1.0):
            return a[0] if last == 1.0 else self.apply("neg", a[0])
        if operation == "neg" and self.nodes[a[0]][0] == "neg":
            return self.nodes[a[0]][1][0]
        if operation in ("add", "sub") and self.nodes[a[1]][0] == "neg":
            return self.apply("sub" if operation == "add" else "add", a[0], self.nodes[a[1]][1][0])
        if operation == "add" and self.nodes[a[0]][0] == "neg":
            return self.apply("sub", a[1], self.nodes[a[0]][1][0])
        return self.add(operation, tuple(a))

    def needed(self, roots: Sequence[int], above: int = -1, known: Collection[int] = ()) -> list[int]:
        """What the roots rest on, arguments first and root by root; `known` nodes and levels ≤ `above` end the search."""
        out: list[int] = []
        seen: set[int] = set()
        stack = [(k, False) for k in reversed(roots)]
        while stack:
            k, ready = stack.pop()
            if ready:
                out.append(k)
            elif k not in seen:
                seen.add(k)
                stack.append((k, True))
                if self.level[k] > above and k not in known:
                    stack.extend((a, False) for a in reversed(self.nodes[k][1]))
        return out


class Rearranged:
    """A tape read into a graph, level by level."""

    def __init__(self, tape: Tape, levels: Sequence[int]) -> None:
        self.tape, self.graph = tape, Graph()
        self.levels = levels  # of the tape's symbols, by place
        self._of: dict[int, int] = {}
        self._uses: dict[int, int] = {}

    def read(self, outputs: Sequence[int]) -> list[int]:
        """Graph nodes that compute tape steps."""
        order = self.tape.needed(outputs)
        self._uses = dict.fromkeys(order, 0)
        for k in order:
            for a in self.tape.steps[k][1]:
                self._uses[a] += 1
        for k in outputs:
            self._uses[k] += 2
        for k in order:
            if k not in self._of:
                self._of[k] = self._node(k)
        return [self._of[k] for k in outputs]

    def _node(self, k: int) -> int:
        g = self.graph
        operation, arguments, number = self.tape.steps[k]
        if operation == "symbol":
            place = int(number)
            return g.add("symbol", (), number, self.levels[place])
        if operation == "number":
            return g.number(number)
        if operation in ("add", "sub", "neg"):
            return self._sum(k)
        if operation in ("mul", "div"):
            return self._product(k)
        inner = [self._of[a] for a in arguments]
        if operation == "pow":
            return g.apply("exp", g.apply("mul", inner[1], g.apply("log", inner[0])))
        if operation == "log":
            soft = self._softplus(inner[0])
            if soft is not None:
                return soft
        return g.apply(operation, *inner)

    def _softplus(self, k: int) -> int | None:
        """log(1 + exp z) as one operation that cannot overflow."""
        operation, arguments, _ = self.graph.nodes[k]
        if operation == "add":
            for one, other in (arguments, arguments[::-1]):
                if self.graph.constant(one) == 1.0 and self.graph.nodes[other][0] == "exp":
                    return self.graph.apply("softplus", self.graph.nodes[other][1][0])
        return None

    def _terms(self, k: int, sign: int, top: bool, out: list[tuple[int, int]]) -> None:
        operation, arguments, _ = self.tape.steps[k]
        if operation in ("add", "sub", "neg") and (top or self._uses[k] == 1):
            self._terms(arguments[0], -sign if operation == "neg" else sign, False, out)
            if operation != "neg":
                self._terms(arguments[1], -sign if operation == "sub" else sign, False, out)
        else:
            out.append((self._of[k], sign))

    def _sum(self, k: int) -> int:
        g = self.graph
        terms: list[tuple[int, int]] = []
        self._terms(k, 1, True, terms)
        total: int | None = None
        for level in range(CONSTANT, STEP + 1):
            here = sorted((t for t in terms if g.level[t[0]] == level), key=lambda t: (t[1] < 0, g.digest[t[0]]))
            for term, sign in here:
                if total is None:
                    total = term if sign > 0 else g.apply("neg", term)
                else:
                    total = g.apply("add" if sign > 0 else "sub", total, term)
        assert total is not None
        return total

    def _factors(self, k: int, above: bool, top: bool, out: list[tuple[int, bool]]) -> int:
        """Collects factors above and below the line; returns the sign. A quotient that changes with each step stays whole."""
        operation, arguments, _ = self.tape.steps[k]
        still = all(self._step_free(a) for a in arguments[1:])
        if operation == "mul" and (top or self._uses[k] == 1):
            return self._factors(arguments[0], above, False, out) * self._factors(arguments[1], above, False, out)
        if operation == "div" and still and (top or self._uses[k] == 1) and (above or self._step_free(k)):
            return self._factors(arguments[0], above, False, out) * self._factors(arguments[1], not above, False, out)
        if operation == "neg" and (top or self._uses[k] == 1):
            return -self._factors(arguments[0], above, False, out)
        out.append((self._of[k], above))
        return 1

    def _step_free(self, k: int) -> bool:
        return self.graph.level[self._of[k]] < STEP

    def _whole_exponent(self, factors: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
        """Read c exp(z) as exp(z + ln c) where c is far from one: symbols were read as exp(z - 50) = e^-50 exp(z)."""
        g = self.graph
        numbers = [(f, above) for f, above in factors if g.level[f] == CONSTANT]
        powers = sorted((f for f, above in factors if above and g.nodes[f][0] == "exp"), key=lambda f: g.digest[f])
        c = math.prod((g.constant(f) or 0.0) if above else 1.0 / (g.constant(f) or math.inf) for f, above in numbers)
        if not powers or not math.isfinite(c) or c <= 0 or abs(math.log(c)) < FAR:
            return factors
        rest = [f for f in factors if f not in numbers]
        rest.remove((powers[0], True))
        moved = g.apply("add", g.nodes[powers[0]][1][0], g.number(math.log(c)))
        return [*rest, (g.apply("exp", moved), True)]

    def _product(self, k: int) -> int:
        g = self.graph
        operation, arguments, _ = self.tape.steps[k]
        if operation == "div" and not self._step_free(arguments[1]):
            return g.apply("div", self._of[arguments[0]], self._of[arguments[1]])
        factors: list[tuple[int, bool]] = []
        sign = self._factors(k, True, True, factors)
        factors = self._whole_exponent(factors)
        total: int | None = None
        for level in range(CONSTANT, STEP + 1):
            here = sorted((f for f in factors if g.level[f[0]] == level), key=lambda f: g.digest[f[0]])
            for factor in (f for f, above in here if above):
                total = factor if total is None else g.apply("mul", total, factor)
            below = [f for f, above in here if not above]
            if below:
                divisor = below[0]
                for factor in below[1:]:
                    divisor = g.apply("mul", divisor, factor)
                total = g.apply("div", g.number(1.0) if total is None else total, divisor)
        assert total is not None
        return g.apply("neg", total) if sign < 0 else total


def fuse(graph: Graph, roots: Sequence[int]) -> tuple[Graph, list[int]]:
    """The same graph with each product that is used once, inside a sum of its own level, fused into it.

    a + b c → fma(b, c, a); a - b c → fnma(b, c, a); b c - a → fms(b, c, a).
    """
    uses: dict[int, int] = {}
    order = graph.needed(roots)
    for k in order:
        for a in graph.nodes[k][1]:
            uses[a] = uses.get(a, 0) + 1
    for k in roots:
        uses[k] = uses.get(k, 0) + 2
    out, of = Graph(), {}

    def product(k: int, level: int) -> bool:
        return graph.nodes[k][0] in ("mul", "square") and uses[k] == 1 and graph.level[k] == level

    for k in order:
        operation, arguments, number = graph.nodes[k]
        new = tuple(of[a] for a in arguments)
        if operation in ("add", "sub"):
            a, b = arguments
            left, right = product(a, graph.level[k]), product(b, graph.level[k])
            if right or left:
                chosen, other = (b, a) if right else (a, b)
                inner = [of[i] for i in graph.nodes[chosen][1]]
                inner = inner * 2 if len(inner) == 1 else inner
                name = "fma" if operation == "add" else ("fnma" if right else "fms")
                of[k] = out.add(name, (inner[0], inner[1], of[other]))
                continue
        of[k] = out.add(operation, new, number, graph.level[k])
    return out, [of[k] for k in roots]


def finite(value: float, single: bool) -> float:
    """A constant as the kernel's precision holds it."""
    out = float(np.float32(value)) if single else value
    return out if math.isfinite(out) or not math.isfinite(value) else math.copysign(3.0e38, value)
