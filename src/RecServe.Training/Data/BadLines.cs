using System.Text;

namespace RecServe.Training.Data;

/// <summary>Collects lines that cannot be used, so that one run reports many of them.</summary>
/// <param name="allowed">Bad lines that do not fail the run.</param>
internal sealed class BadLines(int allowed)
{
    /// <summary>Lines that are listed; the rest are counted.</summary>
    public const int Listed = 20;

    private readonly List<string> _lines = [];

    /// <summary>Bad lines met so far.</summary>
    public long Count { get; private set; }

    public void Add(string file, long line, string reason)
    {
        Count++;
        if (_lines.Count < Listed)
            _lines.Add($"{file}:{line}: {reason}");
    }

    /// <summary>Fails where there were more than allowed.</summary>
    public void Check()
    {
        if (Count <= allowed)
            return;
        string more = Count > _lines.Count ? $"\n… and {Count - _lines.Count:N0} more" : "";
        string limit = allowed > 0 ? $"; {allowed:N0} are allowed" : "";
        throw new DataFileException(Count == 1 && limit.Length == 0
            ? _lines[0]
            : $"{Count:N0} bad line{(Count == 1 ? "" : "s")}{limit}:\n{string.Join('\n', _lines)}{more}");
    }

    /// <summary>A cell for a message: at most 40 characters, control characters shown as dots.</summary>
    public static string Show(ReadOnlySpan<byte> cell)
    {
        string text = Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, 160)]);
        text = new string([.. text.Take(41).Select(c => char.IsControl(c) ? '·' : c)]);
        return text.Length > 40 ? $"'{text[..40]}…'" : $"'{text}'";
    }
}
