using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RecServe.Training.Data;

namespace RecServe.Training.Export;

/// <summary>What a package says about the run that made it, and the identity that follows from it.</summary>
internal static class TrainingRecord
{
    /// <summary>32 hex digits of SHA-256 over the data's fingerprint, the options and the seed: equal runs, and only they, share a lineage.</summary>
    public static string Lineage(string fingerprint, TrainingOptions options)
    {
        byte[] content = Encoding.UTF8.GetBytes($"{fingerprint}\n{JsonSerializer.Serialize(OptionsJson(options))}\n{options.Seed}");
        return Convert.ToHexStringLower(SHA256.HashData(content))[..32];
    }

    /// <summary>The manifest's <c>training</c> member. The number of threads is not in it: it changes nothing, not even a byte.</summary>
    public static JsonElement ToJson(TrainingData data, TrainingOptions options) => Write(json =>
    {
        json.WriteString("model", ModelNames.Of(options.Model));
        json.WriteNumber("seed", options.Seed);
        json.WriteString("data_fingerprint", data.Fingerprint);
        json.WriteStartObject("rows");
        json.WriteNumber("train", data.Train.Samples);
        json.WriteNumber("valid", data.Valid.Samples);
        json.WriteNumber("test", data.Test.Samples);
        json.WriteEndObject();
        json.WritePropertyName("options");
        OptionsJson(options).WriteTo(json);
    });

    private static JsonElement OptionsJson(TrainingOptions options) => Write(json =>
    {
        json.WriteString("model", ModelNames.Of(options.Model));
        json.WriteBoolean("batch_norm", options.BatchNorm);
        json.WriteNumber("batch_size", options.BatchSize);
        json.WriteNumber("clip_norm", options.ClipNorm);
        if (options.CrossExperts > 0)
            json.WriteNumber("cross_experts", options.CrossExperts); // left out where layers are full, so that equal runs keep their lineage
        json.WriteNumber("cross_layers", options.CrossLayers);
        if (options.CrossExperts > 0)
            json.WriteNumber("cross_rank", options.CrossRank);
        json.WriteNumber("dense_l2", options.DenseL2);
        json.WriteNumber("dropout", options.Dropout);
        json.WriteNumber("embedding_l2", options.EmbeddingL2);
        json.WriteNumber("embedding_std", options.EmbeddingDeviation);
        json.WriteNumber("epochs", options.Epochs);
        json.WriteStartArray("hidden");
        foreach (int width in options.Hidden)
            json.WriteNumberValue(width);
        json.WriteEndArray();
        json.WriteNumber("learning_rate", options.LearningRate);
        json.WriteNumber("learning_rate_decay", options.LearningRateDecay);
        json.WriteNumber("min_learning_rate", options.MinLearningRate);
        json.WriteNumber("patience", options.Patience);
        if (options.Experts == 0)
            return; // as it was before there were experts, so that equal runs keep their lineage
        json.WriteNumber("expert_layers", options.ExpertLayers);
        json.WriteNumber("experts", options.Experts);
        json.WriteNumber("task_experts", options.TaskExperts);
        json.WriteStartArray("tower");
        foreach (int width in options.Tower)
            json.WriteNumberValue(width);
        json.WriteEndArray();
        if (options.Model != ModelKind.Moe)
            return;
        if (options.AverageExperts > 0)
            json.WriteNumber("average_experts", options.AverageExperts);
        json.WriteNumber("balance", options.Routing.Balance);
        json.WriteBoolean("by_request", options.ByRequest);
        json.WriteNumber("capacity", options.Routing.Capacity);
        json.WriteNumber("constants", options.Constants);
        json.WriteNumber("copies", options.Copies);
        json.WriteNumber("entropy", options.Routing.Entropy);
        json.WriteBoolean("one_set", options.OneSet);
        json.WriteNumber("top_k", options.TopK);
        json.WriteNumber("top_p", options.TopP);
        json.WriteNumber("zeros", options.Zeros);
    });

    private static JsonElement Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
