using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Layers on x = [user ; item] in a folded graph: the item's columns are weights, W_U·u + b is an input of the graph, made once a request.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="items">Name of the graph's input of items, [batch, I].</param>
/// <param name="users">U.</param>
/// <param name="width">U + I.</param>
internal sealed class OnnxSides(OnnxGraph graph, string items, int users, int width)
{
    private readonly List<OnnxRequestInput> _inputs = [];

    /// <summary>The inputs that a request makes.</summary>
    public IReadOnlyList<OnnxRequestInput> Inputs => _inputs;

    /// <summary>Adds an input that a request makes.</summary>
    public string Input(string name, int rows, int columns, OnnxRequestMaker make)
    {
        _inputs.Add(new OnnxRequestInput(name, rows, columns, make));
        return graph.Input(name, $"{name}.rows", columns);
    }

    /// <summary>The layer in two parts where it reads the items; null where it reads anything else.</summary>
    public string? Dense(string name, string x, float[] weight, float[] bias)
    {
        if (x != items)
            return null;
        int outputs = bias.Length;
        string shared = Input($"{name}.shared", 1, outputs, (user, values) => AddUser(weight, user, bias, values));
        return graph.Dense(items, graph.Constant($"{name}.of_item", [outputs, width - users], Columns(weight, outputs)), shared);
    }

    /// <summary>W_U·u + b.</summary>
    public void AddUser(float[] weight, ReadOnlySpan<float> user, ReadOnlySpan<float> bias, Span<float> target)
    {
        for (int o = 0; o < bias.Length; o++)
            target[o] = bias[o] + Gemm.Dot(user[..users], weight.AsSpan(o * width, users));
    }

    /// <summary>The item's columns of W.</summary>
    public float[] Columns(float[] weight, int outputs)
    {
        int count = width - users;
        var columns = new float[outputs * count];
        for (int o = 0; o < outputs; o++)
            weight.AsSpan((o * width) + users, count).CopyTo(columns.AsSpan(o * count));
        return columns;
    }
}
