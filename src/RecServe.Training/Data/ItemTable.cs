using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>The schema's items file, encoded: one row an item, one column for each item field that the file has.</summary>
internal sealed class ItemTable
{
    private readonly IdIndex _ids = new();
    private readonly EntryColumn?[] _columns;

    private ItemTable(string path, EntryColumn?[] columns) => (Path, _columns) = (path, columns);

    public string Path { get; }

    /// <summary>Number of items.</summary>
    public int Count => _ids.Count;

    /// <summary>Item of a row.</summary>
    public ReadOnlySpan<byte> IdOf(int row) => _ids[row];

    /// <summary>Row of an item, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id) => _ids.Find(id);

    /// <summary>Encoded values of a field, or null where the file has no such column.</summary>
    public EntryColumn? this[int field] => _columns[field];

    /// <summary>Reads the whole file. Its columns' keys are numbered together with those of <paramref name="samples"/>.</summary>
    /// <exception cref="DataFileException">It lacks its key column.</exception>
    public static ItemTable Read(RecordReader reader, DataSchema schema, SampleLog samples, CancellationToken cancellation)
    {
        int key = reader.IndexOf(schema.ItemsKey!);
        if (key < 0)
            throw new DataFileException(MissingColumn.WrongDelimiter(reader, schema.Delimiter) ?? MissingColumn.Message(reader, schema.ItemsKey!, " (items.key)"));
        var cells = new List<FieldCell>();
        var table = new ItemTable(reader.Path, new EntryColumn?[samples.Fields.Count]);
        for (int field = 0; field < samples.Fields.Count; field++)
        {
            int column = reader.IndexOf(samples.Fields[field].Name);
            // The id field is the key itself, whatever a column of its name holds; without one it stays with the samples.
            if (samples.Fields[field].Side != FieldSide.Item || column < 0 || samples.Fields[field].Name == schema.Item || samples.Fields[field].From is not null)
                continue;
            cells.Add(new FieldCell(samples.Fields[field], column));
            table._columns[field] = new EntryColumn(samples.Columns[field].Keys);
        }

        EntryColumn[] columns = [.. table._columns.OfType<EntryColumn>()];
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> id = reader[key];
            string? problem = id.IsEmpty ? $"column '{schema.ItemsKey}': is empty"
                : table.Find(id) >= 0 ? $"column '{schema.ItemsKey}': {BadLines.Show(id)} stands twice in the file"
                : null;
            for (int i = 0; i < cells.Count && problem is null; i++)
                problem = cells[i].Encode(reader);
            if (problem is not null)
            {
                reader.Bad.Add(reader.Path, reader.Line, problem);
                continue;
            }

            table._ids.NumberOf(id);
            for (int i = 0; i < columns.Length; i++)
                columns[i].Append(cells[i].Encoded);
        }

        return table;
    }
}
