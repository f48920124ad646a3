using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Every cross layer folded, and the head too: a candidate needs its own blocks and one dot product with [x_{0,I} ; … ; x_{L,I}].</summary>
internal sealed class CompleteHeadPlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly CrossWeights<T, TWeights> _weights;
    private readonly CrossFold<T, TWeights> _fold;
    private readonly int _row;

    public CompleteHeadPlan(CrossWeights<T, TWeights> weights)
    {
        _weights = weights;
        _fold = new CrossFold<T, TWeights>(weights, weights.Depth);
        _row = RowPass.Lines(_fold.RequestLength);
    }

    public string Name => "fold";

    // β and B, the row that every [x_{0,I} ; …] is multiplied by, and the constant, which has a line of its own.
    public int RequestLength => Constant + RowPass.Lines(1);

    public int ShareScratch => _fold.StateLength + _fold.WorkLength + RowPass.Lines(_weights.Width) + RowPass.Lines(1 + _fold.ItemStride);

    public PlanWork ShareWork => _fold.ShareWork(false) + HeadFold<T, TWeights>.ShareWork(_weights)
        + PlanWork.Product(1 + ((_weights.Depth - 1) * _weights.Items), 1, _weights.Users);

    private int Constant => _row + RowPass.Lines(_fold.ItemStride);

    public int RowScratch(int rows) => rows * _fold.ItemStride;

    public PlanWork RowWork(int rows) => _fold.RowWork(rows) + PlanWork.Product(rows, 1, _fold.ItemStride);

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        int users = _weights.Users, items = _weights.Items, columns = (_weights.Depth - 1) * items;
        Span<T> state = scratch[.._fold.StateLength], work = scratch.Slice(state.Length, _fold.WorkLength);
        Span<T> coefficients = scratch.Slice(state.Length + work.Length, _weights.Width);
        Span<T> sums = scratch.Slice(state.Length + work.Length + RowPass.Lines(_weights.Width), 1 + columns);
        Span<T> row = request.Slice(_row, _fold.ItemStride), constant = request.Slice(Constant, 1);
        _fold.Share(user, through: false, request, state, work);
        HeadFold<T, TWeights>.Share(_weights, user, coefficients, constant, work);

        // (w_U + v_U)·[α , A]: the constant's share, then one number for each number of z.
        TWeights.Apply(coefficients[..users], 1, users, state, users, 1 + columns, [], Activation.None, sums, 1);
        constant[0] += sums[0];
        sums[1..].CopyTo(row);
        coefficients[users..].CopyTo(row[columns..]);
        _weights.Head.AsSpan(users).CopyTo(row[(columns + items)..]);
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y)
    {
        _fold.Apply(request, items, stride, rows, scratch);
        TWeights.Apply(request.Slice(_row, _fold.ItemStride), 1, _fold.ItemStride, scratch, _fold.ItemStride, rows, request.Slice(Constant, 1),
            Activation.None, y, 1, accumulate: true);
    }
}
