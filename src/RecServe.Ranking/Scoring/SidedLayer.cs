using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// A dense layer whose input is [user ; item], its weights packed apart. For one user's candidates the user's product is made once and
/// becomes the bias of the candidates' products; the sums are in the same order as when each row brings its own user.
/// </summary>
internal sealed class SidedLayer : IItemLayer
{
    private readonly ModelLayout _layout;
    private readonly PackedMatrix _user;
    private readonly PackedMatrix _item;
    private readonly float[] _bias;

    public SidedLayer(ModelLayout layout, float[] weight, float[] bias)
    {
        int inputs = layout.User.Dense + layout.Item.Dense;
        _layout = layout;
        _user = PackedMatrix.Pack(weight, bias.Length, layout.User.Dense, inputs);
        _item = PackedMatrix.Pack(weight.AsSpan(Math.Min(layout.User.Dense, weight.Length)), bias.Length, layout.Item.Dense, inputs);
        _bias = bias;
    }

    public int Outputs => _bias.Length;

    /// <summary>bias + W_user·user: what a request's candidates share; <see cref="Outputs"/> floats.</summary>
    public void Share(ReadOnlySpan<float> user, Span<float> shared) =>
        Gemm.Linear(user, _layout.User.Width, 1, _user, _bias, Activation.None, shared, Outputs);

    /// <summary>The layer for candidates of the user whose share is given.</summary>
    public void Apply(ReadOnlySpan<float> shared, ReadOnlySpan<float> items, int rows, Activation activation, Span<float> y) =>
        Gemm.Linear(items, _layout.Item.Width, rows, _item, shared, activation, y, Outputs);

    public int ItemPartLength => Outputs;

    public void ItemParts(ReadOnlySpan<float> items, int stride, int rows, Span<float> parts) =>
        Gemm.Linear(items, stride, rows, _item, [], Activation.None, parts, Outputs);

    /// <summary>The layer for rows with users of their own.</summary>
    public void ApplyRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int rows, Activation activation, Span<float> y)
    {
        Gemm.Linear(users, _layout.User.Width, rows, _user, _bias, Activation.None, y, Outputs);
        Gemm.Linear(items, _layout.Item.Width, rows, _item, [], activation, y, Outputs, accumulate: true);
    }
}
