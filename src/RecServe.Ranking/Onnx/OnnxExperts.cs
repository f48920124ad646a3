using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>The dense part of models with tasks as ONNX nodes.</summary>
internal static class OnnxExperts
{
    /// <summary>Adds the nodes of mmoe and ple and gives the name of the logits, [batch, tasks].</summary>
    public static string Write(OnnxGraph graph, ModelArchitecture architecture, DenseTensors tensors, string x, int inputs)
    {
        ExpertArchitecture experts = architecture.Experts!;
        int tasks = architecture.Tasks.Count;
        string[] streams = [.. Enumerable.Repeat(x, tasks + 1)];
        for (int layer = 0, width = inputs; layer < experts.Layers; layer++, width = experts.Width)
        {
            string[] outputs = [.. Enumerable.Range(0, experts.PerLayer(tasks)).Select(expert => graph.Axis(
                Perceptron(graph, tensors, $"expert.{layer}.{expert}", streams[experts.StreamOf(expert, tasks)], width, experts.Widths), 1, remove: false))];
            string Mixed(int gate)
            {
                int[] sees = [.. experts.Sees(gate, tasks)];
                string p = graph.Softmax(Dense(graph, tensors, ExpertArchitecture.GateName(layer, gate, tasks), streams[gate], sees.Length, width));
                return graph.Axis(graph.Node("MatMul", graph.Axis(p, 1, remove: false), graph.Concat([.. sees.Select(expert => outputs[expert])])), 1, remove: true);
            }

            streams = [.. Enumerable.Range(0, experts.Gates(layer, tasks)).Select(Mixed)];
        }

        return Towers(graph, tensors, streams, experts.Width, experts.Tower, tasks);
    }

    private static string Towers(OnnxGraph graph, DenseTensors tensors, string[] streams, int inputs, IReadOnlyList<int> tower, int tasks)
    {
        int top = tower.Count > 0 ? tower[^1] : inputs;
        return graph.Concat([.. Enumerable.Range(0, tasks).Select(task => graph.Dense(
            Perceptron(graph, tensors, $"tower.{task}", streams[task], inputs, tower),
            graph.Constant($"tower.{task}.head.weight", [1, top], tensors.Take($"tower.{task}.head.weight", top)),
            graph.Constant($"tower.{task}.head.bias", [1], tensors.Take($"tower.{task}.head.bias", 1))))]);
    }

    private static string Perceptron(OnnxGraph graph, DenseTensors tensors, string name, string x, int inputs, IReadOnlyList<int> widths)
    {
        for (int i = 0; i < widths.Count; inputs = widths[i++])
            x = graph.Node("Relu", Dense(graph, tensors, $"{name}.{i}", x, widths[i], inputs));
        return x;
    }

    private static string Dense(OnnxGraph graph, DenseTensors tensors, string name, string x, int outputs, int inputs) => graph.Dense(x,
        graph.Constant($"{name}.weight", [outputs, inputs], tensors.Take($"{name}.weight", outputs, inputs)),
        graph.Constant($"{name}.bias", [outputs], tensors.Take($"{name}.bias", outputs)));
}
