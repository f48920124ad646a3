using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>Turns the nodes of an ONNX graph into terms, one after the other; operators that no importable model has are refused by name.</summary>
internal sealed class OnnxTerms
{
    private const int MostParts = 2 * PackageLimits.Fields;

    private static readonly string[] Known =
        ["Add", "BatchNormalization", "Cast", "Concat", "Constant", "Dropout", "Flatten", "Gemm", "Identity", "MatMul", "Mul", "Relu", "Reshape", "Sigmoid", "Squeeze"];

    private readonly Dictionary<string, OnnxTerm> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> _constants;

    /// <summary>Starts with the inputs of a graph.</summary>
    /// <param name="model">The graph.</param>
    /// <param name="inputs">What each input is.</param>
    public OnnxTerms(OnnxModel model, IReadOnlyDictionary<string, OnnxTerm> inputs)
    {
        _constants = new(model.Constants, StringComparer.Ordinal);
        foreach ((string name, OnnxTerm term) in inputs)
            _terms[name] = term;
        foreach (OnnxNode node in model.Nodes)
            Add(node);
    }

    /// <summary>The term of a name, or null.</summary>
    public OnnxTerm? Find(string name) => _terms.GetValueOrDefault(name);

    private void Add(OnnxNode node)
    {
        if (node.Type == "Constant")
        {
            _constants[node.Outputs[0]] = node.Attributes.GetValueOrDefault("value")?.Tensor ?? throw node.Refused("has no tensor as its value");
            return;
        }

        if (node.Inputs.Count == 1 && node.Type is "Identity" or "Cast" && _constants.TryGetValue(node.Inputs[0], out OnnxTensor? same))
        {
            _constants[node.Outputs[0]] = same;
            return;
        }

        _terms[node.Outputs[0]] = node.Type switch
        {
            "Identity" or "Dropout" or "Cast" => Term(node, 0),
            "Flatten" when node.Number("axis", 1) is 1 or -1 => Term(node, 0),
            "Squeeze" or "Reshape" or "Flatten" => Term(node, 0) is { Width: 1 } one ? one : throw node.Refused("changes the shape of more than one number a row"),
            "Gemm" => Gemm(node),
            "MatMul" => Dense(node, Term(node, 0), Constant(node, 1), transposed: false, 1, null, 1),
            "Add" => Both(node) ? new OnnxTerm.Sum(node, Alike(node), Term(node, 1)) : Shift(node),
            "Mul" => Both(node) ? new OnnxTerm.Product(node, Alike(node), Term(node, 1)) : Scale(node),
            "Relu" => new OnnxTerm.Relu(node, Term(node, 0)),
            "Sigmoid" => new OnnxTerm.Sigmoid(node, Term(node, 0)),
            "Concat" => Join(node),
            "BatchNormalization" => Normalize(node),
            _ => throw node.Refused($"the operator cannot be imported; those that can are {string.Join(", ", Known)}"),
        };
    }

    private OnnxTerm Term(OnnxNode node, int input) => node.Inputs.Count > input && _terms.TryGetValue(node.Inputs[input], out OnnxTerm? term) ? term
        : throw node.Refused($"its input {input} is {(node.Inputs.Count > input ? $"'{node.Inputs[input]}', which no node before it gives" : "missing")}{(IsConstant(node, input) ? " as a part of the model: it is a constant" : "")}");

    private OnnxTensor Constant(OnnxNode node, int input) => IsConstant(node, input) ? _constants[node.Inputs[input]] : throw node.Refused($"its input {input} must be a constant");

    private bool IsConstant(OnnxNode node, int input) => node.Inputs.Count > input && _constants.ContainsKey(node.Inputs[input]);

    private bool Both(OnnxNode node) => !IsConstant(node, 0) && !IsConstant(node, 1);

    private OnnxTerm Alike(OnnxNode node) => Term(node, 0).Width == Term(node, 1).Width ? Term(node, 0)
        : throw node.Refused($"joins {Term(node, 0).Width} and {Term(node, 1).Width} numbers a row");

    private OnnxTerm.Dense Gemm(OnnxNode node)
    {
        if (node.Number("transA", 0) != 0)
            throw node.Refused("transA is not 0");
        return Dense(node, Term(node, 0), Constant(node, 1), node.Number("transB", 0) != 0, node.Real("alpha", 1),
            node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? Constant(node, 2) : null, node.Real("beta", 1));
    }

    private static OnnxTerm.Dense Dense(OnnxNode node, OnnxTerm input, OnnxTensor weight, bool transposed, float alpha, OnnxTensor? bias, float beta)
    {
        if (weight.Shape.Count != 2 || weight.Shape[transposed ? 1 : 0] != input.Width || weight.Values.Length == 0)
            throw node.Refused($"the weight '{weight.Name}' is [{string.Join(", ", weight.Shape)}], what it is multiplied with has {input.Width} numbers a row");
        int outputs = weight.Shape[transposed ? 0 : 1];
        if (outputs > PackageLimits.LayerWidth)
            throw node.Refused($"gives {outputs} numbers a row, the limit is {PackageLimits.LayerWidth}");
        var values = new float[weight.Values.Length];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < input.Width; i++)
                values[(o * input.Width) + i] = alpha * weight.Values[transposed ? (o * input.Width) + i : (i * outputs) + o];
        }

        Func<int, float> shift = bias is null ? _ => 0 : Row(node, bias, outputs);
        return new OnnxTerm.Dense(node, input, values, [.. Enumerable.Range(0, outputs).Select(o => beta * shift(o))]);
    }

    private OnnxTerm.Dense Shift(OnnxNode node)
    {
        int at = IsConstant(node, 0) ? 1 : 0;
        OnnxTerm.Dense dense = Layer(node, at);
        return dense.Shifted(node, Row(node, Constant(node, 1 - at), dense.Width));
    }

    private OnnxTerm.Dense Scale(OnnxNode node)
    {
        int at = IsConstant(node, 0) ? 1 : 0;
        OnnxTerm.Dense dense = Layer(node, at);
        Func<int, float> factor = Row(node, Constant(node, 1 - at), dense.Width);
        return dense.Scaled(node, i => factor(i), _ => 0);
    }

    // γ·(z − mean)/√(variance + ε) + β, folded into the layer that gives z.
    private OnnxTerm.Dense Normalize(OnnxNode node)
    {
        OnnxTerm.Dense dense = Layer(node, 0);
        Func<int, float>[] of = [.. Enumerable.Range(1, 4).Select(input => Row(node, Constant(node, input), dense.Width))];
        double epsilon = node.Real("epsilon", 1e-5f);
        double Factor(int i) => of[0](i) / Math.Sqrt(of[3](i) + epsilon);
        return dense.Scaled(node, Factor, i => of[1](i) - (Factor(i) * of[2](i)));
    }

    private OnnxTerm.Dense Layer(OnnxNode node, int input) => Term(node, input) as OnnxTerm.Dense
        ?? throw node.Refused($"its constant must follow a dense layer, not {Term(node, input).Name}");

    // A number for each output, or one for all.
    private static Func<int, float> Row(OnnxNode node, OnnxTensor constant, int width)
    {
        float[] values = constant.Values;
        if ((values.Length != width && values.Length != 1) || (constant.Shape.Count > 0 && constant.Shape[^1] != values.Length))
            throw node.Refused($"the constant '{constant.Name}' is [{string.Join(", ", constant.Shape)}], expected [{width}]");
        return i => values[values.Length == 1 ? 0 : i];
    }

    private OnnxTerm Join(OnnxNode node)
    {
        if (node.Number("axis", 0) is not (1 or -1))
            throw node.Refused("joins along another axis than the numbers of a row");
        OnnxTerm[] parts = [.. Enumerable.Range(0, node.Inputs.Count).Select(input => Term(node, input)).SelectMany(part => part is OnnxTerm.Joined more ? more.Parts : [part])];
        long joined = parts.Sum(part => part is OnnxTerm.Fields fields ? (long)fields.Order.Count : 1);
        if (joined is 0 or > MostParts)
            throw node.Refused($"joins {joined} parts, expected 1 to {MostParts}");
        if (parts.Sum(part => (long)part.Width) is var width && width > int.MaxValue)
            throw node.Refused($"gives {width} numbers a row");
        return parts.All(part => part is OnnxTerm.Fields)
            ? new OnnxTerm.Fields(node, [.. parts.SelectMany(part => ((OnnxTerm.Fields)part).Order)], (int)width)
            : new OnnxTerm.Joined(node, parts);
    }
}
