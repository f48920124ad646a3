using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace RecServe.Features;

/// <summary>
/// The 64-bit key of an embedding row: XXH64 (seed 0) of the value's UTF-8 bytes. The same everywhere: training data, packages,
/// requests, updates. Source of the hash: the xxHash specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
/// </summary>
public static class RowKey
{
    /// <summary>Key of the row that stands for "no value given".</summary>
    public const ulong Missing = 0;

    /// <summary>Key of the row that values below <see cref="FieldSchema.MinCount"/> share.</summary>
    public const ulong Unknown = 1;

    /// <summary>Key of the single row of a numeric field that multiplies its number with one vector.</summary>
    public const ulong NumericVector = 2;

    private const ulong Prime1 = 0x9E3779B185EBCA87, Prime2 = 0xC2B2AE3D27D4EB4F, Prime3 = 0x165667B19E3779F9,
        Prime4 = 0x85EBCA77C2B2AE63, Prime5 = 0x27D4EB2F165667C5;

    /// <summary>Key of a value. A value that hashes to 0 or 1 (the reserved keys) is moved to 2 or 3.</summary>
    public static ulong Of(ReadOnlySpan<byte> utf8) => OfHash(Hash64(utf8));

    /// <summary>Key of the value with a <see cref="Hash64"/>.</summary>
    public static ulong OfHash(ulong hash) => hash <= Unknown ? hash + 2 : hash;

    /// <summary>Key of a value given as text; hashes its UTF-8 bytes.</summary>
    public static ulong Of(string value)
    {
        int max = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> buffer = max <= 512 ? stackalloc byte[512] : new byte[max];
        return Of(buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
    }

    /// <summary>Key of a value in a field with <paramref name="buckets"/> hash buckets: <c>2 + XXH64 mod buckets</c>.</summary>
    public static ulong OfBucket(ReadOnlySpan<byte> utf8, int buckets) => OfBucket(Hash64(utf8), buckets);

    /// <summary>The same for the value with a <see cref="Hash64"/>.</summary>
    public static ulong OfBucket(ulong hash, int buckets) => 2 + hash % (uint)buckets;

    /// <summary>XXH64 with seed 0.</summary>
    public static ulong Hash64(ReadOnlySpan<byte> data)
    {
        int length = data.Length;
        ulong hash;
        if (length >= 32)
        {
            ulong a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0 - Prime1);
            do
            {
                a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(data));
                b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
                c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(data[16..]));
                d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(data[24..]));
                data = data[32..];
            }
            while (data.Length >= 32);

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
                 + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else
        {
            hash = Prime5;
        }

        hash += (ulong)length;
        for (; data.Length >= 8; data = data[8..])
            hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * Prime1 + Prime4;
        if (data.Length >= 4)
        {
            hash = BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime1), 23) * Prime2 + Prime3;
            data = data[4..];
        }

        foreach (byte value in data)
            hash = BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1;

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong accumulator, ulong lane) =>
        BitOperations.RotateLeft(accumulator + lane * Prime2, 31) * Prime1;

    private static ulong Merge(ulong hash, ulong accumulator) =>
        (hash ^ Round(0, accumulator)) * Prime1 + Prime4;
}
