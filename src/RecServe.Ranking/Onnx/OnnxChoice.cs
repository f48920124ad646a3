using System.Globalization;

namespace RecServe.Ranking;

/// <summary>The choice of experts as ONNX nodes: gates that are 0 where a row does not take an expert. What reads them computes all experts.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="experts">Experts of a layer.</param>
/// <param name="firstZero">Number of the first zero expert, which has no gate.</param>
/// <param name="topK">Experts that a row takes; 0 where <paramref name="topP"/> decides.</param>
/// <param name="topP">Sum of probabilities beyond which a row takes no more.</param>
internal sealed class OnnxChoice(OnnxGraph graph, int experts, int firstZero, int topK, double topP)
{
    private int _constants;

    /// <summary>Gates of a router or gate.</summary>
    /// <param name="p">Its probabilities, [batch, experts].</param>
    /// <param name="decides">Those by which experts are taken.</param>
    public string Gates(string p, string decides)
    {
        string gates = graph.Node("Mul", p, Taken(decides));
        if (firstZero < experts)
            gates = graph.Node("Mul", gates, Constant(p, [experts], [.. Enumerable.Range(0, experts).Select(e => e < firstZero ? 1f : 0f)]));

        // Where a row takes zeros alone all gates are 0, and stay so whatever they are divided by.
        return topK > 0 ? graph.Node("Div", gates, graph.Node("Max", graph.Sum(gates, 1, keep: true), Constant(p, [1], [1e-30f]))) : gates;
    }

    private string Taken(string decides)
    {
        (string values, string places) = graph.Largest(decides, topK > 0 ? topK : experts);
        string none = graph.Node("Sub", decides, decides);
        string taken = topK > 0
            ? graph.Node("Add", graph.Node("Sub", values, values), Constant(values, [1], [1]))
            : graph.AsNumber(graph.Node("Not", graph.Node("Greater", graph.SumBefore(values), Constant(values, [1], [(float)topP]))));
        return graph.Put(none, places, taken);
    }

    private string Constant(string of, int[] shape, float[] values) => graph.Constant(string.Create(CultureInfo.InvariantCulture, $"{of}_choice_{_constants++}"), shape, values);
}
