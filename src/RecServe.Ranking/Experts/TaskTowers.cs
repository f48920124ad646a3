using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>One tower a task: hidden layers, or none, and a linear head.</summary>
internal sealed class TaskTowers<T, TWeights>
    where T : unmanaged
    where TWeights : IWeights<T, TWeights>
{
    private readonly (Stack<T, TWeights> Hidden, TWeights Head, T[] Bias)[] _towers;

    /// <param name="tensors">A tensor's values by its name.</param>
    /// <param name="inputs">Numbers that a tower reads.</param>
    /// <param name="layers">Hidden layers of a tower.</param>
    /// <param name="tasks">Number of tasks.</param>
    public TaskTowers(Func<string, T[]> tensors, int inputs, int layers, int tasks)
    {
        _towers = [.. Enumerable.Range(0, tasks).Select(task =>
        {
            var hidden = new Stack<T, TWeights>(Layers(tensors, $"tower.{task}", 0, layers), inputs);
            return (hidden, TWeights.Pack(tensors($"tower.{task}.head.weight"), 1, hidden.Outputs, hidden.Outputs), tensors($"tower.{task}.head.bias"));
        })];
    }

    /// <summary>Numbers of the widest hidden layer.</summary>
    public int Widest => _towers[0].Hidden.Widest;

    /// <summary>Number of tasks.</summary>
    public int Count => _towers.Length;

    /// <summary>Weights and biases of layers [from, to) of a perceptron.</summary>
    public static (T[] Weight, T[] Bias)[] Layers(Func<string, T[]> tensors, string name, int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(i => (tensors($"{name}.{i}.weight"), tensors($"{name}.{i}.bias")))];

    /// <summary>The logit of a task for rows.</summary>
    /// <param name="task">The task.</param>
    /// <param name="x">The rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="first">Scratch memory: rows × <see cref="Widest"/> numbers.</param>
    /// <param name="second">As much again.</param>
    /// <param name="logits">The task's logit of the first row, and so on.</param>
    /// <param name="stride">Numbers from one row's logit to the next row's.</param>
    public void Apply(int task, ReadOnlySpan<T> x, int rows, Span<T> first, Span<T> second, Span<T> logits, int stride)
    {
        (Stack<T, TWeights> hidden, TWeights head, T[] bias) = _towers[task];
        ReadOnlySpan<T> h = hidden.Apply(x, rows, first, second);
        head.Apply(h, head.Inputs, rows, bias, Activation.None, logits, stride);
    }
}
