"""Writes golden bytes of FBGEMM's fused rowwise formats, from the published formula alone.

Source of the formula: pytorch/FBGEMM, src/QuantUtils.cc, FloatOrHalfToFused8BitRowwiseQuantizedSBFloatRef and
FloatOrHalfToFusedNBitRowwiseQuantizedSBHalfRef. Standard library only. Every float32 operation is done in float64 and
rounded once, which is exact for + - * / (53 >= 2 * 24 + 2 bits).

    python3 tests/python/fbgemm_golden.py > tests/RecServe.Kernels.Tests/Rows/fbgemm_golden.txt

One line a row: format, dim, the numbers as hexadecimal float32 words, the encoded bytes in hexadecimal.
"""
import math
import random
import struct

DIMS = (1, 3, 8, 16, 64, 100)


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def half_bytes(x):
    return struct.pack("<e", x)


def half(x):
    return struct.unpack("<e", half_bytes(x))[0]


def encode8(row):
    low, high = min(row), max(row)
    span = f32(high - low)
    scale = f32(span / 255.0)
    inverse = f32(255.0 / f32(span + f32(1e-8)))
    codes = [round(f32(f32(x - low) * inverse)) for x in row]  # Python rounds halves to even, as lrintf does
    return bytes(codes) + struct.pack("<ff", scale, low)


def encode_bits(row, bits):
    top = (1 << bits) - 1
    low, high = half(min(row)), max(row)
    span = f32(high - low)
    scale = half(1.0 if span == 0 else f32(span / top))
    if scale == 0:
        scale = 1.0
    inverse = f32(1.0 / scale)
    if math.isinf(inverse):
        scale, inverse = 1.0, 1.0
    per_byte = 8 // bits
    packed = bytearray((len(row) + per_byte - 1) // per_byte)
    for j, x in enumerate(row):
        code = max(0, min(round(f32(f32(x - low) * inverse)), top))
        packed[j // per_byte] |= code << (j % per_byte * bits)
    return bytes(packed) + half_bytes(scale) + half_bytes(low)


def rows(dim, rng):
    yield [0.0] * dim
    yield [f32(0.1)] * dim
    yield [f32(-2.5)] * dim
    yield [f32(j) for j in range(dim)]
    yield [f32((-1) ** j * 2.0 ** -(j % 20)) for j in range(dim)]
    for sigma in (1.0, 0.05, 1e-4, 300.0):
        for _ in range(4):
            yield [f32(rng.gauss(0.0, sigma)) for _ in range(dim)]
    yield [f32(rng.uniform(0.0, 1.0)) for _ in range(dim)]
    yield [f32(rng.uniform(5.0, 5.001)) for _ in range(dim)]


def main():
    rng = random.Random(20240611)
    formats = (("int8", encode8), ("int4", lambda r: encode_bits(r, 4)), ("int2", lambda r: encode_bits(r, 2)))
    for dim in DIMS:
        for row in rows(dim, rng):
            words = "".join(struct.pack("<f", x).hex() for x in row)
            for name, encode in formats:
                print(name, dim, words, encode(row).hex())


main()
