using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Every cross layer folded, of either kind, and the dense layer over the last: max(0, (b + W_U·α_L) + (W_U·A_L)·z_L + W_I·x_{L,I}). Its matrix W_U·A_L makes the
/// request dear, so that it pays for many candidates or when the request's part is kept.
/// </summary>
internal sealed class CompleteDensePlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly DenseOverCross<T, TWeights> _dense;
    private readonly ICrossFold<T> _fold;
    private readonly int _columns, _users;

    /// <param name="fold">Every layer folded.</param>
    /// <param name="dense">The layer over the last.</param>
    public CompleteDensePlan(ICrossFold<T> fold, DenseOverCross<T, TWeights> dense) => (_fold, _dense, _columns, _users) = (fold, dense, fold.Columns, dense.OfUser.Inputs);

    public string Name => "fold";

    public int RequestLength => Panels + RowPass.Lines(TWeights.PanelLength(_dense.Outputs, _columns));

    public int ShareScratch => _fold.StateLength + Math.Max(_fold.WorkLength, RowPass.Lines(_columns * _dense.Outputs));

    public PlanWork ShareWork => _fold.ShareWork(true) + PlanWork.Product(1, _dense.Outputs, _users)
        + PlanWork.Product(_columns, _dense.Outputs, _users) + PlanWork.Moved((long)_columns * _dense.Outputs);

    private int Panels => _fold.RequestLength + RowPass.Lines(_dense.Outputs);

    public int RowScratch(int rows) => _fold.RowLength(rows);

    public PlanWork RowWork(int rows) => _fold.RowWork(rows) + PlanWork.Product(rows, _dense.Outputs, _columns)
        + PlanWork.Product(rows, _dense.Outputs, _dense.OfItem.Inputs);

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        Span<T> state = scratch[.._fold.StateLength], work = scratch[state.Length..];
        _fold.Share(user, through: true, request, state, work);
        _dense.OfUser.Apply(state, _users, 1, _dense.Bias, Activation.None, request[_fold.RequestLength..], _dense.Outputs);
        _dense.OfUser.Apply(state[_users..], _users, _columns, [], Activation.None, work, _dense.Outputs);
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
