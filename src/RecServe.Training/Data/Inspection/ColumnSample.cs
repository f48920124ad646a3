using System.Buffers.Text;
using RecServe.Features;

namespace RecServe.Training.Data.Inspection;

/// <summary>The cells of one column in the sampled rows: a number for each different value, and what kind of text they are.</summary>
internal sealed class ColumnSample(string name)
{
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Dictionary<char, (int Cells, HashSet<ulong> Pieces)> _lists = new() { ['|'] = (0, []), [';'] = (0, []), [','] = (0, []) };

    public string Name { get; } = name;

    /// <summary>Number of the value in each row; −1 for an empty cell.</summary>
    public List<int> Values { get; } = [];

    /// <summary>The number in each row; NaN where the cell holds none.</summary>
    public List<double> Numbers { get; } = [];

    public List<string> Examples { get; } = [];

    public int Distinct => _numbers.Count;

    public int Missing { get; private set; }

    public int Present => Values.Count - Missing;

    /// <summary>Every cell that is not empty is a finite number.</summary>
    public bool IsNumeric { get; private set; } = true;

    /// <summary>Every number is whole.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Every cell that is not empty is a time: a text, or Unix seconds or milliseconds since 1973.</summary>
    public bool IsTime { get; private set; } = true;

    /// <summary>Some value begins or ends with a space.</summary>
    public bool HasOuterSpaces { get; private set; }

    public double Least { get; private set; } = double.PositiveInfinity;

    public double Most { get; private set; } = double.NegativeInfinity;

    public void Add(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            Missing++;
            Values.Add(-1);
            Numbers.Add(double.NaN);
            return;
        }

        bool isNew = _numbers.TryAdd(RowKey.Hash64(cell), _numbers.Count);
        Values.Add(_numbers[RowKey.Hash64(cell)]);
        bool isNumber = Utf8Parser.TryParse(cell, out double number, out int used) && used == cell.Length && double.IsFinite(number);
        Numbers.Add(isNumber ? number : double.NaN);
        if (isNumber)
        {
            IsWhole &= number == Math.Floor(number);
            Least = Math.Min(Least, number);
            Most = Math.Max(Most, number);
        }

        IsNumeric &= isNumber;
        IsTime = IsTime && (!isNumber || number >= 1e8) && TimeCell.TryParse(cell, out _);
        HasOuterSpaces |= cell[0] == ' ' || cell[^1] == ' ';
        foreach (char separator in _lists.Keys)
            Pieces(separator, cell, isNew);
        if (isNew && Examples.Count < 3)
            Examples.Add(BadLines.Show(cell)[1..^1]);
    }

    /// <summary>The character that separates lists in this column, or null: enough cells have it, and the pieces recur where the whole cells do not.</summary>
    public char? ListSeparator()
    {
        foreach ((char separator, (int cells, HashSet<ulong> pieces)) in _lists)
        {
            bool clear = separator == '|' ? cells * 20 >= Present && pieces.Count <= Distinct : cells * 5 >= Present && pieces.Count * 2 <= Distinct;
            if (cells > 0 && clear)
                return separator;
        }

        return null;
    }

    /// <summary>No cell is empty and no two are equal.</summary>
    public bool IsUnique => Present == Distinct && Present == Values.Count;

    private void Pieces(char separator, ReadOnlySpan<byte> cell, bool isNew)
    {
        (int cells, HashSet<ulong> pieces) = _lists[separator];
        if (cell.Contains((byte)separator))
            _lists[separator] = (cells + 1, pieces);
        if (!isNew)
            return;
        foreach (Range range in cell.Split((byte)separator))
            pieces.Add(RowKey.Hash64(cell[range]));
    }
}
