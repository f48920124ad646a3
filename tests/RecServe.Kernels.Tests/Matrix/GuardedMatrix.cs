namespace RecServe.Kernels.Tests;

/// <summary>
/// A matrix with NaN before it, after it and between its rows: a kernel that reads outside turns sums into NaN, one that writes outside
/// leaves something other than the guard. The span ends with the last row's last element.
/// </summary>
internal sealed class GuardedMatrix
{
    private const int Guard = 37;
    private readonly float[] _memory;

    public GuardedMatrix(int rows, int columns, int gap, Random? random)
    {
        (Rows, Columns, Stride) = (rows, columns, columns + gap);
        _memory = new float[2 * Guard + rows * Stride];
        Array.Fill(_memory, float.NaN);
        for (int r = 0; random != null && r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                this[r, c] = random.NextSingle() * 2 - 1;
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    public Span<float> Span => _memory.AsSpan(Guard, Rows == 0 ? 0 : (Rows - 1) * Stride + Columns);

    public ref float this[int r, int c] => ref _memory[Guard + r * Stride + c];

    public GuardedMatrix Copy()
    {
        var copy = new GuardedMatrix(Rows, Columns, Stride - Columns, null);
        _memory.CopyTo(copy._memory.AsSpan());
        return copy;
    }

    public void AssertGuardsIntact()
    {
        for (int i = 0; i < _memory.Length; i++)
        {
            int at = i - Guard;
            bool inside = at >= 0 && at < Rows * Stride && at % Stride < Columns;
            if (!inside)
                Assert.True(float.IsNaN(_memory[i]), $"wrote outside, {at} floats from the start");
        }
    }
}
