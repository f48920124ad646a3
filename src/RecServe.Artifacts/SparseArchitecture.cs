namespace RecServe.Artifacts;

/// <summary>
/// The dense part of <c>moe</c>: a ReLU layer on x, the stem, then layers of sparse experts with a residual, h' = h + Σ g_i · E_i(h), and a tower a task. Experts of
/// a layer are numbered: networks of one hidden layer, then constants, copies and zeros (MoE++, arXiv 2410.07348), which cost no product.
/// </summary>
public sealed record SparseArchitecture
{
    /// <summary>Floats of h, so of the stem's and of every expert's output.</summary>
    public required int Width { get; init; }

    /// <summary>Layers of experts, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Experts of a layer that are networks, 1 or more.</summary>
    public required int Networks { get; init; }

    /// <summary>Units of the hidden layer of such an expert.</summary>
    public required int Hidden { get; init; }

    /// <summary>Constant experts, E(h) = a_1 · h + a_2 · v with a = softmax(W · h).</summary>
    public int Constants { get; init; }

    /// <summary>Copying experts, E(h) = h.</summary>
    public int Copies { get; init; }

    /// <summary>Zero experts, E(h) = 0; their gates are no part of the sum that gates are divided by.</summary>
    public int Zeros { get; init; }

    /// <summary>Experts that a row takes: those of the largest probability, their gates divided by their sum; 0 where <see cref="TopP"/> decides.</summary>
    public int TopK { get; init; }

    /// <summary>A row takes the fewest experts whose probabilities sum to more than this, their gates as they are (arXiv 2403.07652); 0 where <see cref="TopK"/> decides.</summary>
    public double TopP { get; init; }

    /// <summary>
    /// Floats of the user's part of x, where routers read it instead of h: all candidates of a request then take the same experts. 0 where they read h.
    /// </summary>
    public int UserInputs { get; init; }

    /// <summary>Whether routers read the user's part of x.</summary>
    public bool ByRequest => UserInputs > 0;

    /// <summary>Whether tasks take one set of experts, that of the mean of their probabilities, instead of one each.</summary>
    public bool OneSet { get; init; }

    /// <summary>Widths of a tower's hidden layers; may be empty.</summary>
    public IReadOnlyList<int> Tower { get; init; } = [];

    /// <summary>Experts of a layer.</summary>
    public int Experts => Networks + Constants + Copies + Zeros;

    /// <summary>Number of the first copying expert.</summary>
    public int FirstCopy => Networks + Constants;

    /// <summary>Number of the first zero expert.</summary>
    public int FirstZero => Networks + Constants + Copies;

    /// <summary>What an expert of a layer is called in figures: <c>network.3</c>, <c>constant.0</c>, <c>copy.0</c>, <c>zero.0</c>.</summary>
    /// <param name="expert">Its number, from 0 to below <see cref="Experts"/>.</param>
    public string ExpertName(int expert) => expert < Networks ? $"network.{expert}"
        : expert < FirstCopy ? $"constant.{expert - Networks}"
        : expert < FirstZero ? $"copy.{expert - FirstCopy}" : $"zero.{expert - FirstZero}";

    /// <summary>Routers of a layer: one below another layer, one a task in the last.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="tasks">Number of tasks.</param>
    public int Routers(int layer, int tasks) => layer + 1 < Layers ? 1 : tasks;

    /// <summary>Every tensor.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    /// <param name="tasks">Number of tasks.</param>
    public IEnumerable<TensorShape> Tensors(int inputs, int tasks)
    {
        yield return new TensorShape("stem.weight", Width, inputs);
        yield return new TensorShape("stem.bias", Width);
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int router = 0; router < Routers(layer, tasks); router++)
            {
                yield return new TensorShape($"moe.{layer}.router.{router}.weight", Experts, ByRequest ? UserInputs : Width);
                if (layer > 0)
                    yield return new TensorShape($"moe.{layer}.router.{router}.residual.weight", Experts, Experts);
            }

            for (int expert = 0; expert < Networks; expert++)
            {
                foreach (TensorShape tensor in ExpertArchitecture.Perceptron($"moe.{layer}.expert.{expert}", Width, [Hidden, Width]))
                    yield return tensor;
            }

            for (int constant = 0; constant < Constants; constant++)
            {
                yield return new TensorShape($"moe.{layer}.constant.{constant}.weight", 2, Width);
                yield return new TensorShape($"moe.{layer}.constant.{constant}.vector", Width);
            }
        }

        foreach (TensorShape tensor in ExpertArchitecture.Towers(Width, Tower, tasks))
            yield return tensor;
    }
}
