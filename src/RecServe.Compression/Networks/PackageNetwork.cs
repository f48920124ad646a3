using RecServe.Artifacts;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Networks;

/// <summary>
/// A package as a network that can be differentiated and trained further. Batch normalisation is folded and there is no dropout, so a training
/// step sees the model exactly as it is served. A table has the rows of <see cref="PackageVocabularies"/>, then its default row. Not thread-safe.
/// </summary>
public sealed class PackageNetwork
{
    private readonly ModelPackage _package;

    /// <summary>Why a package cannot be loaded, or null: what compression measures and trains has one logit.</summary>
    public static string? Obstacle(ModelPackage package) => package.Architecture.Tasks.Count == 0 ? null
        : $"a model of kind {package.Architecture.Kind} cannot be compressed: compression learns one label; lr, fm, mlp, deepfm and dcnv2 can be, and recserve prune takes experts out of moe";

    /// <summary>Loads a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="batchSize">Most samples of a step.</param>
    /// <param name="team">Threads that compute.</param>
    /// <exception cref="TrainingException">It is a model with several tasks.</exception>
    public PackageNetwork(ModelPackage package, int batchSize, ThreadTeam team)
    {
        if (Obstacle(package) is { } obstacle)
            throw new TrainingException(obstacle);
        package = _package = package with { Tables = [.. package.Tables.Select(DecodedTable.Of)] };
        Vocabularies = PackageVocabularies.Vocabularies(package);
        var shape = new NetworkShape
        {
            Fields = [.. package.Fields.Select((field, f) => new FieldShape(field.Name, Vocabularies[f].Keys.Length + 1, field.Dim, field.Linear))],
            Pairs = package.Architecture.Kind is "fm" or "deepfm",
            Hidden = package.Architecture.Hidden,
            CrossLayers = package.Architecture.CrossLayers,
            CrossMixture = package.Architecture.CrossMixture,
            Stacked = package.Architecture.Structure == "stacked",
            Parallel = package.Architecture.Structure == "parallel",
        };
        var nothing = new Dataset([], null, null, [.. package.Fields.Select(_ => new DatasetColumn([], null, null))]);
        Network = new RankingNetwork(shape, 0, batchSize, nothing, team);
        foreach (DenseTensor tensor in package.Dense)
            tensor.Values.CopyTo(Network.Parameters[tensor.Name].In(Network.Parameters.Values));
        for (int f = 0; f < package.Tables.Count; f++)
        {
            float[] rows = PackageVocabularies.Rows(package.Tables[f]);
            rows.CopyTo(TableOf(f));
            package.Tables[f].Default.CopyTo(TableOf(f)[rows.Length..]);
        }
    }

    /// <summary>The network; what it holds is what <see cref="ToPackage"/> packages.</summary>
    public RankingNetwork Network { get; }

    /// <summary>The keyed rows of each table; the default row follows them.</summary>
    public IReadOnlyList<FieldVocabulary> Vocabularies { get; }

    /// <summary>A field's rows, [keys + 1, width]: the default row is the last.</summary>
    public Span<float> TableOf(int field) => Network.Parameters[$"table.{_package.Fields[field].Name}"].In(Network.Parameters.Values);

    /// <summary>Samples encoded for the package, as samples of the network: row −1 becomes the number of the default row.</summary>
    public Dataset Bind(Dataset data) => data with
    {
        Columns = [.. data.Columns.Select((column, f) =>
            column with { Rows = Array.ConvertAll(column.Rows, row => row < 0 ? Vocabularies[f].Keys.Length : row) })],
    };

    /// <summary>Logits of bound samples.</summary>
    public float[] Logits(Dataset bound)
    {
        var logits = new float[bound.Samples];
        Network.Evaluate(bound, logits);
        return logits;
    }

    /// <summary>The package with the rows and weights that the network holds now.</summary>
    /// <param name="train">Bound samples over which the tables' means are taken; null keeps the means that the package has.</param>
    public ModelPackage ToPackage(Dataset? train) => _package with
    {
        Dense = [.. _package.Dense.Select(tensor => tensor with { Values = Network.Parameters[tensor.Name].In(Network.Parameters.Values).ToArray() })],
        Tables = [.. _package.Tables.Select((table, f) => Table(table, f, train))],
    };

    private PackageTable Table(PackageTable table, int field, Dataset? train)
    {
        int width = table.Width;
        ReadOnlySpan<float> rows = TableOf(field), keyed = rows[..^width];
        int unknown = Vocabularies[field].UnknownRow;
        bool apart = table.Keys.Length < Vocabularies[field].Keys.Length;
        return table with
        {
            Rows = apart ? [.. keyed[..(unknown * width)], .. keyed[((unknown + 1) * width)..]] : keyed.ToArray(),
            Default = rows[^width..].ToArray(),
            Unknown = unknown < 0 ? null : keyed.Slice(unknown * width, width).ToArray(),
            Sha256 = null,
            Mean = train is null ? table.Mean : FieldMeans.Of(rows, width, train.Columns[field], train.Weights, train.Samples),
        };
    }
}
