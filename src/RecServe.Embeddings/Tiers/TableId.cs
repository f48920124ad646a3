using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RecServe.Embeddings;

/// <summary>
/// Identity of a table's content in every tier: the first 64 bits of SHA-256 over the package's lineage and the checksum of the table's file. Replicas of one
/// package, and versions of one lineage whose table did not change, share rows; others never meet, so an update of one lineage cannot reach another.
/// </summary>
/// <param name="Value">The bits.</param>
public readonly record struct TableId(ulong Value)
{
    /// <summary>The identity of a table.</summary>
    /// <param name="lineage">Lineage of its package.</param>
    /// <param name="sha256">Checksum of its file, 64 lower-case hexadecimal digits.</param>
    public static TableId Of(string lineage, string sha256) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{lineage}\n{sha256}"))));

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16");
}
