using System.Buffers.Text;

namespace RecServe.Training.Data;

/// <summary>Reads one label of a line.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Index">Where it stands in the file.</param>
/// <param name="AtLeast">From where on the label is 1; null for a column of 0 and 1.</param>
/// <param name="Member">The schema's member that <paramref name="AtLeast"/> comes from, for complaints.</param>
/// <param name="MayBeEmpty">Whether an empty cell means that the label is not known.</param>
internal sealed record LabelCell(string Column, int Index, double? AtLeast, string Member, bool MayBeEmpty)
{
    /// <summary>The label: 0, 1, or NaN for one that is not known; else a complaint.</summary>
    public string? Read(RecordReader reader, out float label)
    {
        ReadOnlySpan<byte> cell = reader[Index];
        label = cell is [(byte)'1'] ? 1 : 0;
        if (AtLeast is null && cell is [(byte)'0' or (byte)'1'])
            return null;
        if (MayBeEmpty && cell.IsEmpty)
        {
            label = float.NaN;
            return null;
        }

        bool isNumber = Number(cell, out double number);
        if (AtLeast is { } least)
        {
            label = number >= least ? 1 : 0;
            return isNumber ? null : $"column '{Column}': {BadLines.Show(cell)} is no finite number";
        }

        label = number == 1 ? 1 : 0;
        return isNumber && number is (0 or 1) ? null
            : $"column '{Column}': {BadLines.Show(cell)} is neither 0 nor 1; a label of other numbers needs {Member} in the schema";
    }

    /// <summary>A finite number that takes the whole cell.</summary>
    public static bool Number(ReadOnlySpan<byte> cell, out double number) =>
        Utf8Parser.TryParse(cell, out number, out int used) && used == cell.Length && double.IsFinite(number);
}
