using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Export;

/// <summary>Turns a trained network into a package.</summary>
internal static class PackageExport
{
    /// <summary>Makes the package; everything in it depends on data, options and seed alone.</summary>
    public static ModelPackage Create(TrainingData data, TrainingOptions options, RankingNetwork network, IReadOnlyDictionary<string, double> metrics) => new()
    {
        Lineage = TrainingRecord.Lineage(data.Fingerprint, options),
        Schema = DataSchemaJson.ToElement(data.Schema),
        Fields = [.. network.Shape.Fields.Select((field, i) => new PackageField
        {
            Name = field.Name,
            Dim = field.Dim,
            Linear = field.Linear,
            Mean = data.Encoders[i].Mean,
            Deviation = data.Encoders[i].Deviation,
        })],
        Architecture = network.Architecture(options.Model),
        Dense = DenseExport.Create(network),
        Tables = [.. network.Shape.Fields.Select((field, i) => Table(field, i, data, network))],
        Catalogs = [.. Catalogs(data)],
        Training = TrainingRecord.ToJson(data, options),
        Metrics = metrics,
    };

    private static PackageTable Table(FieldShape field, int index, TrainingData data, RankingNetwork network)
    {
        float[] rows = network.Parameters[$"table.{field.Name}"].In(network.Parameters.Values).ToArray();
        DatasetColumn column = data.Train.Columns[index];
        FieldVocabulary vocabulary = data.Vocabularies[index];
        var common = new float[field.Width];
        TableAverages.MeanRow(rows, TableAverages.CountLookups(column, field.Rows), common);
        return new PackageTable
        {
            Name = field.Name,
            Width = field.Width,
            Keys = vocabulary.Keys,
            Rows = rows,
            Mean = TableAverages.WeightedSum(rows, TableAverages.PooledShares(column, field.Rows, data.Train.Samples), field.Width),
            Default = common,
            Unknown = vocabulary.UnknownRow < 0 ? null : rows.AsSpan(vocabulary.UnknownRow * field.Width, field.Width).ToArray(),
        };
    }

    private static IEnumerable<PackageCatalog> Catalogs(TrainingData data)
    {
        if (data.Items is not null)
            yield return PackageEncoders.ToPackage("items", data.Items, data.Encoders);
        if (data.Users is not null)
            yield return PackageEncoders.ToPackage("users", data.Users, data.Encoders);
    }
}
