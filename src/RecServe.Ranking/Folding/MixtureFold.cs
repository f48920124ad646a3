using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The first layers of a cross network of low-rank experts folded over one user. With x₀ = [u ; i] and g_j = [p_k · tanh(C_k · tanh(V_k·x_j))]_k, the K·r numbers by which layer j
/// changes x, the user's block of every x_l is x_{l,U} = α_l + A_l·z_l with z_l = [g_0 ; … ; g_{l−1}], because it only ever gains u ⊙ (U_U·g_j + b_U):
/// <code>
/// a request    β_l = [V ; G]_U·α_l,  B_l = [V ; G]_U·A_l,
///              α_{l+1} = α_l + u ⊙ b_U,  A_{l+1} = [A_l , diag(u)·U_U]
/// a candidate  [V ; G]·x_l = β_l + B_l·z_l + [V ; G]_I·x_{l,I},  g_l of it,  x_{l+1,I} = i ⊙ (U_I·g_l + b_I) + x_{l,I}
/// </code>
/// It is exact in every layer, since what is not linear acts on g alone: only the order of additions differs. A candidate then has no product with the user's U numbers at all.
/// </summary>
internal sealed class MixtureFold<T, TWeights> : ICrossFold<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private readonly MixtureWeights<T, TWeights> _weights;
    private readonly int _users, _items, _units, _signals;
    private readonly int[] _panels;

    /// <param name="weights">The network.</param>
    /// <param name="depth">Layers that are folded.</param>
    public MixtureFold(MixtureWeights<T, TWeights> weights, int depth)
    {
        (_weights, Depth, _users, _items, _units, _signals) = (weights, depth, weights.Users, weights.Items, weights.Units, weights.Signals);
        _panels = new int[depth + 1];
        int at = depth * RowPass.Lines(_signals);
        for (int l = 0; l < depth; l++)
        {
            _panels[l] = at;
            at += RowPass.Lines(TWeights.PanelLength(_signals, l * _units));
        }

        _panels[depth] = at;
    }

    /// <summary>Layers that are folded.</summary>
    public int Depth { get; }

    public int Columns => Depth * _units;

    public int ItemStride => Columns + _items;

    public int RequestLength => _panels[Depth];

    public int StateLength => RowPass.Lines((1 + Columns) * _users);

    public int WorkLength => RowPass.Lines(Columns * _signals);

    public int RowLength(int rows) => Product(rows) + RowPass.Lines(rows * _items);

    public PlanWork ShareWork(bool through)
    {
        PlanWork work = default;
        for (int l = 0; l < Depth; l++)
        {
            work += PlanWork.Product(1, _signals, _users) + PlanWork.Product(l * _units, _signals, _users) + PlanWork.Moved((long)l * _units * _signals);
            if (through || l + 1 < Depth)
                work += PlanWork.Moved((long)(1 + _units) * _users);
        }

        return work;
    }

    public PlanWork RowWork(int rows)
    {
        PlanWork work = PlanWork.Moved((long)rows * _items * (Depth + 1));
        for (int l = 0; l < Depth; l++)
        {
            work += PlanWork.Product(rows, _signals, _items) + PlanWork.Product(rows, _signals, l * _units) + MixtureRows.UnitsWork(_weights, rows)
                + PlanWork.Product(rows, _items, _units);
        }

        return work;
    }

    public void Share(ReadOnlySpan<T> user, bool through, Span<T> request, Span<T> state, Span<T> work)
    {
        ReadOnlySpan<T> u = user[.._users];
        u.CopyTo(state);
        for (int l = 0; l < Depth; l++)
        {
            MixtureLayerWeights<T, TWeights> layer = _weights.Layers[l];
            int columns = l * _units;
            layer.InOfUser.Apply(state, _users, 1, [], Activation.None, request.Slice(Beta(l), _signals), _signals);
            if (columns > 0)
            {
                layer.InOfUser.Apply(state[_users..], _users, columns, [], Activation.None, work, _signals);
                TWeights.PackPanels(work, _signals, _signals, columns, request[_panels[l]..]);
            }

            if (!through && l + 1 == Depth)
                return;
            CrossLayer.Combine(u, layer.Bias.AsSpan(0, _users), state[.._users]);
            for (int q = 0; q < _units; q++)
            {
                Span<T> row = state.Slice((1 + columns + q) * _users, _users);
                row.Clear();
                CrossLayer.Combine(u, layer.UserOut.AsSpan(q * _users, _users), row);
            }
        }
    }

    public void Apply(ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> z)
    {
        Span<T> x = z[Columns..], signals = z[Signals(rows)..], product = z[Product(rows)..];
        for (int r = 0; r < rows; r++)
            items.Slice(r * stride, _items).CopyTo(x[(r * ItemStride)..]);
        for (int l = 0; l < Depth; l++)
        {
            MixtureLayerWeights<T, TWeights> layer = _weights.Layers[l];
            Span<T> units = z[(l * _units)..];
            layer.InOfItem.Apply(x, ItemStride, rows, request.Slice(Beta(l), _signals), Activation.None, signals, _signals);
            if (l > 0)
                TWeights.Apply(request[_panels[l].._panels[l + 1]], _signals, l * _units, z, ItemStride, rows, [], Activation.None, signals, _signals, accumulate: true);
            MixtureRows.Units(_weights, layer, signals, rows, units, ItemStride);
            if (_items == 0)
                continue;
            layer.OutOfItem.Apply(units, ItemStride, rows, layer.Bias.AsSpan(_users), Activation.None, product, _items);
            for (int r = 0; r < rows; r++)
                CrossLayer.Combine(items.Slice(r * stride, _items), product.Slice(r * _items, _items), x.Slice(r * ItemStride, _items));
        }
    }

    private int Beta(int layer) => layer * RowPass.Lines(_signals);

    private int Signals(int rows) => RowPass.Lines(rows * ItemStride);

    private int Product(int rows) => Signals(rows) + MixtureRows.SignalScratch(_weights, rows);
}
