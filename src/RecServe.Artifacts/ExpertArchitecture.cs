namespace RecServe.Artifacts;

/// <summary>
/// The dense part of <c>mmoe</c> (Ma et al. 2018) and <c>ple</c> (Tang et al. 2020): layers of experts, a softmax gate a task that mixes those it sees, a
/// tower a task. With <see cref="TopK"/> a row computes only the experts that its gates take (Shazeer et al. 2017). Experts of a layer are numbered: the shared ones, then task 0's own, task 1's own and so on. With one layer and no own experts it is mmoe.
/// </summary>
public sealed record ExpertArchitecture
{
    /// <summary>Layers of experts, 1 or more; 1 for <c>mmoe</c>.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Experts of a layer that all tasks see, 1 or more.</summary>
    public required int Shared { get; init; }

    /// <summary>Experts of a layer that each task has for itself; 0 for <c>mmoe</c>.</summary>
    public int Specific { get; init; }

    /// <summary>Widths of an expert's layers, at least one; all experts have them alike.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    /// <summary>Widths of a tower's hidden layers; may be empty.</summary>
    public IReadOnlyList<int> Tower { get; init; } = [];

    /// <summary>
    /// Experts that a gate of <c>mmoe</c> mixes for a row: those of the largest probability, divided by their sum, which is the softmax over them alone; 0 for all that it sees. Each task's gate
    /// takes its own.
    /// </summary>
    public int TopK { get; init; }

    /// <summary>Floats that an expert gives.</summary>
    public int Width => Widths[^1];

    /// <summary>Experts of a layer.</summary>
    /// <param name="tasks">Number of tasks.</param>
    public int PerLayer(int tasks) => Shared + (tasks * Specific);

    /// <summary>What an expert reads: a task's stream by its index, the shared stream by the number of tasks.</summary>
    /// <param name="expert">Number of the expert in its layer.</param>
    /// <param name="tasks">Number of tasks.</param>
    public int StreamOf(int expert, int tasks) => expert < Shared ? tasks : (expert - Shared) / Specific;

    /// <summary>The experts that a gate mixes, in the order of its outputs: a task's gate the shared ones and the task's own, the shared gate all.</summary>
    /// <param name="gate">A task's index, or the number of tasks for the shared gate.</param>
    /// <param name="tasks">Number of tasks.</param>
    public IReadOnlyList<int> Sees(int gate, int tasks) =>
        [.. Enumerable.Range(0, PerLayer(tasks)).Where(expert => gate == tasks || expert < Shared || StreamOf(expert, tasks) == gate)];

    /// <summary>Gates of a layer: one a task, and the shared one below another layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tasks">Number of tasks.</param>
    public int Gates(int layer, int tasks) => tasks + (layer + 1 < Layers ? 1 : 0);

    /// <summary>Prefix of the names of a gate's tensors.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="gate">A task's index, or the number of tasks for the shared gate.</param>
    /// <param name="tasks">Number of tasks.</param>
    public static string GateName(int layer, int gate, int tasks) => gate == tasks ? $"gate.{layer}.shared" : $"gate.{layer}.{gate}";

    /// <summary>Every tensor.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    /// <param name="tasks">Number of tasks.</param>
    public IEnumerable<TensorShape> Tensors(int inputs, int tasks)
    {
        for (int layer = 0, width = inputs; layer < Layers; layer++, width = Width)
        {
            for (int expert = 0; expert < PerLayer(tasks); expert++)
            {
                foreach (TensorShape tensor in Perceptron($"expert.{layer}.{expert}", width, Widths))
                    yield return tensor;
            }

            for (int gate = 0; gate < Gates(layer, tasks); gate++)
            {
                int seen = Sees(gate, tasks).Count;
                yield return new TensorShape($"{GateName(layer, gate, tasks)}.weight", seen, width);
                yield return new TensorShape($"{GateName(layer, gate, tasks)}.bias", seen);
            }
        }

        foreach (TensorShape tensor in Towers(Width, Tower, tasks))
            yield return tensor;
    }

    /// <summary>Tensors of the towers: <c>tower.{task}.{i}</c>, and <c>tower.{task}.head</c> on the last layer.</summary>
    /// <param name="inputs">Floats that a tower reads.</param>
    /// <param name="widths">Its hidden layers.</param>
    /// <param name="tasks">Number of tasks.</param>
    internal static IEnumerable<TensorShape> Towers(int inputs, IReadOnlyList<int> widths, int tasks)
    {
        for (int task = 0; task < tasks; task++)
        {
            foreach (TensorShape tensor in Perceptron($"tower.{task}", inputs, widths))
                yield return tensor;
            yield return new TensorShape($"tower.{task}.head.weight", widths.Count > 0 ? widths[^1] : inputs);
            yield return new TensorShape($"tower.{task}.head.bias", 1);
        }
    }

    internal static IEnumerable<TensorShape> Perceptron(string name, int inputs, IReadOnlyList<int> widths)
    {
        for (int i = 0; i < widths.Count; inputs = widths[i++])
        {
            yield return new TensorShape($"{name}.{i}.weight", widths[i], inputs);
            yield return new TensorShape($"{name}.{i}.bias", widths[i]);
        }
    }
}
