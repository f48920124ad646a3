using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>
/// Adam over all parameters, tables included: every row moves at every step by its moments and its regularization, whether the batch
/// looked it up or not. The order is that of FuxiCTR: gradient of the loss plus λw, clip by the global norm, Adam.
/// </summary>
public sealed class AdamOptimizer
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;
    private const int Chunk = 16_384;
    private readonly ParameterStore _parameters;
    private readonly ThreadTeam _team;
    private readonly float[] _first, _second;
    private readonly double[] _squares;
    private readonly float _tableL2, _denseL2, _clipNorm;
    private readonly Action<int> _regularize, _apply;
    private float _clip, _stepSize, _rootCorrection;

    /// <summary>Makes an optimizer with zero moments.</summary>
    /// <param name="parameters">What it changes.</param>
    /// <param name="options">λ of tables and of the rest, and the clip norm.</param>
    /// <param name="team">Threads that compute.</param>
    public AdamOptimizer(ParameterStore parameters, TrainingOptions options, ThreadTeam team)
    {
        _parameters = parameters;
        _team = team;
        (_tableL2, _denseL2, _clipNorm) = (options.EmbeddingL2, options.DenseL2, options.ClipNorm);
        _first = new float[parameters.Count];
        _second = new float[parameters.Count];
        _squares = new double[Chunks(parameters.TablesEnd) + Chunks(parameters.Count - parameters.TablesEnd)];
        (_regularize, _apply) = (Regularize, Apply);
    }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Changes the parameters by their gradients, which become 0.</summary>
    /// <param name="learningRate">Step size.</param>
    /// <returns>Global norm of the gradient, regularization included, before clipping.</returns>
    public double Step(double learningRate)
    {
        Steps++;
        _team.Run(_squares.Length, _regularize);
        double squares = 0;
        foreach (double part in _squares)
            squares += part;
        double norm = Math.Sqrt(squares);
        _clip = (float)Math.Min(1, _clipNorm / (norm + 1e-6));
        _stepSize = (float)(learningRate / (1 - Math.Pow(Beta1, Steps)));
        _rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps)));
        _team.Run(_squares.Length, _apply);
        return norm;
    }

    private static int Chunks(int length) => (length + Chunk - 1) / Chunk;

    private (int Start, int Length, float Lambda) Range(int task)
    {
        int tables = Chunks(_parameters.TablesEnd);
        int start = task < tables ? task * Chunk : _parameters.TablesEnd + ((task - tables) * Chunk);
        int end = task < tables ? _parameters.TablesEnd : _parameters.Count;
        return (start, Math.Min(Chunk, end - start), task < tables ? _tableL2 : _denseL2);
    }

    private void Regularize(int task)
    {
        (int start, int length, float lambda) = Range(task);
        _squares[task] = AdamUpdate.Regularize(_parameters.Gradients.AsSpan(start, length), _parameters.Values.AsSpan(start, length), lambda);
    }

    private void Apply(int task)
    {
        (int start, int length, _) = Range(task);
        AdamUpdate.Apply(_parameters.Values.AsSpan(start, length), _parameters.Gradients.AsSpan(start, length), _first.AsSpan(start, length),
            _second.AsSpan(start, length), _clip, _stepSize, _rootCorrection, Beta1, Beta2, Epsilon);
    }
}
