using System.Text.Json;
using RecServe.Api.Telemetry;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Api.Models;

/// <summary>One version of a model, ready to rank: everything a request needs, made once. Immutable and thread-safe.</summary>
internal sealed class ServingModel
{
    private ServingModel(string name, string version, ModelPackage package, FeatureExtractor extractor, EmbeddingTableSet tables, ServingMetrics metrics, ServingOptions options)
    {
        Name = name;
        Version = version;
        Label = $"{name}@{version}";
        Kind = package.Architecture.Structure is { } structure ? $"{package.Architecture.Kind}-{structure}" : package.Architecture.Kind;
        Lineage = package.Lineage;
        Metrics = package.Metrics;
        Extractor = extractor;
        Tables = tables;
        ISharedScorer scorer = ScorerFactory.Create(package, options.KeptItemMegabytes == 0 ? null : new KeptItems((long)options.KeptItemMegabytes << 20));
        CrossMixture = package.Architecture.CrossMixture;
        (Chosen, ExpertLoads) = (package.Architecture.Chosen, scorer as IExpertLoads);
        Scorer = options.PlainScoring ? new PlainScorer(scorer)
            : options.KeptUserMegabytes == 0 ? scorer : new KeptUsers(scorer, (long)options.KeptUserMegabytes << 20);
        RowCounters = [.. package.Tables.Select(table => metrics.RowsOf(table.Name))];
        FieldNames = [.. package.Fields.Select(field => field.Name)];
        FieldsRemoved = [.. package.Tables.Select(table => table.RowCount == 0 && RemovedFields(package).Contains(table.Name))];
        FieldMeans = [.. package.Tables.Select(table => table.Mean)];
        TaskNames = [.. package.Architecture.Tasks.Select(task => task.Name)];
        Explainer = new Explainer(Scorer, package.Tables, package.Architecture, new ExplainOptions { Orders = options.ExplainOrders });
        ExpertsAtStart = ExpertLoads is null ? null : ExpertCounts.Of(ExpertLoads);
    }

    /// <summary>Model name.</summary>
    public string Name { get; }

    /// <summary>Version.</summary>
    public string Version { get; }

    /// <summary><c>name@version</c>.</summary>
    public string Label { get; }

    /// <summary>Kind of the model, for people.</summary>
    public string Kind { get; }

    /// <summary>Training run that the rows come from.</summary>
    public string Lineage { get; }

    /// <summary>Figures of the training run.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>What names and values mean to the model, and the entities it knows.</summary>
    public FeatureExtractor Extractor { get; }

    /// <summary>One table a field.</summary>
    public EmbeddingTableSet Tables { get; }

    /// <summary>The dense part.</summary>
    public IScorer Scorer { get; }

    /// <summary>Sizes of low-rank cross layers; null for models without.</summary>
    public CrossMixture? CrossMixture { get; }

    /// <summary>The experts that rows choose from; null for models whose rows do not choose.</summary>
    public ChosenExperts? Chosen { get; }

    /// <summary>What the scorer counts of them.</summary>
    public IExpertLoads? ExpertLoads { get; }

    /// <summary>What it had counted before the first request: the base of explanations is scored too.</summary>
    public ExpertCounts? ExpertsAtStart { get; }

    /// <summary>Attributes a score to fields.</summary>
    public Explainer Explainer { get; }

    /// <summary>One counter a table.</summary>
    public IReadOnlyList<RowCounter> RowCounters { get; }

    /// <summary>Names of the fields in model order.</summary>
    public IReadOnlyList<string> FieldNames { get; }

    /// <summary>Mean vector of each field over the training samples, as wide as a row of its table: what stands for a field that is turned off.</summary>
    public IReadOnlyList<float[]> FieldMeans { get; }

    /// <summary>Names of the tasks of a model that learns several; empty for others.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>Whether compression has removed a field and left its mean alone, as a cross network needs it: its values are passed over and nothing is looked up.</summary>
    public IReadOnlyList<bool> FieldsRemoved { get; }

    /// <summary>Rows of all tables.</summary>
    public long Rows => Tables.HotRows;

    private static IEnumerable<string> RemovedFields(ModelPackage package) =>
        package.Compression is { ValueKind: JsonValueKind.Object } record && record.TryGetProperty("removed_fields", out JsonElement names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!) : [];

    /// <summary>Makes a model of a package and its loaded tables.</summary>
    /// <exception cref="PackageException">The package's parts do not fit together.</exception>
    public static ServingModel Create(string name, string version, ModelPackage package, EmbeddingTableSet tables, ServingMetrics metrics, ServingOptions options)
    {
        DataSchema schema = PackageEncoders.Schema(package);
        var extractor = new FeatureExtractor(schema, PackageEncoders.Encoders(package, schema),
            PackageEncoders.Catalog(package, "items"), PackageEncoders.Catalog(package, "users"));
        return new ServingModel(name, version, package, extractor, tables, metrics, options);
    }
}
