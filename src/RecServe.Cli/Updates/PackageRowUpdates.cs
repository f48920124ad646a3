using System.Runtime.InteropServices;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Kernels;
using RecServe.Stream;

namespace RecServe.Cli.Updates;

/// <summary>Makes updates that put rows back to what their package has, byte for byte; a key that the package has no row for is deleted. Pure.</summary>
internal static class PackageRowUpdates
{
    /// <summary>Bytes of rows in one message at most, before they are written as text: well below what a message may have.</summary>
    private const int MessageBytes = 256 << 10;

    private const int MessageRows = 1_000;

    /// <summary>Makes the messages. Each row's version is one above the one that it replaces: an update that has come since wins over it.</summary>
    /// <param name="rows">Rows of one table; none of the last version there is.</param>
    /// <param name="table">The table as the package has it.</param>
    /// <param name="by">Who puts them back. Their norms are not judged: what they replace may be as small as one likes.</param>
    /// <param name="now">Time of the updates, milliseconds since 1970 UTC.</param>
    public static IEnumerable<RowUpdate> PutBack(IEnumerable<ProducedRow> rows, PackageTable table, string by, long now)
    {
        foreach (var precision in rows.Select(row => (Row: row, Delta: Delta(row, table))).GroupBy(row => row.Delta.Encoded.IsEmpty ? RowPrecision.Fp32 : row.Delta.Precision))
        {
            int most = Math.Clamp(MessageBytes / RowCodec.RowBytes(precision.Key, table.Width), 1, MessageRows);
            foreach ((ProducedRow Row, RowDelta Delta)[] chunk in precision.Chunk(most))
                yield return new RowUpdate(chunk[0].Row.Lineage, table.Name, by, now, [.. chunk.Select(row => row.Delta)], []) { ReleasedBy = by };
        }
    }

    private static RowDelta Delta(ProducedRow row, PackageTable table)
    {
        ulong version = row.Version + 1;
        if (Array.BinarySearch(table.Keys, row.Key) is >= 0 and var at)
            return RowDelta.OfEncoded(row.Key, version, RowPrecision.Fp32, MemoryMarshal.AsBytes(table.Rows.AsSpan(at * table.Width, table.Width)).ToArray());
        foreach (PackageRowSet set in table.Quantized)
        {
            int rowBytes = set.Format.RowBytes(table.Width);
            if (Array.BinarySearch(set.Keys, row.Key) is >= 0 and var place)
                return RowDelta.OfEncoded(row.Key, version, RowPrecisionNames.Parse(set.Format.Name), set.Rows.AsMemory(place * rowBytes, rowBytes));
        }

        return RowDelta.Deletion(row.Key, version);
    }
}
