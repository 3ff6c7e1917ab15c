#!/usr/bin/env python3
# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Derives the polynomials of kernels/core/math.hpp: weighted minimax by the Remez exchange, in 60 digits.

For each function the polynomial P stands inside a form whose leading terms are exact, and the weight turns its error into
the relative error of the whole form, so that `error` below is the relative error before any rounding of the arithmetic.
Usage: derive-polynomials.py [name]   (needs mpmath)
"""
import sys
import struct
import mpmath as mp

mp.mp.dps = 60


def round_to(value, kind):
    """The nearest float (through double, whose second rounding is harmless here) or double."""
    value = float(value)
    return struct.unpack("f", struct.pack("f", value))[0] if kind == "float" else value


def remez(target, weight, low, high, degree, iterations=12):
    """Coefficients c of sum c_k x^k minimising max |weight(x) (P(x) - target(x))| on [low, high], and that maximum."""
    count = degree + 2
    middle, half = (mp.mpf(low) + high) / 2, (mp.mpf(high) - low) / 2
    nodes = [middle - half * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    grid = [middle - half * mp.cos(mp.pi * (2 * i + 1) / (2 * 60 * count)) for i in range(60 * count)]
    known = [(x, target(x), weight(x)) for x in grid]
    for _ in range(iterations):
        system, right = mp.matrix(count, count), mp.matrix(count, 1)
        for row, x in enumerate(nodes):
            for k in range(degree + 1):
                system[row, k] = x**k
            system[row, degree + 1] = (-1) ** row / weight(x)
            right[row] = target(x)
        solution = mp.lu_solve(system, right)
        coefficients = [solution[k] for k in range(degree + 1)]
        errors = [w * (mp.polyval(coefficients[::-1], x) - f) for x, f, w in known]
        # One extremum for each run of equal sign; where more runs than needed appear, the smallest at the ends are dropped.
        runs = []
        for i, error in enumerate(errors):
            if runs and (errors[runs[-1]] > 0) == (error > 0):
                if abs(error) > abs(errors[runs[-1]]):
                    runs[-1] = i
            else:
                runs.append(i)
        while len(runs) > count:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        worst = max(abs(e) for e in errors)
        if len(runs) < count or worst < abs(solution[degree + 1]) * mp.mpf("1.0005"):
            break
        nodes = [grid[i] for i in runs]
    return coefficients, worst


def series(closed, taylor, small):
    """closed(x), replaced near its removable singularity by its Taylor value."""
    return lambda x: taylor(x) if abs(x) < small else closed(x)


root = mp.sqrt(mp.mpf(1) / 2)
quarter = mp.pi / 4
s_max = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
tiny = mp.mpf("1e-14")

# name: (form, target, weight, low, high, degree for float or None, degree for double or None)
FORMS = {
    "log (float)": ("log(1+f) = f - f^2/2 + f^3 P(f)",
                    series(lambda f: (mp.log1p(f) - f + f * f / 2) / f**3, lambda f: mp.mpf(1) / 3 - f / 4, tiny),
                    lambda f: abs(f**3 / mp.log1p(f)) if f else mp.mpf(0) + tiny, root - 1, mp.sqrt(2) - 1, 7, None),
    "log (double)": ("log((1+s)/(1-s)) = 2 s + s^3 P(s^2)",
                     series(lambda z: (2 * mp.atanh(mp.sqrt(z)) - 2 * mp.sqrt(z)) / mp.sqrt(z) ** 3,
                            lambda z: mp.mpf(2) / 3 + 2 * z / 5, tiny),
                     lambda z: z / 2 + tiny, 0, s_max, None, 6),
    "exp": ("exp(r) = 1 + r + r^2 P(r)",
            series(lambda r: (mp.expm1(r) - r) / r**2, lambda r: mp.mpf(1) / 2 + r / 6, tiny),
            lambda r: r * r / mp.exp(r) + tiny, -mp.log(2) / 2, mp.log(2) / 2, 4, 9),
    "tanh": ("tanh(x) = x + x^3 P(x^2)",
             series(lambda z: (mp.tanh(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
                    lambda z: -mp.mpf(1) / 3 + 2 * z / 15, tiny),
             lambda z: z * mp.sqrt(z) / mp.tanh(mp.sqrt(z)) + tiny if z else tiny, 0, mp.mpf("0.390625"), 4, 11),
    "sin": ("sin(pi/4 t) = t P(t^2)",
            series(lambda z: mp.sin(quarter * mp.sqrt(z)) / mp.sqrt(z), lambda z: quarter - quarter**3 * z / 6, tiny),
            lambda z: mp.sqrt(z) / mp.sin(quarter * mp.sqrt(z)) if z > tiny else 1 / quarter, 0, 1, 3, 6),
    "cos": ("cos(pi/4 t) = 1 + t^2 P(t^2)",
            series(lambda z: (mp.cos(quarter * mp.sqrt(z)) - 1) / z, lambda z: -quarter**2 / 2 + quarter**4 * z / 24, tiny),
            lambda z: z / mp.cos(quarter * mp.sqrt(z)) + tiny, 0, 1, 3, 6),
}


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, (form, target, weight, low, high, float_degree, double_degree) in FORMS.items():
        if not name.startswith(wanted):
            continue
        for kind, degree in (("float", float_degree), ("double", double_degree)):
            if degree is None:
                continue
            coefficients, error = remez(target, weight, low, high, degree)
            rounded = [round_to(c, kind) for c in coefficients]
            print(f"{name}, {kind}: {form}, degree {degree}, error 2^{float(mp.log(error, 2)):.1f}")
            digits = 9 if kind == "float" else 17
            print("  " + ", ".join(f"{c:.{digits}g}" + ("f" if kind == "float" else "") for c in rounded))


if __name__ == "__main__":
    main()
