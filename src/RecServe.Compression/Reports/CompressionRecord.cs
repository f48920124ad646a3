using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Training.Data;

namespace RecServe.Compression.Reports;

/// <summary>What a compressed package's manifest says of how it was made.</summary>
public static class CompressionRecord
{
    /// <summary>The <c>compression</c> member: method and goal, source, data, figures. Equal runs give equal bytes.</summary>
    /// <param name="source">The package that was compressed.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="data">The samples that were used.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="result">What came out.</param>
    public static JsonElement ToJson(ModelPackage source, PackageManifest manifest, CompressionData data, CompressionOptions options, CompressionResult result) =>
        JsonSerializer.SerializeToElement(new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["method"] = result.Chosen.Method,
            ["asked_method"] = MethodNames.Of(options.Method),
            ["budget"] = options.Budget,
            ["max_auc_drop"] = options.MaxAucDrop,
            ["cut_dims"] = options.CutDims,
            ["finetune_epochs"] = result.Chosen.Finetuned ? options.Finetune.Epochs : 0,
            ["seed"] = options.Finetune.Seed,
            ["source_lineage"] = source.Lineage,
            ["source_files_sha256"] = Hash(manifest.Files.Select(file => file.Sha256)),
            ["data_sha256"] = Fingerprint(data),
            ["rows"] = new SortedDictionary<string, int> { ["train"] = data.Train.Samples, ["tune"] = data.Tune.Samples, ["holdout"] = data.Holdout.Samples },
            ["removed_fields"] = result.Removed,
            ["bytes_before"] = result.BytesBefore,
            ["bytes_after"] = result.BytesAfter,
            ["auc_before"] = result.Before.Auc,
            ["auc_after"] = result.After.Auc,
            ["auc_drop"] = result.Drop.Drop,
            ["auc_drop_standard_error"] = result.Drop.StandardError,
            ["logloss_before"] = result.Before.LogLoss,
            ["logloss_after"] = result.After.LogLoss,
        });

    /// <summary>Finetuning that keeps rows in the size they were trained to: the regularization of the package's own training run.</summary>
    public static FinetuneOptions Finetune(ModelPackage package)
    {
        double l2 = package.Training is { ValueKind: JsonValueKind.Object } training && training.TryGetProperty("options", out JsonElement options)
            && options.ValueKind == JsonValueKind.Object && options.TryGetProperty("embedding_l2", out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : 0;
        return new FinetuneOptions { EmbeddingL2 = l2 is >= 0 and <= 1000 ? (float)l2 : 0 };
    }

    private static string Fingerprint(CompressionData data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Dataset part in (ReadOnlySpan<Dataset>)[data.Train, data.Tune, data.Holdout])
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(part.Labels));
            foreach (DatasetColumn column in part.Columns)
                hash.AppendData(MemoryMarshal.AsBytes<int>(column.Rows));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', parts))));
}
