using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Full-rank cross layers x_{l+1} = x_0 ⊙ (W_l·x_l + b_l) + x_l over x_0 = [user ; item] (DCN-V2). The first layer's W_0·x_0 has a user
/// part, made once a request; above it every unit depends on the candidate.
/// </summary>
internal sealed class CrossNetwork(ModelLayout layout, SidedLayer first, IEnumerable<DenseLayer> rest)
{
    private readonly DenseLayer[] _rest = [.. rest];

    /// <summary>Floats of x.</summary>
    public int Width => first.Outputs;

    /// <summary>Floats that a pass over <paramref name="rows"/> rows needs: the user's share, x_0, x and W·x + b.</summary>
    public int ScratchFloats(int rows) => Width * (1 + 3 * rows);

    /// <summary>Makes what the candidates of <paramref name="user"/> share; kept in the scratch memory.</summary>
    public void Share(ReadOnlySpan<float> user, Span<float> scratch) => first.Share(user, scratch[..Width]);

    /// <summary>The network's output for candidates of the user whose share is in the scratch memory: rows × <see cref="Width"/> floats of it.</summary>
    public Span<float> Apply(ReadOnlySpan<float> user, ReadOnlySpan<float> items, int rows, Span<float> scratch)
    {
        Span<float> x0 = scratch.Slice(Width, rows * Width), z = scratch.Slice(Width * (1 + 2 * rows), rows * Width);
        for (int r = 0; r < rows; r++)
            Join(user, items[(r * layout.Item.Width)..], x0.Slice(r * Width, Width));
        first.Apply(scratch[..Width], items, rows, Activation.None, z);
        return Layers(rows, scratch);
    }

    /// <summary>The network's output for rows with users of their own: rows × <see cref="Width"/> floats of the scratch memory.</summary>
    public Span<float> ApplyRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int rows, Span<float> scratch)
    {
        Span<float> x0 = scratch.Slice(Width, rows * Width), z = scratch.Slice(Width * (1 + 2 * rows), rows * Width);
        for (int r = 0; r < rows; r++)
            Join(users[(r * layout.User.Width)..], items[(r * layout.Item.Width)..], x0.Slice(r * Width, Width));
        first.ApplyRows(users, items, rows, Activation.None, z);
        return Layers(rows, scratch);
    }

    private void Join(ReadOnlySpan<float> user, ReadOnlySpan<float> item, Span<float> x)
    {
        user[..layout.User.Dense].CopyTo(x);
        item[..layout.Item.Dense].CopyTo(x[layout.User.Dense..]);
    }

    private Span<float> Layers(int rows, Span<float> scratch)
    {
        Span<float> x0 = scratch.Slice(Width, rows * Width), x = scratch.Slice(Width * (1 + rows), rows * Width);
        Span<float> z = scratch.Slice(Width * (1 + 2 * rows), rows * Width);
        x0.CopyTo(x);
        CrossLayer.Combine(x0, z, x);
        foreach (DenseLayer layer in _rest)
        {
            layer.Apply(x, rows, Activation.None, z);
            CrossLayer.Combine(x0, z, x);
        }

        return x;
    }
}
