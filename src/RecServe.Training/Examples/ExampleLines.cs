using RecServe.Features;
using RecServe.Training.Data;

namespace RecServe.Training.Examples;

/// <summary>Writes the examples: the lines of the file that they come from, with labels and features added.</summary>
/// <param name="schema">The schema.</param>
/// <param name="derived">The fields that are computed.</param>
/// <param name="isSamples">Whether the file has the labels' columns itself.</param>
/// <param name="features">What was computed.</param>
/// <param name="ids">Ids of items by their hashes, for lists.</param>
internal sealed class ExampleLines(DataSchema schema, IReadOnlyList<FieldSchema> derived, bool isSamples, ExampleFeatures features, IdIndex ids)
{
    private readonly string[] _labels = schema.Tasks.Count == 0 ? [schema.LabelColumn] : [.. schema.Tasks.Select(task => task.Column)];

    /// <summary>Writes the file; it is there whole or not at all.</summary>
    public void Write(RecordReader reader, IReadOnlyList<Example> examples, string output, CancellationToken cancellation)
    {
        string[] added = [.. isSamples ? [] : _labels, .. derived.Select(field => field.Name)];
        if (added.FirstOrDefault(reader.Columns.Contains) is { } twice)
            throw new DataFileException($"{reader.Path}: has a column '{twice}' already, which is to be computed");
        string partial = output + ".partial";
        try
        {
            using (var target = new BufferedStream(new FileStream(partial, FileMode.Create), 1 << 16))
            {
                var writer = new DelimitedWriter(target, schema.Delimiter);
                foreach (string column in (string[])[.. reader.Columns, .. added])
                    writer.Cell(column);
                writer.EndLine();
                int line = -1;
                for (int example = 0; example < examples.Count; example++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    for (; line < examples[example].Line; line++)
                        reader.Read();
                    WriteLine(writer, reader, example, examples[example].Labels);
                }
            }

            File.Move(partial, output);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private void WriteLine(DelimitedWriter writer, RecordReader reader, int example, uint labels)
    {
        for (int column = 0; column < reader.Columns.Count; column++)
            writer.Cell(reader[column]);
        for (int label = 0; label < (isSamples ? 0 : _labels.Length); label++)
            writer.Cell(labels >> label & 1);
        for (int field = 0; field < derived.Count; field++)
        {
            if (derived[field].From!.IsList)
                writer.Cell(List(derived[field], features.Items(field, example)));
            else
                writer.Cell(features.Number(field, example));
        }

        writer.EndLine();
    }

    private byte[] List(FieldSchema field, ReadOnlySpan<ulong> items)
    {
        var text = new List<byte>();
        byte[] separator = System.Text.Encoding.UTF8.GetBytes(field.Separator.ToString());
        foreach (ulong item in items)
        {
            ReadOnlySpan<byte> id = ids.TextOf(item);
            if (id.IndexOf(separator) >= 0)
                throw new DataFileException($"item {BadLines.Show(id)} has the separator '{field.Separator}' of field '{field.Name}' in its id; choose another separator");
            if (text.Count > 0)
                text.AddRange(separator);
            text.AddRange(id);
        }

        return [.. text];
    }
}
