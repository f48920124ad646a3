using System.Text.Json;

namespace RecServe.Artifacts;

/// <summary>
/// A model package in memory: everything that PackageReader reads and PackageWriter writes. The package's name and
/// version are the names of its directories (<c>name/version/</c>), not part of its content.
/// </summary>
public sealed record ModelPackage
{
    /// <summary>Identity of the training run that the rows come from; kept by finetuning and compression.</summary>
    public required string Lineage { get; init; }

    /// <summary>The data schema the model was trained with, as JSON (docs/formats/schema.md).</summary>
    public required JsonElement Schema { get; init; }

    /// <summary>The fields in model order: user and context side in schema order, then the item side in schema order.</summary>
    public required IReadOnlyList<PackageField> Fields { get; init; }

    /// <summary>The dense part's shape.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>The dense part's weights; batch normalisation is already folded in.</summary>
    public required IReadOnlyList<DenseTensor> Dense { get; init; }

    /// <summary>One table a field, in the order of <see cref="Fields"/>.</summary>
    public required IReadOnlyList<PackageTable> Tables { get; init; }

    /// <summary>Known items and users.</summary>
    public IReadOnlyList<PackageCatalog> Catalogs { get; init; } = [];

    /// <summary>How it was trained: model, seed, hyper-parameters, rows. Free form; no wall-clock times, so that equal runs are equal bytes.</summary>
    public JsonElement? Training { get; init; }

    /// <summary>Figures of the training run, such as <c>test_auc</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What compression did to the package; null where nothing did.</summary>
    public JsonElement? Compression { get; init; }

    /// <summary>A dense tensor by name.</summary>
    /// <exception cref="PackageException">No tensor has that name.</exception>
    public DenseTensor Tensor(string name)
    {
        foreach (DenseTensor tensor in Dense)
        {
            if (tensor.Name == name)
                return tensor;
        }

        throw new PackageException($"the package has no dense tensor '{name}'");
    }
}
