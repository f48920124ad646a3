using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// The cross network of a folded graph: by the formulas of <see cref="CrossFold{T, TWeights}"/>, each layer one product of [x_{0,I} ; … ; x_{l,I}] with [B_l , W_II].
/// </summary>
internal sealed class OnnxCrossFold
{
    private readonly OnnxSides _sides;
    private readonly int _users, _items, _width;
    private readonly float[] _state, _work;

    /// <param name="sides">Takes the inputs.</param>
    /// <param name="users">U.</param>
    /// <param name="items">I.</param>
    /// <param name="layers">Cross layers.</param>
    public OnnxCrossFold(OnnxSides sides, int users, int items, int layers)
    {
        (_sides, _users, _items, _width) = (sides, users, items, users + items);

        // Row 0 is α; row 1 + c is column c of A.
        _state = new float[(1 + (layers * items)) * users];
        _work = new float[_state.Length];
    }

    /// <summary>Adds the layers; gives the name of [x_{0,I} ; … ; x_{L,I}].</summary>
    public string Write(OnnxGraph graph, string items, IReadOnlyList<(float[] Weight, float[] Bias)> layers)
    {
        string all = items, x = items;
        for (int l = 0; l < layers.Count; l++)
        {
            (float[] weight, float[] bias) = layers[l];
            int columns = l * _items, layer = l;
            string beta = _sides.Input($"beta.{l}", 1, _items, (user, values) =>
            {
                if (layer == 0)
                    user[.._users].CopyTo(_state);
                Product(weight.AsSpan(_users * _width), _items, _state, 1, values, _items);
                for (int i = 0; i < _items; i++)
                    values[i] += bias[_users + i];
            });
            string product = _sides.Input($"product.{l}", _items, columns + _items, (user, values) =>
            {
                Turned(weight.AsSpan(_users * _width), _items, columns, values, columns + _items);
                for (int i = 0; i < _items; i++)
                    weight.AsSpan(((_users + i) * _width) + _users, _items).CopyTo(values[((i * (columns + _items)) + columns)..]);
                Advance(weight, bias, user, columns);
            });
            x = graph.Node("Add", graph.Node("Mul", items, graph.Dense(all, product, beta)), x);
            all = graph.Concat(all, x);
        }

        return all;
    }

    /// <summary>Adds a layer W·x_L + b on what <see cref="Write"/> gave.</summary>
    public string Over(OnnxGraph graph, string all, string name, int layers, float[] weight, float[] bias)
    {
        int outputs = bias.Length, columns = layers * _items;
        string shared = _sides.Input($"{name}.shared", 1, outputs, (_, values) =>
        {
            Product(weight, outputs, _state, 1, values, outputs);
            for (int o = 0; o < outputs; o++)
                values[o] += bias[o];
        });
        string product = _sides.Input($"{name}.product", outputs, columns + _items, (_, values) =>
        {
            Turned(weight, outputs, columns, values, columns + _items);
            for (int o = 0; o < outputs; o++)
                weight.AsSpan((o * _width) + _users, _items).CopyTo(values[((o * (columns + _items)) + columns)..]);
        });
        return graph.Dense(all, product, shared);
    }

    // target = state · W_Uᵀ for the first rows of W's users' columns.
    private void Product(ReadOnlySpan<float> weight, int outputs, ReadOnlySpan<float> state, int rows, Span<float> target, int stride) =>
        Gemm.Multiply(false, true, rows, outputs, _users, state, _users, weight, _width, target, stride);

    // W_U · A: A stands turned, so the product does too.
    private void Turned(ReadOnlySpan<float> weight, int outputs, int columns, Span<float> target, int stride) =>
        Gemm.Multiply(false, true, outputs, columns, _users, weight, _width, _state.AsSpan(_users), _users, target, stride);

    private void Advance(float[] weight, float[] bias, ReadOnlySpan<float> user, int columns)
    {
        Product(weight, _users, _state, 1 + columns, _work, _users);
        for (int row = 0; row < 1 + columns; row++)
        {
            for (int u = 0; u < _users; u++)
                _state[(row * _users) + u] += user[u] * (_work[(row * _users) + u] + (row == 0 ? bias[u] : 0));
        }

        for (int i = 0; i < _items; i++)
        {
            for (int u = 0; u < _users; u++)
                _state[((1 + columns + i) * _users) + u] = user[u] * weight[(u * _width) + _users + i];
        }
    }
}
