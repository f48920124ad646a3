using System.CommandLine;
using System.CommandLine.Parsing;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;

namespace RecServe.Cli.Train;

/// <summary>The data options of <c>recserve train</c> for a verb that has a package already: format and schema are the package's where they are left out.</summary>
internal sealed class PackageDataOptions
{
    private readonly Option<string?> _format = new("--format") { Description = $"How the data is written: {string.Join(", ", DataFormats.Names)}; told by the package's schema where it is left out." };
    private readonly Option<string?> _data = new("--data") { Description = "The file of all samples (a folder for movielens), divided by --split." };
    private readonly Option<string?> _train = new("--train") { Description = "The training file, instead of --data." };
    private readonly Option<string?> _valid = new("--valid") { Description = "The file of the samples that choose among candidates." };
    private readonly Option<string?> _test = new("--test") { Description = "The file of the samples that judge the choice." };
    private readonly Option<string?> _split = new("--split") { Description = "per-user-time:80/10/10, time:80/10/10 or random:80/10/10 [default: random:80/10/10; per-user-time:80/10/10 for movielens]." };
    private readonly Option<string?> _schema = new("--schema") { Description = "A schema file with the same fields, where the columns stand elsewhere than in training." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of a random split and of finetuning; give training's, so that what it did not see stays unseen.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _badLines = new("--max-bad-lines") { Description = "Bad lines that are skipped without failing.", DefaultValueFactory = _ => 0 };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_data, _train, _valid, _test, _split, _schema, _format, _seed, _badLines];

    /// <summary>Seed of a random split.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>Where the data comes from.</summary>
    /// <exception cref="UsageException">The options contradict each other or name what there is not.</exception>
    public DataSource Source(ParseResult parsed, ModelPackage package)
    {
        string? data = parsed.GetValue(_data), train = parsed.GetValue(_train);
        if (data is not null && train is not null)
            throw new UsageException("give --data (divided by --split) or --train (with --valid and --test), not both");
        string first = data ?? train ?? throw new UsageException("no data: give --data, or --train with --valid and --test");
        DataSchema schema = PackageEncoders.Schema(package);
        DataFormat format = parsed.GetValue(_format) is { } name ? Usage.Of(() => DataFormats.Parse(name)) : DataFormats.Infer(first, schema);
        bool files = (parsed.GetValue(_valid) ?? parsed.GetValue(_test)) is not null;
        var source = new DataSource
        {
            Format = format,
            Train = first,
            Valid = parsed.GetValue(_valid),
            Test = parsed.GetValue(_test),
            Split = parsed.GetValue(_split) is { } split ? Usage.Of(() => DataSplit.Parse(split)) : files ? null : PackageDataReader.DefaultSplit(format),
            SchemaPath = parsed.GetValue(_schema),
            Seed = parsed.GetValue(_seed),
            MaxBadLines = Usage.InRange("--max-bad-lines", parsed.GetValue(_badLines), 0, int.MaxValue),
        };
        return (source with { Schema = source.SchemaPath is null ? schema : null }).Problem() is { } problem ? throw new UsageException(problem) : source;
    }
}
