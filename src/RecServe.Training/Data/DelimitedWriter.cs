using System.Buffers.Text;
using System.Text;

namespace RecServe.Training.Data;

/// <summary>Writes lines of delimited text, quoted as in RFC 4180 where a cell needs it. Not thread-safe.</summary>
/// <param name="target">Takes the bytes; the caller's.</param>
/// <param name="delimiter">Between cells; below U+0080.</param>
public sealed class DelimitedWriter(Stream target, char delimiter)
{
    private readonly byte[] _special = [(byte)delimiter, (byte)'"', (byte)'\r', (byte)'\n'];
    private readonly byte[] _number = new byte[64];
    private bool _begun;

    /// <summary>Writes a cell of text.</summary>
    public void Cell(ReadOnlySpan<byte> text)
    {
        if (_begun)
            target.WriteByte((byte)delimiter);
        _begun = true;
        if (!text.ContainsAny(_special))
        {
            target.Write(text);
            return;
        }

        target.WriteByte((byte)'"');
        foreach (byte one in text)
        {
            if (one == '"')
                target.WriteByte(one);
            target.WriteByte(one);
        }

        target.WriteByte((byte)'"');
    }

    /// <summary>Writes a cell of text.</summary>
    public void Cell(string text) => Cell(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a number in the shortest text that reads back as the same number; NaN as an empty cell.</summary>
    public void Cell(double number)
    {
        int length = 0;
        if (!double.IsNaN(number))
            Utf8Formatter.TryFormat(number, _number, out length);
        Cell(_number.AsSpan(0, length));
    }

    /// <summary>Ends the line.</summary>
    public void EndLine()
    {
        target.WriteByte((byte)'\n');
        _begun = false;
    }
}
