using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>
/// The rows of a package's tables as vocabularies. Where a table keeps its unknown row apart from the keyed ones, it is put among them
/// at key 1, in <see cref="Vocabularies"/> and <see cref="Rows"/> alike.
/// </summary>
public static class PackageVocabularies
{
    /// <summary>One vocabulary a table, in the order of the package's fields.</summary>
    public static IReadOnlyList<FieldVocabulary> Vocabularies(ModelPackage package) =>
        [.. package.Tables.Select(DecodedTable.Of).Select(table => UnknownAt(table) is var at && at >= 0
            ? new FieldVocabulary([.. table.Keys.AsSpan(0, at), RowKey.Unknown, .. table.Keys.AsSpan(at)])
            : new FieldVocabulary(table.Keys))];

    /// <summary>The floats of a table's rows, in the order of its vocabulary.</summary>
    public static float[] Rows(PackageTable table)
    {
        PackageTable decoded = DecodedTable.Of(table);
        return UnknownAt(decoded) is var at && at >= 0
            ? [.. decoded.Rows.AsSpan(0, at * decoded.Width), .. decoded.Unknown!, .. decoded.Rows.AsSpan(at * decoded.Width)]
            : decoded.Rows;
    }

    private static int UnknownAt(PackageTable table) =>
        table.Unknown is null ? -1 : Math.Max(-1, ~table.Keys.AsSpan().BinarySearch(RowKey.Unknown));
}
