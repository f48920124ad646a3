using System.CommandLine;
using System.CommandLine.Parsing;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Train;

/// <summary>The options of <c>recserve train</c> and what they mean together.</summary>
/// <param name="namesModel">Whether the command line says what is trained; false where the verb does.</param>
internal sealed class TrainOptions(bool namesModel = true)
{
    private readonly Option<string> _format = new("--format")
    {
        Description = $"How the data is written: {string.Join(", ", DataFormats.Names)}.",
        DefaultValueFactory = _ => "csv",
    };

    private readonly Option<string?> _data = new("--data") { Description = "The file of all samples (a folder for movielens), divided by --split." };
    private readonly Option<string?> _train = new("--train") { Description = "The training file, instead of --data." };
    private readonly Option<string?> _valid = new("--valid") { Description = "The file of the samples that choose the best epoch." };
    private readonly Option<string?> _test = new("--test") { Description = "The file of the samples that are measured at the end." };
    private readonly Option<string?> _split = new("--split") { Description = "per-user-time:80/10/10, time:80/10/10 or random:80/10/10." };
    private readonly Option<string?> _schema = new("--schema") { Description = "The schema file; 'recserve inspect data' proposes one." };
    private readonly Option<string> _model = new("--model")
    {
        Description = $"What to train: {string.Join(", ", ModelNames.All)}.",
        Required = true,
        Validators = { RequireKnown },
    };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Decides weights, order, dropout and a random split.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads that compute, 1 to 64; the model does not depend on it.",
        DefaultValueFactory = _ => Math.Min(64, Environment.ProcessorCount),
    };

    private readonly Option<string[]> _set = new("--set") { Description = $"key=value, may be repeated; keys: {string.Join(", ", HyperParameters.Names)}." };
    private readonly Option<int?> _dim = new("--dim") { Description = "Embedding dim of every field, instead of the schema's." };
    private readonly Option<int> _badLines = new("--max-bad-lines") { Description = "Bad lines that are skipped without failing.", DefaultValueFactory = _ => 0 };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_format, _data, _train, _valid, _test, _split, _schema, .. namesModel ? (Option[])[_model] : [], _seed, _threads, _set, _dim, _badLines];

    /// <summary>Before the data is looked at: who misspells the model should not hear of a missing schema first.</summary>
    private static void RequireKnown(OptionResult model)
    {
        if (model.GetValueOrDefault<string>() is { } name && !ModelNames.All.Contains(name))
            model.AddError($"there is no model '{name}'; the models are {string.Join(", ", ModelNames.All)}");
    }

    /// <summary>Where the data comes from.</summary>
    /// <exception cref="UsageException">The options contradict each other or name what there is not.</exception>
    public DataSource Source(ParseResult parsed)
    {
        string? data = parsed.GetValue(_data), train = parsed.GetValue(_train);
        if (data is not null && train is not null)
            throw new UsageException("give --data (divided by --split) or --train (with --valid and --test), not both");
        var source = new DataSource
        {
            Format = Usage.Of(() => DataFormats.Parse(parsed.GetValue(_format)!)),
            Train = data ?? train ?? throw new UsageException("no data: give --data, or --train with --valid and --test"),
            Valid = parsed.GetValue(_valid),
            Test = parsed.GetValue(_test),
            Split = parsed.GetValue(_split) is { } split ? Usage.Of(() => DataSplit.Parse(split)) : null,
            SchemaPath = parsed.GetValue(_schema),
            Seed = parsed.GetValue(_seed),
            Dim = parsed.GetValue(_dim),
            MaxBadLines = Usage.InRange("--max-bad-lines", parsed.GetValue(_badLines), 0, int.MaxValue),
        };
        return source.Problem() is { } problem ? throw new UsageException(problem) : source;
    }

    /// <summary>What is trained and how.</summary>
    /// <exception cref="UsageException">An unknown model or hyper-parameter, or a value out of its range.</exception>
    public TrainingOptions Training(ParseResult parsed, DataFormat format) => Training(parsed, format, Usage.Of(() => ModelNames.Parse(parsed.GetValue(_model)!)), []);

    /// <summary>How a model that the verb names is trained.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="format">Format of the data.</param>
    /// <param name="model">The model.</param>
    /// <param name="further">Settings of this model alone, after those of <c>--set</c>.</param>
    /// <exception cref="UsageException">An unknown hyper-parameter, or a value out of its range.</exception>
    public TrainingOptions Training(ParseResult parsed, DataFormat format, ModelKind model, IEnumerable<string> further) => Usage.Of(() =>
    {
        int threads = Usage.InRange("--threads", parsed.GetValue(_threads), 1, 64);
        TrainingOptions options = ModelDefaults.Of(model, format) with { Seed = parsed.GetValue(_seed), Threads = threads };
        return (parsed.GetValue(_set) ?? []).Concat(further).Aggregate(options, HyperParameters.Set);
    });
}
