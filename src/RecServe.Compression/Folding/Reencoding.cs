using RecServe.Artifacts;
using RecServe.Training.Data;

namespace RecServe.Compression.Folding;

/// <summary>Samples encoded for one package, encoded for a package made of it: fewer fields, fewer keys.</summary>
public static class Reencoding
{
    /// <summary>Gives every entry the row that its key has in <paramref name="after"/>.</summary>
    /// <param name="data">Unbound samples of <paramref name="before"/>.</param>
    /// <param name="before">The package that they were encoded for.</param>
    /// <param name="after">A package with some of its fields and keys.</param>
    public static Dataset Of(Dataset data, ModelPackage before, ModelPackage after)
    {
        IReadOnlyList<FieldVocabulary> old = PackageVocabularies.Vocabularies(before), now = PackageVocabularies.Vocabularies(after);
        Dictionary<string, int> places = before.Fields.Select((field, f) => (field.Name, f)).ToDictionary(entry => entry.Name, entry => entry.f);
        return data with
        {
            Columns = [.. after.Fields.Select((field, f) =>
            {
                DatasetColumn column = data.Columns[places[field.Name]];
                ulong[] keys = old[places[field.Name]].Keys;

                // A field that was emptied has become one entry of weight 1 that reads the default row, whatever its value.
                if (after.Tables[f].RowCount == 0 && keys.Length > 0)
                    return new DatasetColumn([.. Enumerable.Repeat(-1, data.Samples)], null, null);
                int[] rows = [.. keys.Select(now[f].RowOf)];
                return column with { Rows = Array.ConvertAll(column.Rows, row => row < 0 ? -1 : rows[row]) };
            })],
        };
    }
}
