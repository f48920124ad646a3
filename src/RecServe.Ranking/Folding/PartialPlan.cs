using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The first layers folded, then x unfolded by x_U = α + A·z and the other layers as they are. With one folded layer this is the user's part
/// of the first layer made once a request. Under a head the last layer is made for the item's rows only (<see cref="HeadFold{T, TWeights}"/>).
/// </summary>
internal sealed class PartialPlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly CrossWeights<T, TWeights> _weights;
    private readonly CrossFold<T, TWeights> _fold;
    private readonly int _columns;

    /// <param name="weights">The network.</param>
    /// <param name="depth">Folded layers: 1 to the number of layers, under a head one less.</param>
    public PartialPlan(CrossWeights<T, TWeights> weights, int depth)
    {
        _weights = weights;
        _fold = new CrossFold<T, TWeights>(weights, depth);
        _columns = depth * weights.Items;
    }

    public string Name => _weights.Dense is null ? $"item-rows-{_fold.Depth}" : $"user-once-{_fold.Depth}";

    // β and B, α, A packed, under a head its coefficients and constant.
    public int RequestLength => Coefficients + (_weights.Dense is null ? RowPass.Lines(_weights.Width) + RowPass.Lines(1) : 0);

    public int ShareScratch => _fold.StateLength + _fold.WorkLength;

    public PlanWork ShareWork => _fold.ShareWork(true) + PlanWork.Moved((long)_columns * _weights.Users)
        + (_weights.Dense is null ? HeadFold<T, TWeights>.ShareWork(_weights) : default);

    private int Width => _weights.Width;

    private int Panels => _fold.RequestLength + RowPass.Lines(_weights.Users);

    private int Coefficients => Panels + RowPass.Lines(TWeights.PanelLength(_weights.Users, _columns));

    private int Whole => _weights.Depth - (_weights.Dense is null ? 1 : 0);

    // z, then x₀, x and W·x + b.
    public int RowScratch(int rows) => RowPass.Lines(rows * _fold.ItemStride) + (3 * RowPass.Lines(rows * Width));

    public PlanWork RowWork(int rows)
    {
        PlanWork work = _fold.RowWork(rows) + PlanWork.Product(rows, _weights.Users, _columns) + PlanWork.Moved(2L * rows * Width);
        for (int l = _fold.Depth; l < Whole; l++)
            work += PlanWork.Product(rows, Width, Width) + PlanWork.Moved((long)rows * Width);
        if (_weights.Dense is { } dense)
            return work + PlanWork.Product(rows, dense.Outputs, Width);
        return work + PlanWork.Product(rows, _weights.Items, _weights.Users) + PlanWork.Product(rows, _weights.Items, _weights.Items)
            + PlanWork.Product(rows, 1, Width + _weights.Items);
    }

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        int users = _weights.Users;
        Span<T> state = scratch[.._fold.StateLength], work = scratch.Slice(state.Length, _fold.WorkLength);
        _fold.Share(user, through: true, request, state, work);
        state[..users].CopyTo(request[_fold.RequestLength..]);

        // A turned has the users' numbers of one z after another: the columns that a layer of U outputs is packed from.
        TWeights.PackPanels(state[users..], users, users, _columns, request[Panels..]);
        if (_weights.Dense is null)
            HeadFold<T, TWeights>.Share(_weights, user, request.Slice(Coefficients, Width), request[(Coefficients + RowPass.Lines(Width))..], work);
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y)
    {
        int area = RowPass.Lines(rows * Width);
        Span<T> z = scratch[..RowPass.Lines(rows * _fold.ItemStride)], x0 = scratch.Slice(z.Length, area);
        Span<T> x = scratch.Slice(z.Length + area, area), product = scratch.Slice(z.Length + (2 * area), area);
        _fold.Apply(request, items, stride, rows, z);
        CrossRows.Join(user[.._weights.Users], 0, items, stride, _weights.Items, rows, x0);
        Unfold(request, z, rows, x);
        for (int l = _fold.Depth; l < Whole; l++)
            CrossRows.Layer(_weights.Layers[l], rows, Width, x0, x, product);
        if (_weights.Dense is { } dense)
            dense.Whole.Apply(x, Width, rows, dense.Bias, Activation.Relu, y, dense.Outputs);
        else
            Head(request, rows, x0, x, product, y);
    }

    private void Unfold(ReadOnlySpan<T> request, ReadOnlySpan<T> z, int rows, Span<T> x)
    {
        int users = _weights.Users, items = _weights.Items;
        TWeights.Apply(request[Panels..], users, _columns, z, _fold.ItemStride, rows, request.Slice(_fold.RequestLength, users), Activation.None, x, Width);
        for (int r = 0; r < rows; r++)
            z.Slice((r * _fold.ItemStride) + _columns, items).CopyTo(x[((r * Width) + users)..]);
    }

    private void Head(ReadOnlySpan<T> request, int rows, ReadOnlySpan<T> x0, ReadOnlySpan<T> x, Span<T> last, Span<T> y)
    {
        int users = _weights.Users, items = _weights.Items;
        CrossLayerWeights<T, TWeights> layer = _weights.Layers[^1];
        layer.ItemOfUser.Apply(x, Width, rows, layer.Bias.AsSpan(users), Activation.None, last, items);
        layer.ItemOfItem.Apply(x[Math.Min(users, x.Length)..], Width, rows, [], Activation.None, last, items, accumulate: true);
        for (int r = 0; r < rows; r++)
            CrossLayer.Close<T>(x0.Slice((r * Width) + users, items), x.Slice((r * Width) + users, items), last.Slice(r * items, items));
        TWeights.Apply(request.Slice(Coefficients, Width), 1, Width, x, Width, rows, request.Slice(Coefficients + RowPass.Lines(Width), 1),
            Activation.None, y, 1, accumulate: true);
        TWeights.Apply(_weights.Head.AsSpan(users), 1, items, last, items, rows, [], Activation.None, y, 1, accumulate: true);
    }
}
