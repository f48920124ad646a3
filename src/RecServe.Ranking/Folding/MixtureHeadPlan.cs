using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Every layer of low-rank experts folded, and the head w too: w·x_L = w_U·α_L + (w_U·A_L)·z_L + w_I·x_{L,I}, one dot product a candidate.</summary>
internal sealed class MixtureHeadPlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly MixtureWeights<T, TWeights> _weights;
    private readonly MixtureFold<T, TWeights> _fold;
    private readonly int _row;

    public MixtureHeadPlan(MixtureWeights<T, TWeights> weights)
    {
        _weights = weights;
        _fold = new MixtureFold<T, TWeights>(weights, weights.Depth);
        _row = RowPass.Lines(_fold.RequestLength);
    }

    public string Name => "fold";

    // What the fold needs, the row that every [z ; x_I] is multiplied by, and the constant, which has a line of its own.
    public int RequestLength => Constant + RowPass.Lines(1);

    public int ShareScratch => _fold.StateLength + Math.Max(_fold.WorkLength, RowPass.Lines(1 + _fold.Columns));

    public PlanWork ShareWork => _fold.ShareWork(true) + PlanWork.Product(1 + _fold.Columns, 1, _weights.Users);

    private int Constant => _row + RowPass.Lines(_fold.ItemStride);

    public int RowScratch(int rows) => _fold.RowLength(rows);

    public PlanWork RowWork(int rows) => _fold.RowWork(rows) + PlanWork.Product(rows, 1, _fold.ItemStride);

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        int users = _weights.Users, columns = _fold.Columns;
        Span<T> state = scratch[.._fold.StateLength], work = scratch[state.Length..];
        _fold.Share(user, through: true, request, state, work);
        TWeights.Apply(_weights.Head.AsSpan(0, users), 1, users, state, users, 1 + columns, [], Activation.None, work, 1);
        request[Constant] = work[0];
        work.Slice(1, columns).CopyTo(request[_row..]);
        _weights.Head.AsSpan(users).CopyTo(request[(_row + columns)..]);
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y)
    {
        _fold.Apply(request, items, stride, rows, scratch);
        TWeights.Apply(request.Slice(_row, _fold.ItemStride), 1, _fold.ItemStride, scratch, _fold.ItemStride, rows, request.Slice(Constant, 1),
            Activation.None, y, 1, accumulate: true);
    }
}
