using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Builds the catalogs of known items and users from the samples read.</summary>
internal static class CatalogBuilder
{
    /// <summary>Every item of the items file, then those that only the samples have. Values are those of the items file, else of the item's last sample.</summary>
    public static EntityCatalog Items(SampleLog log, ItemTable? table, IReadOnlyList<FieldRows> rows, DataSchema schema)
    {
        var ids = new IdIndex();
        for (int row = 0; row < (table?.Count ?? 0); row++)
            ids.NumberOf(table!.IdOf(row));
        for (int item = 0; item < log.ItemIds.Count; item++)
            ids.NumberOf(log.ItemIds[item]);

        var last = new int[log.ItemIds.Count];
        for (int sample = 0; sample < log.Count; sample++)
        {
            if (log.Items[sample] >= 0)
                last[log.Items[sample]] = sample;
        }

        return Build(ids, log, rows, FieldSide.Item, (field, id, writer) =>
        {
            int row = table?.Find(id) ?? -1, item = log.ItemIds.Find(id);
            if (log.Fields[field].Name == schema.Item)
                writer.Add(rows[field].Encoder.KeyOf(id), 1f);
            else if (table?[field] is { } stored)
                Copy(stored, row, rows[field].Encoder, writer);
            else
                Copy(log.Columns[field], item < 0 ? -1 : last[item], rows[field].Encoder, writer);
        });
    }

    /// <summary>Every user of the training samples with the values of the latest of them; null where users have no field beside their id.</summary>
    public static EntityCatalog? Users(SampleLog log, int[] train, IReadOnlyList<FieldRows> rows, DataSchema schema)
    {
        if (!log.Fields.Any(field => field.Side == FieldSide.User && field.Name != schema.User && field.From is null))
            return null;
        var ids = new IdIndex();
        var last = new List<int>();
        foreach (int sample in train)
        {
            ReadOnlySpan<byte> id = log.UserIds[log.Users[sample]];
            if (id.IsEmpty)
                continue;
            int user = ids.NumberOf(id);
            if (user == last.Count)
                last.Add(sample);
            else if (log.Times.Count == 0 || log.Times[sample] >= log.Times[last[user]])
                last[user] = sample;
        }

        return Build(ids, log, rows, FieldSide.User, (field, id, writer) =>
            Copy(log.Columns[field], last[ids.Find(id)], rows[field].Encoder, writer));
    }

    private delegate void Fill(int field, ReadOnlySpan<byte> id, FeatureColumn writer);

    private static EntityCatalog Build(IdIndex ids, SampleLog log, IReadOnlyList<FieldRows> rows, FieldSide side, Fill fill)
    {
        var offsets = new int[ids.Count + 1];
        for (int row = 0; row < ids.Count; row++)
            offsets[row + 1] = offsets[row] + ids[row].Length;
        var text = new byte[offsets[^1]];
        for (int row = 0; row < ids.Count; row++)
            ids[row].CopyTo(text.AsSpan(offsets[row]));

        var columns = new List<EntityColumn>();
        for (int field = 0; field < rows.Count; field++)
        {
            // What is computed from events changes with them: a stored value would be an old one.
            if (log.Fields[field].Side == side && log.Fields[field].From is null)
                columns.Add(Column(ids, field, fill));
        }

        return new EntityCatalog(text, offsets, columns);
    }

    private static EntityColumn Column(IdIndex ids, int field, Fill fill)
    {
        var keys = new List<ulong>(ids.Count);
        var weights = new List<float>(ids.Count);
        var offsets = new int[ids.Count + 1];
        var writer = new FeatureColumn();
        for (int row = 0; row < ids.Count; row++)
        {
            writer.Clear();
            fill(field, ids[row], writer);
            keys.AddRange(writer.Keys);
            weights.AddRange(writer.Weights);
            offsets[row + 1] = keys.Count;
        }

        return new EntityColumn(field, [.. keys], [.. weights], offsets);
    }

    // A missing value is stored as no entry at all.
    private static void Copy(EntryColumn column, int sample, FieldEncoder encoder, FeatureColumn writer)
    {
        if (sample < 0)
            return;
        ReadOnlySpan<int> numbers = column.NumbersOf(sample);
        ReadOnlySpan<float> weights = column.WeightsOf(sample);
        for (int i = 0; i < numbers.Length; i++)
        {
            ulong key = column.Keys.Keys[numbers[i]];
            if (key != RowKey.Missing)
                writer.Add(key, DatasetBuilder.Weight(encoder, key, weights.IsEmpty ? 1f : weights[i]));
        }
    }
}
