using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RecServe.Features;

/// <summary>Identity of an event in a fixed size: the first 128 bits of the SHA-256 of its id, so that no two ids meet, chosen ones included.</summary>
public static class EventKey
{
    /// <summary>Key of an event's id in UTF-8.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
