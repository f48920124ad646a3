using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>
/// All parameters of a network in one array, tables first, so that regularization, clipping, the optimizer, snapshots and counts are one
/// pass over one range.
/// </summary>
public sealed class ParameterStore
{
    private readonly Dictionary<string, ParameterRange> _ranges = [];

    /// <summary>Lays out and allocates the parameters of a shape, all 0.</summary>
    /// <exception cref="TrainingException">More than 2³¹ − 1,024 parameters.</exception>
    public ParameterStore(NetworkShape shape)
    {
        if (shape.Parameters > int.MaxValue - 1024)
            throw new TrainingException($"the model has {shape.Parameters:N0} parameters; the limit is {int.MaxValue - 1024:N0}");
        foreach (FieldShape field in shape.Fields)
            Add($"table.{field.Name}", field.Rows, field.Width);
        TablesEnd = Count;
        foreach (TensorShape tensor in shape.TaskTensors)
            Add(tensor);
        foreach (TensorShape tensor in shape.CrossTensors)
            Add(tensor);
        int width = shape.InputWidth;
        for (int i = 0; i < shape.Hidden.Count; i++)
        {
            Add($"mlp.{i}.weight", shape.Hidden[i], width);
            width = shape.Hidden[i];
            Add($"mlp.{i}.bias", width, 1);
            if (shape.BatchNorm)
            {
                Add($"mlp.{i}.norm.scale", width, 1);
                Add($"mlp.{i}.norm.shift", width, 1);
            }
        }

        if (shape.HeadWidth > 0)
            Add("head.weight", 1, shape.HeadWidth);
        if (shape.Tasks.Count == 0)
            Add("head.bias", 1, 1);
        Values = new float[Count];
        Gradients = new float[Count];
    }

    /// <summary>Number of parameters.</summary>
    public int Count { get; private set; }

    /// <summary>Tables stand before this index, dense parameters from it on.</summary>
    public int TablesEnd { get; }

    /// <summary>The parameters.</summary>
    public float[] Values { get; }

    /// <summary>Gradient of the loss, as long as <see cref="Values"/>.</summary>
    public float[] Gradients { get; }

    /// <summary>Every tensor, in order.</summary>
    public IReadOnlyCollection<ParameterRange> Ranges => _ranges.Values;

    /// <summary>A tensor by name.</summary>
    public ParameterRange this[string name] => _ranges[name];

    // A vector of weights, such as a head's, is a matrix with one row.
    private void Add(TensorShape tensor)
    {
        bool row = tensor.Sizes.Length == 1 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal);
        Add(tensor.Name, row ? 1 : tensor.Sizes[0], row ? tensor.Sizes[0] : tensor.Sizes.Length == 2 ? tensor.Sizes[1] : 1);
    }

    private void Add(string name, int rows, int columns)
    {
        _ranges.Add(name, new ParameterRange(name, Count, rows, columns));
        Count += rows * columns;
    }
}
