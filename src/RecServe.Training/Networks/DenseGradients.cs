using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>One dense gradient a row block, added up in block order at the end of a step.</summary>
internal sealed class DenseGradients
{
    private const int Chunk = 8192;
    private readonly ParameterStore _parameters;
    private readonly float[][] _blocks;
    private readonly int _count;
    private readonly Action<int> _reduce;
    private int _used;

    public DenseGradients(ParameterStore parameters, int blocks)
    {
        _parameters = parameters;
        _count = parameters.Count - parameters.TablesEnd;
        _blocks = new float[blocks][];
        for (int i = 0; i < blocks; i++)
            _blocks[i] = new float[_count];
        _reduce = Reduce;
    }

    /// <summary>A block's gradient of a tensor; what it holds is left from the last step, so it is written before it is added to.</summary>
    public Span<float> Of(int block, ParameterRange range) => _blocks[block].AsSpan(range.Offset - _parameters.TablesEnd, range.Length);

    /// <summary>Writes the sum of the first <paramref name="used"/> blocks into the parameters' gradient.</summary>
    public void Sum(ThreadTeam team, int used)
    {
        _used = used;
        team.Run((_count + Chunk - 1) / Chunk, _reduce);
    }

    private void Reduce(int task)
    {
        int start = task * Chunk, length = Math.Min(Chunk, _count - start);
        Span<float> sum = _parameters.Gradients.AsSpan(_parameters.TablesEnd + start, length);
        _blocks[0].AsSpan(start, length).CopyTo(sum);
        for (int i = 1; i < _used; i++)
            RowMath.Add(_blocks[i].AsSpan(start, length), sum);
    }
}
