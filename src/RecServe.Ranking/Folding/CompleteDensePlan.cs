using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Every cross layer folded, and the dense layer over the last: max(0, (b + W_U·α_L) + (W_U·A_L)·z_L + W_I·x_{L,I}). Its matrix W_U·A_L makes the
/// request dear, so that it pays for many candidates or when the request's part is kept.
/// </summary>
internal sealed class CompleteDensePlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly CrossWeights<T, TWeights> _weights;
    private readonly DenseOverCross<T, TWeights> _dense;
    private readonly CrossFold<T, TWeights> _fold;
    private readonly int _columns;

    public CompleteDensePlan(CrossWeights<T, TWeights> weights)
    {
        _weights = weights;
        _dense = weights.Dense!;
        _fold = new CrossFold<T, TWeights>(weights, weights.Depth);
        _columns = weights.Depth * weights.Items;
    }

    public string Name => "fold";

    public int RequestLength => Panels + RowPass.Lines(TWeights.PanelLength(_dense.Outputs, _columns));

    public int ShareScratch => _fold.StateLength + Math.Max(_fold.WorkLength, RowPass.Lines(_columns * _dense.Outputs));

    public PlanWork ShareWork => _fold.ShareWork(true) + PlanWork.Product(1, _dense.Outputs, _weights.Users)
        + PlanWork.Product(_columns, _dense.Outputs, _weights.Users) + PlanWork.Moved((long)_columns * _dense.Outputs);

    private int Panels => _fold.RequestLength + RowPass.Lines(_dense.Outputs);

    public int RowScratch(int rows) => rows * _fold.ItemStride;

    public PlanWork RowWork(int rows) => _fold.RowWork(rows) + PlanWork.Product(rows, _dense.Outputs, _columns)
        + PlanWork.Product(rows, _dense.Outputs, _weights.Items);

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        int users = _weights.Users;
        Span<T> state = scratch[.._fold.StateLength], work = scratch[state.Length..];
        _fold.Share(user, through: true, request, state, work);
        _dense.OfUser.Apply(state, users, 1, _dense.Bias, Activation.None, request[_fold.RequestLength..], _dense.Outputs);
        _dense.OfUser.Apply(state[users..], users, _columns, [], Activation.None, work, _dense.Outputs);
        TWeights.PackPanels(work, _dense.Outputs, _dense.Outputs, _columns, request[Panels..]);
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y)
    {
        _fold.Apply(request, items, stride, rows, scratch);
        TWeights.Apply(request[Panels..], _dense.Outputs, _columns, scratch, _fold.ItemStride, rows, request.Slice(_fold.RequestLength, _dense.Outputs),
            Activation.None, y, _dense.Outputs);
        _dense.OfItem.Apply(scratch[_columns..], _fold.ItemStride, rows, [], Activation.Relu, y, _dense.Outputs, accumulate: true);
    }
}
