using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>The dense part of models with tasks as ONNX nodes.</summary>
internal static class OnnxExperts
{
    /// <summary>Adds the nodes of mmoe and ple and gives the name of the logits, [batch, tasks].</summary>
    public static string Write(OnnxLayers layers, ModelArchitecture architecture, string x, int inputs)
    {
        OnnxGraph graph = layers.Graph;
        ExpertArchitecture experts = architecture.Experts!;
        int tasks = architecture.Tasks.Count;
        string[] streams = [.. Enumerable.Repeat(x, tasks + 1)];
        for (int layer = 0, width = inputs; layer < experts.Layers; layer++, width = experts.Width)
        {
            string[] outputs = [.. Enumerable.Range(0, experts.PerLayer(tasks)).Select(expert => graph.Axis(
                layers.Perceptron($"expert.{layer}.{expert}", streams[experts.StreamOf(expert, tasks)], width, experts.Widths), 1, remove: false))];
            string Mixed(int gate)
            {
                int[] sees = [.. experts.Sees(gate, tasks)];
                string p = graph.Softmax(layers.Dense(ExpertArchitecture.GateName(layer, gate, tasks), streams[gate], sees.Length, width));
                if (experts.TopK > 0)
                    p = new OnnxChoice(graph, experts.Shared, experts.Shared, experts.TopK, 0).Gates(p, p);
                return graph.Axis(graph.Node("MatMul", graph.Axis(p, 1, remove: false), graph.Concat([.. sees.Select(expert => outputs[expert])])), 1, remove: true);
            }

            streams = [.. Enumerable.Range(0, experts.Gates(layer, tasks)).Select(Mixed)];
        }

        return Towers(layers, streams, experts.Width, experts.Tower, tasks);
    }

    /// <summary>Adds the nodes of the tasks' towers and gives the name of the logits, [batch, tasks].</summary>
    public static string Towers(OnnxLayers layers, IReadOnlyList<string> streams, int width, IReadOnlyList<int> tower, int tasks)
    {
        int top = tower.Count > 0 ? tower[^1] : width;
        return layers.Graph.Concat([.. Enumerable.Range(0, tasks).Select(task =>
            layers.HeadWithBias($"tower.{task}.head", layers.Perceptron($"tower.{task}", streams[task], width, tower), top))]);
    }
}
