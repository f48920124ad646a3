using System.Buffers.Text;

namespace RecServe.Training.Data.Inspection;

/// <summary>What the first bytes of a delimited file show: its delimiter, and whether its first line names the columns.</summary>
/// <param name="Delimiter">The separator that gives every line the same number of columns, the most where several do.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Header">Whether the first line has names: no cell of it is empty but the first, and none is a number.</param>
internal sealed record FileShape(char Delimiter, int Columns, bool Header)
{
    private const int Looked = 1 << 16, Lines = 50;

    /// <exception cref="DataFileException">The file has one column, whatever the delimiter.</exception>
    public static FileShape Of(string path)
    {
        FileShape? best = null;
        foreach (char delimiter in (ReadOnlySpan<char>)[',', '\t', ';', '|'])
        {
            if (Try(path, delimiter) is { } shape && shape.Columns > (best?.Columns ?? 1))
                best = shape;
        }

        return best ?? throw new DataFileException(
            $"{path}: no delimiter among comma, tab, semicolon and | gives its lines the same number of columns, more than one");
    }

    private static FileShape? Try(string path, char delimiter)
    {
        using DataFile file = DataFile.Open(path, null);
        var records = new RecordBuffer(file, Looked, (byte)delimiter);
        int columns = 0;
        bool header = false;
        for (int line = 0; line < Lines && records.Read(); line++)
        {
            if (records.Problem is not null)
                return null;
            (int count, bool names) = Look(records.Record, (byte)delimiter);
            if (line == 0)
                (columns, header) = (count, names);
            else if (count != columns)
                return null;
        }

        return columns == 0 ? throw new DataFileException($"{path}: has no lines") : new FileShape(delimiter, columns, header);
    }

    private static (int Columns, bool Names) Look(ReadOnlySpan<byte> record, byte delimiter)
    {
        int columns = 1, start = 0;
        bool quoted = false, names = true;
        for (int i = 0; i <= record.Length; i++)
        {
            if (i < record.Length && record[i] == '"' && (quoted || i == start))
                quoted = !quoted;
            if (i < record.Length && (quoted || record[i] != delimiter))
                continue;
            ReadOnlySpan<byte> cell = record[start..i].Trim((byte)'"');
            // pandas writes its row numbers under an empty name.
            names &= cell.IsEmpty ? columns == 1 : !(Utf8Parser.TryParse(cell, out double _, out int used) && used == cell.Length);
            if (i < record.Length)
                columns++;
            start = i + 1;
        }

        return (columns, names);
    }
}
