using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The first layers of low-rank experts folded, then x unfolded by x_U = α + A·z, which costs what the user's rows of their U would have, and the other layers as they are. With one
/// folded layer this is the user's part of the first [V ; G] made once a request.
/// </summary>
internal sealed class MixturePartialPlan<T, TWeights> : ICrossPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly MixtureWeights<T, TWeights> _weights;
    private readonly MixtureFold<T, TWeights> _fold;

    /// <param name="weights">The network.</param>
    /// <param name="depth">Folded layers: 1 to the number of layers.</param>
    public MixturePartialPlan(MixtureWeights<T, TWeights> weights, int depth) => (_weights, _fold) = (weights, new MixtureFold<T, TWeights>(weights, depth));

    public string Name => $"user-once-{_fold.Depth}";

    // What the fold needs, α, A packed.
    public int RequestLength => Panels + RowPass.Lines(TWeights.PanelLength(_weights.Users, _fold.Columns));

    public int ShareScratch => _fold.StateLength + _fold.WorkLength;

    public PlanWork ShareWork => _fold.ShareWork(true) + PlanWork.Moved((long)_fold.Columns * _weights.Users);

    private int Width => _weights.Width;

    private int Panels => _fold.RequestLength + RowPass.Lines(_weights.Users);

    // Candidates' rows, x₀ and x, what a layer works in.
    public int RowScratch(int rows) => RowPass.Lines(_fold.RowLength(rows)) + (2 * RowPass.Lines(rows * Width)) + MixtureRows.Scratch(_weights, rows);

    public PlanWork RowWork(int rows)
    {
        PlanWork work = _fold.RowWork(rows) + PlanWork.Product(rows, _weights.Users, _fold.Columns) + PlanWork.Moved(2L * rows * Width);
        for (int l = _fold.Depth; l < _weights.Depth; l++)
            work += MixtureRows.LayerWork(_weights, rows);
        return work + PlanWork.Product(rows, _weights.Outputs, Width);
    }

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
        int users = _weights.Users;
        Span<T> state = scratch[.._fold.StateLength];
        _fold.Share(user, through: true, request, state, scratch.Slice(state.Length, _fold.WorkLength));
        state[..users].CopyTo(request[_fold.RequestLength..]);

        // A turned has the users' numbers of one z after another: the columns that a layer of U outputs is packed from.
        TWeights.PackPanels(state[users..], users, users, _fold.Columns, request[Panels..]);
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y)
    {
        int users = _weights.Users, area = RowPass.Lines(rows * Width);
        Span<T> z = scratch[..RowPass.Lines(_fold.RowLength(rows))], x0 = scratch.Slice(z.Length, area), x = scratch.Slice(z.Length + area, area);
        _fold.Apply(request, items, stride, rows, z);
        CrossRows.Join(user[..users], 0, items, stride, _weights.Items, rows, x0);
        TWeights.Apply(request[Panels..], users, _fold.Columns, z, _fold.ItemStride, rows, request.Slice(_fold.RequestLength, users), Activation.None, x, Width);
        for (int r = 0; r < rows; r++)
            z.Slice((r * _fold.ItemStride) + _fold.Columns, _weights.Items).CopyTo(x[((r * Width) + users)..]);
        for (int l = _fold.Depth; l < _weights.Depth; l++)
            MixtureRows.Layer(_weights, _weights.Layers[l], rows, x0, x, scratch[(z.Length + (2 * area))..]);
        CrossRows.End(_weights.Dense, _weights.Head, Width, rows, x, y);
    }
}
