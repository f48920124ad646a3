using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>The product: a <see cref="CachedTable"/> asked for a key at a time, to which what it misses is offered as by the tiers below.</summary>
internal sealed class ShippedPolicy(int capacity, ulong seed) : IEvictionPolicy
{
    private readonly CachedTable _table = new(new CachedTableOptions
    {
        Dim = 1,
        Precision = RowPrecision.Fp32,
        // Twice the room, so that the number of rows is the limit, as for the others.
        Budget = Math.Max(CachedTableOptions.LeastBudget, 2 * CachedTable.BudgetFor(capacity, RowPrecision.Fp32, 1)),
        MostRows = capacity,
        Seed = seed,
    });

    private readonly byte[] _row = new byte[sizeof(float)];
    private readonly float[] _value = new float[1];

    public bool Access(int key)
    {
        ulong id = (ulong)key;
        if (_table.Gather(new ReadOnlySpan<ulong>(in id), _value) == 1)
            return true;
        _table.Promote(id, 1, RowPrecision.Fp32, _row, _table.Stamp(id));
        return false;
    }

    public void Dispose() => _table.Dispose();
}
