using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The first layers of a cross network folded over one user. With x₀ = [u ; i] the user's block of every x_l is an affine function of the
/// item's blocks before it, x_{l,U} = α_l + A_l·z_l with z_l = [x_{0,I} ; … ; x_{l−1,I}], α₀ = u, A₀ empty:
/// <code>
/// a request    β_l = W_IU·α_l + b_I,  B_l = W_IU·A_l,
///              α_{l+1} = α_l + u ⊙ (W_UU·α_l + b_U),  A_{l+1} = [A_l + diag(u)·W_UU·A_l , diag(u)·W_UI]
/// a candidate  x_{l+1,I} = i ⊙ (β_l + B_l·z_l + W_II·x_{l,I}) + x_{l,I}
/// </code>
/// It follows from W·x = W_U·(α + A·z) + W_I·x_I by induction over l, and is exact: only the order of additions differs. A candidate then costs
/// I²·(1 + … + L) multiply-adds instead of L·(U + I)².
/// </summary>
internal sealed class CrossFold<T, TWeights> : ICrossFold<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly CrossWeights<T, TWeights> _weights;
    private readonly int _users;
    private readonly int _items;
    private readonly int[] _panels;

    /// <param name="weights">The network.</param>
    /// <param name="depth">Layers that are folded.</param>
    public CrossFold(CrossWeights<T, TWeights> weights, int depth)
    {
        (_weights, Depth, _users, _items) = (weights, depth, weights.Users, weights.Items);
        _panels = new int[depth + 1];
        int at = depth * RowPass.Lines(_items);
        for (int l = 0; l < depth; l++)
        {
            _panels[l] = at;
            at += RowPass.Lines(TWeights.PanelLength(_items, l * _items));
        }

        _panels[depth] = at;
    }

    /// <summary>Layers that are folded.</summary>
    public int Depth { get; }

    public int Columns => Depth * _items;

    public int RequestLength => _panels[Depth];

    public int StateLength => RowPass.Lines((1 + (Depth * _items)) * _users);

    public int WorkLength => RowPass.Lines(Math.Max(1, Depth * _items) * Math.Max(_users, _items));

    public int ItemStride => Columns + _items;

    public int RowLength(int rows) => rows * ItemStride;

    public void Share(ReadOnlySpan<T> user, bool through, Span<T> request, Span<T> state, Span<T> work)
    {
        user[.._users].CopyTo(state);
        for (int l = 0; l < Depth; l++)
        {
            CrossLayerWeights<T, TWeights> layer = _weights.Layers[l];
            int columns = l * _items;
            layer.ItemOfUser.Apply(state, _users, 1, layer.Bias.AsSpan(_users), Activation.None, Beta(request, l), _items);
            if (columns > 0)
            {
                layer.ItemOfUser.Apply(state[_users..], _users, columns, [], Activation.None, work, _items);
                TWeights.PackPanels(work, _items, _items, columns, request[_panels[l]..]);
            }

            if (through || l + 1 < Depth)
                Advance(layer, user[.._users], columns, state, work);
        }
    }

    public void Apply(ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> z)
    {
        if (_items == 0)
            return;
        for (int r = 0; r < rows; r++)
            items.Slice(r * stride, _items).CopyTo(z[(r * ItemStride)..]);
        for (int l = 0; l < Depth; l++)
        {
            Span<T> x = z[(l * _items)..], next = z[((l + 1) * _items)..];
            _weights.Layers[l].ItemOfItem.Apply(x, ItemStride, rows, Beta(request, l), Activation.None, next, ItemStride);
            if (l > 0)
                TWeights.Apply(request[_panels[l].._panels[l + 1]], _items, l * _items, z, ItemStride, rows, [], Activation.None, next, ItemStride, true);
            for (int at = 0; at < rows * ItemStride; at += ItemStride)
                CrossLayer.Close<T>(z.Slice(at, _items), x.Slice(at, _items), next.Slice(at, _items));
        }
    }

    public PlanWork ShareWork(bool through)
    {
        PlanWork work = default;
        for (int l = 0; l < Depth; l++)
        {
            work += PlanWork.Product(1, _items, _users) + PlanWork.Product(l * _items, _items, _users) + PlanWork.Moved(l * _items * _items);
            if (through || l + 1 < Depth)
                work += PlanWork.Product(1, _users, _users) + PlanWork.Product(l * _items, _users, _users) + PlanWork.Moved((l + 1) * _items * _users);
        }

        return work;
    }

    public PlanWork RowWork(int rows)
    {
        PlanWork work = PlanWork.Moved((long)rows * _items * (Depth + 1));
        for (int l = 0; l < Depth; l++)
            work += PlanWork.Product(rows, _items, _items) + PlanWork.Product(rows, _items, l * _items);
        return work;
    }

    private Span<T> Beta(Span<T> request, int layer) => request.Slice(layer * RowPass.Lines(_items), _items);

    private ReadOnlySpan<T> Beta(ReadOnlySpan<T> request, int layer) => request.Slice(layer * RowPass.Lines(_items), _items);

    private void Advance(CrossLayerWeights<T, TWeights> layer, ReadOnlySpan<T> user, int columns, Span<T> state, Span<T> work)
    {
        layer.UserOfUser.Apply(state, _users, 1, layer.Bias, Activation.None, work, _users);
        CrossLayer.Combine(user, work, state[.._users]);
        Span<T> a = state[_users..];
        if (columns > 0)
        {
            layer.UserOfUser.Apply(a, _users, columns, [], Activation.None, work, _users);
            for (int r = 0; r < columns; r++)
                CrossLayer.Combine(user, work.Slice(r * _users, _users), a.Slice(r * _users, _users));
        }

        for (int i = 0; i < _items; i++)
        {
            Span<T> row = a.Slice((columns + i) * _users, _users);
            row.Clear();
            CrossLayer.Combine(user, layer.UserOfItem.AsSpan(i * _users, _users), row);
        }
    }
}
