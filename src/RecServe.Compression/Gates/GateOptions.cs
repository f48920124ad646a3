using RecServe.Compression.Networks;

namespace RecServe.Compression.Gates;

/// <summary>How gates are trained. The papers' constants differ by data set; these tie them to the length of the run.</summary>
public sealed record GateOptions
{
    /// <summary>Gate function.</summary>
    public GateKind Kind { get; init; } = GateKind.LpfsPlusPlus;

    /// <summary>λ of the penalty λ·|x| that closes gates, nats: a field whose gate gains less logloss than this for a unit of x closes.</summary>
    public double Lambda { get; init; } = 3e-3;

    /// <summary>ε at the start.</summary>
    public double Epsilon { get; init; } = 0.1;

    /// <summary>ε falls by this factor over the second half of the run, geometrically: what is not closed by then opens.</summary>
    public double EpsilonDecay { get; init; } = 1e-4;

    /// <summary>α of LPFS++.</summary>
    public double Alpha { get; init; } = 10;

    /// <summary>τ of LPFS++.</summary>
    public double Tau { get; init; } = 2;

    /// <summary>A gate without gradient walks this far over the run; gates start at x = 1. The step size follows: speed / (λ · steps).</summary>
    public double Speed { get; init; } = 3;

    /// <summary>Training of the network beside the gates, on the same batches.</summary>
    public FinetuneOptions Finetune { get; init; } = new() { Epochs = 6, LearningRate = 3e-4f };
}
