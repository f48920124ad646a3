using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>Finds the kind of model that a term is: mlp, or dcnv2 parallel or stacked. Loops, not recursion: a hostile graph may be deep.</summary>
internal sealed class OnnxShape(IReadOnlyList<PackageField> fields)
{
    private const int MostTerms = 64;

    private readonly List<DenseTensor> _dense = [];
    private IReadOnlyList<int>? _order;

    /// <summary>The architecture and its tensors, for fields in model order.</summary>
    /// <exception cref="PackageException">It is none; the message names the node.</exception>
    public (ModelArchitecture Architecture, IReadOnlyList<DenseTensor> Dense) Read(OnnxTerm output)
    {
        if (output is OnnxTerm.Sigmoid sigmoid)
            output = sigmoid.Input;
        if (output.Width != 1)
            throw new PackageException($"{output.Name} gives {output.Width} numbers a row; the output must be one logit or one probability");
        float bias = 0;
        (OnnxTerm Part, float[] Weight)[] parts = [.. Heads(output).SelectMany(head =>
        {
            bias += head.Bias[0];
            return Parts(head);
        })];
        (OnnxTerm.Fields X, List<OnnxTerm.Dense> Layers)? cross = null;
        float[] crossHead = [], top = [];
        List<OnnxTerm.Dense>? hidden = null;
        OnnxTerm below = output;
        foreach ((OnnxTerm part, float[] weight) in parts)
        {
            if (part is OnnxTerm.Relu && hidden is null)
                (hidden, below, top) = (Hidden(part, out OnnxTerm reads), reads, weight);
            else if (part is not OnnxTerm.Relu && cross is null)
                (cross, crossHead) = (Cross(part), weight);
            else
                throw new PackageException($"{part.Name}: the head reads two {(part is OnnxTerm.Relu ? "perceptrons" : "cross networks")}");
        }

        if (hidden is null)
            throw new PackageException($"{output.Name}: there is no hidden layer with ReLU under the head");
        bool parallel = cross is not null;
        cross ??= Cross(below);
        if (parallel && below is not OnnxTerm.Fields)
            throw new PackageException($"{below.Name}: the perceptron beside a cross network must read the embeddings");
        if (parallel && cross.Value.Layers.Count == 0)
            throw new PackageException($"{output.Name}: the head reads the embeddings themselves; a cross network or a perceptron must stand between");
        AddCross(cross.Value.Layers);
        for (int i = 0; i < hidden.Count; i++)
            Add($"mlp.{i}", i == 0 ? Columns(hidden[i].Weight, hidden[i].Width) : hidden[i].Weight, hidden[i].Bias);
        float[] head = parallel ? [.. Columns(crossHead, 1), .. top] : top;
        _dense.Add(new DenseTensor("head.weight", [head.Length], head));
        _dense.Add(new DenseTensor("head.bias", [1], [bias]));
        int layers = cross.Value.Layers.Count;
        return (new ModelArchitecture
        {
            Kind = layers > 0 ? "dcnv2" : "mlp", Structure = layers == 0 ? null : parallel ? "parallel" : "stacked", CrossLayers = layers, Hidden = [.. hidden.Select(layer => layer.Width)],
        }, _dense);
    }

    // The logit as a sum of dense layers with one output.
    private static List<OnnxTerm.Dense> Heads(OnnxTerm output)
    {
        var heads = new List<OnnxTerm.Dense>();
        var left = new Stack<OnnxTerm>([output]);
        while (left.TryPop(out OnnxTerm? term))
        {
            if (heads.Count + left.Count > MostTerms)
                throw new PackageException($"{term.Name}: the logit is a sum of more than {MostTerms} terms");
            if (term is OnnxTerm.Dense dense)
            {
                heads.Add(dense);
            }
            else if (term is OnnxTerm.Sum sum)
            {
                left.Push(sum.B);
                left.Push(sum.A);
            }
            else
            {
                throw new PackageException($"{term.Name}: the logit must come from a dense layer with one output");
            }
        }

        return heads;
    }

    private static IEnumerable<(OnnxTerm Part, float[] Weight)> Parts(OnnxTerm.Dense head)
    {
        int at = 0;
        foreach (OnnxTerm part in head.Input is OnnxTerm.Joined joined ? joined.Parts : [head.Input])
            yield return (part, head.Weight[at..(at += part.Width)]);
    }

    private static List<OnnxTerm.Dense> Hidden(OnnxTerm top, out OnnxTerm reads)
    {
        var layers = new List<OnnxTerm.Dense>();
        for (reads = top; reads is OnnxTerm.Relu relu; reads = layers[^1].Input)
        {
            if (layers.Count == PackageLimits.Layers)
                throw new PackageException($"{relu.Name}: there are more than {PackageLimits.Layers} hidden layers");
            layers.Add(relu.Input as OnnxTerm.Dense ?? throw new PackageException($"{relu.Name}: ReLU must follow a dense layer, not {relu.Input.Name}"));
        }

        layers.Reverse();
        return layers;
    }

    // x_{l+1} = x_0 ⊙ (W·x_l + b) + x_l, down to x_0.
    private (OnnxTerm.Fields X, List<OnnxTerm.Dense> Layers) Cross(OnnxTerm top)
    {
        var layers = new List<OnnxTerm.Dense>();
        OnnxTerm below = top;
        for (; below is OnnxTerm.Sum sum; below = layers[^1].Input)
        {
            if (layers.Count == PackageLimits.Layers)
                throw new PackageException($"{sum.Name}: there are more than {PackageLimits.Layers} cross layers");
            layers.Add(Layer(sum.A, sum.B) ?? Layer(sum.B, sum.A) ?? throw new PackageException($"{sum.Name}: is no cross layer x_0 * (W x + b) + x"));
        }

        if (below is not OnnxTerm.Fields x)
            throw new PackageException($"{below.Name}: a perceptron or a cross network must stand on the embeddings");
        Check(x);
        layers.Reverse();
        return (x, layers);
    }

    private OnnxTerm.Dense? Layer(OnnxTerm product, OnnxTerm residual)
    {
        if (product is not OnnxTerm.Product both)
            return null;
        foreach ((OnnxTerm x, OnnxTerm layer) in ((OnnxTerm, OnnxTerm)[])[(both.A, both.B), (both.B, both.A)])
        {
            if (x is not OnnxTerm.Fields fields || layer is not OnnxTerm.Dense dense || !Same(dense.Input, residual))
                continue;
            Check(fields);
            return dense;
        }

        return null;
    }

    private static bool Same(OnnxTerm a, OnnxTerm b) => ReferenceEquals(a, b) || (a is OnnxTerm.Fields x && b is OnnxTerm.Fields y && x.Order.SequenceEqual(y.Order));

    private void Check(OnnxTerm.Fields x)
    {
        if (!x.Order.Order().SequenceEqual(Enumerable.Range(0, fields.Count)))
            throw new PackageException($"{x.Name}: reads the fields {string.Join(", ", x.Order.Select(field => fields[field].Name))}, expected each of the {fields.Count} fields once");
        _order ??= x.Order;
        if (!_order.SequenceEqual(x.Order))
            throw new PackageException($"{x.Name}: joins the fields in another order than elsewhere");
    }

    private void AddCross(List<OnnxTerm.Dense> layers)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            // A layer's outputs stand in the order of x too.
            float[] weight = Columns(layers[i].Weight, layers[i].Width);
            int[] from = Places();
            int width = from.Length;
            Add($"cross.{i}", [.. from.SelectMany(row => weight[(row * width)..((row + 1) * width)])], [.. from.Select(row => layers[i].Bias[row])]);
        }
    }

    private void Add(string name, float[] weight, float[] bias)
    {
        _dense.Add(new DenseTensor($"{name}.weight", [bias.Length, weight.Length / bias.Length], weight));
        _dense.Add(new DenseTensor($"{name}.bias", [bias.Length], bias));
    }

    private float[] Columns(float[] weight, int rows)
    {
        int[] from = Places();
        return [.. Enumerable.Range(0, rows).SelectMany(row => from.Select(column => weight[(row * from.Length) + column]))];
    }

    // For each number of x in model order, where it stands in the graph's.
    private int[] Places()
    {
        int[] starts = new int[fields.Count];
        int at = 0;
        foreach (int field in _order!)
        {
            starts[field] = at;
            at += fields[field].Dim;
        }

        return [.. fields.SelectMany((field, f) => Enumerable.Range(starts[f], field.Dim))];
    }
}
