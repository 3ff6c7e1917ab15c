# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of written reports share: the command line's harness, and looking into pages and pictures."""
import pathlib
import struct
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from harness import PROGRAM, SANITIZED, SLOWDOWN, TemporaryFolder, environment, run, snapshot, spec  # noqa: E402, F401

MATPLOTLIB = "/usr/bin/python3"  # where the Debian package puts it


def pixels(data):
    """Width, height and rows of (red, green, blue) of a PNG with 8 bits a channel."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at, packed, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colour, _, _, interlaced = header
    channels = {2: 3, 6: 4}[colour]
    assert depth == 8 and not interlaced
    raw, stride, rows, above = zlib.decompress(packed), width * channels, [], bytes(width * channels)
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride if kind else 0):
            left = line[x - channels] if x >= channels else 0
            corner = above[x - channels] if x >= channels else 0
            if kind == 4:
                guess = left + above[x] - corner
                near = min((abs(guess - left), 0, left), (abs(guess - above[x]), 1, above[x]), (abs(guess - corner), 2, corner))
                line[x] = (line[x] + near[2]) & 255
            else:
                line[x] = (line[x] + (left, above[x], (left + above[x]) // 2)[kind - 1]) & 255
        rows.append([tuple(line[x:x + 3]) for x in range(0, stride, channels)])
        above = bytes(line)
    return width, height, rows


def brightness(rows):
    """Of every pixel, 0 to 1."""
    return [(0.2126 * r + 0.7152 * g + 0.0722 * b) / 255 for row in rows for r, g, b in row]
