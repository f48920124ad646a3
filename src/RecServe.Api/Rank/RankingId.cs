using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RecServe.Api.Rank;

/// <summary>
/// Identity of one answer: 48 bits of Unix milliseconds, then 80 random bits, as 26 characters of Crockford's base 32, so that ids sort by
/// time (the ULID layout, github.com/ulid/spec).
/// </summary>
/// <param name="Value">The 128 bits.</param>
internal readonly record struct RankingId(UInt128 Value)
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 26;

    private static ReadOnlySpan<byte> Alphabet => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8;

    /// <summary>When the answer was given, Unix milliseconds.</summary>
    public long Time => (long)(ulong)(Value >> 80);

    /// <summary>Makes an id.</summary>
    public static RankingId New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random[6..]);
        UInt128 low = BinaryPrimitives.ReadUInt128BigEndian(random);
        return new RankingId(((UInt128)(ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 80) | low);
    }

    /// <summary>Writes the 26 characters.</summary>
    public void Format(Span<byte> utf8)
    {
        UInt128 rest = Value;
        for (int i = Length - 1; i >= 0; i--)
        {
            utf8[i] = Alphabet[(int)(rest & 31)];
            rest >>= 5;
        }
    }

    /// <summary>Reads an id as <see cref="Format"/> writes it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RankingId id)
    {
        id = default;
        if (text.Length != Length || text[0] > '7')
            return false;
        UInt128 value = 0;
        foreach (char c in text)
        {
            int digit = c < 128 ? Alphabet.IndexOf((byte)c) : -1;
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }

        id = new RankingId(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[Length];
        Format(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
