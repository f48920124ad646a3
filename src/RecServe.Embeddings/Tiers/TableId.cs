using System.Buffers.Binary;

namespace RecServe.Embeddings;

/// <summary>
/// Identity of a table's content in every tier: the first 64 bits of the SHA-256 of its file in the package. Replicas of one package, and versions of a
/// model whose table did not change, share rows; different contents never meet.
/// </summary>
/// <param name="Value">The bits.</param>
public readonly record struct TableId(ulong Value)
{
    /// <summary>The identity of a table whose file has this checksum, 64 hexadecimal digits.</summary>
    public static TableId Of(string sha256) => new(BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(sha256.AsSpan(0, 16))));

    /// <summary>16 lower-case hexadecimal digits: the beginning of the checksum.</summary>
    public override string ToString() => Value.ToString("x16");
}
