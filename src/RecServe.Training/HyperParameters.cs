using System.Globalization;
using RecServe.Artifacts;

namespace RecServe.Training;

/// <summary>The hyper-parameters that <c>--set key=value</c> knows: their names, ranges and readers.</summary>
public static class HyperParameters
{
    private delegate TrainingOptions Setter(TrainingOptions options, string key, string value);

    private static readonly SortedDictionary<string, Setter> Setters = new(StringComparer.Ordinal)
    {
        ["average_experts"] = (o, k, v) => o with { AverageExperts = Only(o, k, Number(k, v, 0.01, 128), ModelKind.Moe), TopP = o.TopP > 0 ? o.TopP : 0.4f, TopK = 0 },
        ["balance"] = (o, k, v) => o with { Routing = o.Routing with { Balance = Only(o, k, Number(k, v, 0, 10), ModelKind.Moe) } },
        ["batch_norm"] = (o, k, v) => o with { BatchNorm = Flag(k, v) && NoExperts(o, k) },
        ["batch_size"] = (o, k, v) => o with { BatchSize = Whole(k, v, 1, 1_000_000) },
        ["by_request"] = (o, k, v) => o with { ByRequest = Only(o, k, Flag(k, v), ModelKind.Moe) },
        ["capacity"] = (o, k, v) => o with { Routing = o.Routing with { Capacity = Only(o, k, Number(k, v, 0, 10), ModelKind.Moe) } },
        ["clip_norm"] = (o, k, v) => o with { ClipNorm = Number(k, v, 1e-9, 1e9) },
        ["constants"] = (o, k, v) => o with { Constants = Only(o, k, Whole(k, v, 0, 64), ModelKind.Moe) },
        ["copies"] = (o, k, v) => o with { Copies = Only(o, k, Whole(k, v, 0, 64), ModelKind.Moe) },
        ["cross_experts"] = (o, k, v) => Mixture(o, Only(o, k, Whole(k, v, 0, PackageLimits.CrossExperts), ModelKind.DcnV2, ModelKind.DcnV2Stacked), o.CrossRank > 0 ? o.CrossRank : 32),
        ["cross_layers"] = (o, k, v) => o with { CrossLayers = Only(o, k, Whole(k, v, 1, 32), ModelKind.DcnV2, ModelKind.DcnV2Stacked) },
        ["cross_rank"] = (o, k, v) => Mixture(o, o.CrossExperts > 0 ? o.CrossExperts : 4, Only(o, k, Whole(k, v, 0, PackageLimits.Fields * PackageLimits.Dim), ModelKind.DcnV2, ModelKind.DcnV2Stacked)),
        ["dense_l2"] = (o, k, v) => o with { DenseL2 = Number(k, v, 0, 1000) },
        ["dropout"] = (o, k, v) => o with { Dropout = Number(k, v, 0, 0.999) },
        ["embedding_l2"] = (o, k, v) => o with { EmbeddingL2 = Number(k, v, 0, 1000) },
        ["embedding_std"] = (o, k, v) => o with { EmbeddingDeviation = Number(k, v, 0, 10) },
        ["entropy"] = (o, k, v) => o with { Routing = o.Routing with { Entropy = Only(o, k, Number(k, v, 0, 10), ModelKind.Moe) } },
        ["epochs"] = (o, k, v) => o with { Epochs = Whole(k, v, 1, 10_000) },
        ["expert_layers"] = (o, k, v) => o with { ExpertLayers = Only(o, k, Whole(k, v, 1, 8), ModelKind.Ple, ModelKind.Moe) },
        ["experts"] = (o, k, v) => o with { Experts = Only(o, k, Whole(k, v, 1, 128), ModelKind.Mmoe, ModelKind.Ple, ModelKind.Moe) },
        ["hidden"] = (o, k, v) => o with { Hidden = Widths(o, k, v) },
        ["learning_rate"] = (o, k, v) => o with { LearningRate = Number(k, v, 1e-9, 10) },
        ["learning_rate_decay"] = (o, k, v) => o with { LearningRateDecay = Number(k, v, 1e-6, 1) },
        ["min_learning_rate"] = (o, k, v) => o with { MinLearningRate = Number(k, v, 0, 10) },
        ["one_set"] = (o, k, v) => o with { OneSet = Only(o, k, Flag(k, v), ModelKind.Moe) },
        ["patience"] = (o, k, v) => o with { Patience = Whole(k, v, 1, 1000) },
        ["task_experts"] = (o, k, v) => o with { TaskExperts = Only(o, k, Whole(k, v, 0, 256), ModelKind.Ple) },
        ["top_k"] = (o, k, v) => o with { TopK = Only(o, k, Whole(k, v, 1, 256), ModelKind.Mmoe, ModelKind.Moe), TopP = 0, AverageExperts = 0 },
        ["top_p"] = (o, k, v) => o with { TopP = Only(o, k, Number(k, v, 0.001, 1), ModelKind.Moe), TopK = 0 },
        ["tower"] = (o, k, v) => o with { Tower = Only(o, k, v == "none" ? [] : Widths(o, k, v), ModelKind.Mmoe, ModelKind.Ple, ModelKind.Moe) },
        ["zeros"] = (o, k, v) => o with { Zeros = Only(o, k, Whole(k, v, 0, 64), ModelKind.Moe) },
    };

    /// <summary>Every name, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names => Setters.Keys;

    /// <summary>Gives the options with one hyper-parameter changed.</summary>
    /// <param name="options">Options so far.</param>
    /// <param name="assignment"><c>key=value</c>; widths are written <c>400x3</c> or <c>400,200</c>.</param>
    /// <exception cref="TrainingException">Unknown key, unreadable value or one out of its range; the message says which are allowed.</exception>
    public static TrainingOptions Set(TrainingOptions options, string assignment)
    {
        int at = assignment.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw new TrainingException($"'{assignment}' is not of the form key=value");
        string key = assignment[..at].Trim(), value = assignment[(at + 1)..].Trim();
        return Setters.TryGetValue(key, out Setter? setter)
            ? setter(options, key, value)
            : throw new TrainingException($"there is no hyper-parameter '{key}'; the hyper-parameters are {string.Join(", ", Names)}");
    }

    // Either turns the mixture on, with the other's usual value (FuxiCTR's), or off.
    private static TrainingOptions Mixture(TrainingOptions options, int experts, int rank) =>
        experts > 0 && rank > 0 ? options with { CrossExperts = experts, CrossRank = rank } : options with { CrossExperts = 0, CrossRank = 0 };

    private static int Whole(string key, string value, int low, int high) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= low && number <= high
            ? number
            : throw new TrainingException($"{key} must be a whole number from {low} to {high}, not '{value}'");

    private static float Number(string key, string value, double low, double high) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= low && number <= high
            ? (float)number
            : throw new TrainingException(FormattableString.Invariant($"{key} must be a number from {low} to {high}, not '{value}'"));

    private static bool Flag(string key, string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw new TrainingException($"{key} must be true or false, not '{value}'"),
    };

    private static T Only<T>(TrainingOptions options, string key, T value, params ModelKind[] models) => models.Contains(options.Model)
        ? value
        : throw new TrainingException($"{key} belongs to {string.Join(" and ", models.Select(ModelNames.Of))}; the model is {ModelNames.Of(options.Model)}");

    private static bool NoExperts(TrainingOptions options, string key) => options.Experts == 0
        ? true
        : throw new TrainingException($"{key} must be false: experts and towers are not batch-normalised; the model is {ModelNames.Of(options.Model)}");

    private static List<int> Widths(TrainingOptions options, string key, string value)
    {
        if (options.Model is ModelKind.Lr or ModelKind.Fm)
            throw new TrainingException($"{key} belongs to models with hidden layers; the model is {ModelNames.Of(options.Model)}");
        var widths = new List<int>();
        foreach (string part in value.Split(','))
        {
            string[] repeat = part.Split('x');
            int count = repeat.Length == 2 ? Whole(key, repeat[1], 1, 32) : 1;
            if (repeat.Length > 2 || widths.Count + count > 32)
                throw new TrainingException($"{key} must be widths such as 400x3 or 400,200 of at most 32 layers, not '{value}'");
            widths.AddRange(Enumerable.Repeat(Whole(key, repeat[0], 1, 65_536), count));
        }

        return widths;
    }
}
