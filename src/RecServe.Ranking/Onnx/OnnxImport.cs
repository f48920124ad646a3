using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>
/// Reads the dense part of a model that was trained elsewhere: an ONNX graph of a perceptron with ReLU, of a DCN-v2 cross network with one beside it (parallel)
/// or on top of it (stacked). What such a graph looks like is in docs/guides/import.md.
/// </summary>
public static class OnnxImport
{
    /// <summary>Reads a graph.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="fields">The fields in model order; their dims say how wide the graph's inputs are.</param>
    /// <param name="order">Names of the fields in the order of the graph's one input; null for model order, or where each field is an input.</param>
    /// <returns>The architecture and its tensors, for fields in model order.</returns>
    /// <exception cref="PackageException">The bytes are no graph, or one that cannot be served; the message names the node and its operator.</exception>
    public static (ModelArchitecture Architecture, IReadOnlyList<DenseTensor> Dense) Read(ReadOnlySpan<byte> bytes, string file, IReadOnlyList<PackageField> fields, IReadOnlyList<string>? order = null)
    {
        OnnxModel model = OnnxModel.Read(bytes, file);
        try
        {
            if (model.Outputs.Count != 1)
                throw new PackageException($"the graph has {model.Outputs.Count} outputs, expected 1");
            var terms = new OnnxTerms(model, Inputs(model, fields, order));
            OnnxTerm output = terms.Find(model.Outputs[0]) ?? throw new PackageException($"the output '{model.Outputs[0]}' is given by no node");
            return new OnnxShape(fields).Read(output);
        }
        catch (PackageException refusal)
        {
            throw new PackageException($"{file}: {refusal.Message}", refusal);
        }
    }

    private static Dictionary<string, OnnxTerm> Inputs(OnnxModel model, IReadOnlyList<PackageField> fields, IReadOnlyList<string>? order)
    {
        string[] names = [.. fields.Select(field => field.Name)];
        if (model.Inputs.Count == 1)
        {
            order ??= names;
            if (!order.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal), StringComparer.Ordinal))
                throw new PackageException($"the order of the input must name each field once: {string.Join(", ", names)}; given are {string.Join(", ", order)}");
            return new() { [model.Inputs[0]] = new OnnxTerm.Fields(null, [.. order.Select(name => Array.IndexOf(names, name))], fields.Sum(field => field.Dim)) };
        }

        if (order is not null)
            throw new PackageException($"the graph has {model.Inputs.Count} inputs: an order is for a graph with one");
        var terms = new Dictionary<string, OnnxTerm>(StringComparer.Ordinal);
        foreach (string input in model.Inputs)
        {
            int field = Array.IndexOf(names, input);
            if (field < 0)
                throw new PackageException($"input '{input}' is none of the fields {string.Join(", ", names)}; one input takes all of them, several must have their names");
            terms[input] = new OnnxTerm.Fields(null, [field], fields[field].Dim);
        }

        return terms;
    }
}
