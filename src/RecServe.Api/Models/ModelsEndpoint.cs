using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;

namespace RecServe.Api.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{model}</c>.</summary>
internal sealed class ModelsEndpoint(ModelRegistry registry)
{
    /// <summary>All models with their versions.</summary>
    public Task ListAsync(HttpContext context)
    {
        ModelSet models = registry.Current;
        return JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("default"u8, models.Default.Name);
            json.WriteStartArray("models"u8);
            foreach (ServedModel model in models.Models)
            {
                json.WriteStartObject();
                WriteModel(json, model);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>One model: its fields, tables and figures, version by version.</summary>
    public Task ShowAsync(HttpContext context)
    {
        ModelSet models = registry.Current;
        string name = (string)context.Request.RouteValues["model"]!;
        if (models.Find(name, null, out _) is { } unknown)
            return ProblemResponse.WriteAsync(context, unknown);
        ServedModel model = models.Find(name)!;
        return JsonResponse.WriteAsync(context, json =>
        {
            WriteModel(json, model);
            json.WriteStartArray("details"u8);
            foreach (ServingModel version in model.Versions)
                WriteVersion(json, version);
            json.WriteEndArray();
        });
    }

    private static void WriteModel(Utf8JsonWriter json, ServedModel model)
    {
        json.WriteString("name"u8, model.Name);
        json.WriteString("version"u8, model.Newest.Version);
        json.WriteString("kind"u8, model.Newest.Kind);
        WriteNames(json, "versions", model.Versions.Select(version => version.Version));
        WriteNames(json, "not_loaded", model.NotLoaded);
    }

    private static void WriteVersion(Utf8JsonWriter json, ServingModel version)
    {
        json.WriteStartObject();
        json.WriteString("version"u8, version.Version);
        json.WriteString("kind"u8, version.Kind);
        if (version.CrossMixture is { } mixture)
        {
            json.WriteStartObject("cross_mixture"u8);
            json.WriteNumber("experts"u8, mixture.Experts);
            json.WriteNumber("rank"u8, mixture.Rank);
            json.WriteEndObject();
        }

        json.WriteString("lineage"u8, version.Lineage);
        json.WriteString("user"u8, version.Extractor.Schema.User);
        json.WriteString("item"u8, version.Extractor.Schema.Item);
        json.WriteStartArray("fields"u8);
        for (int field = 0; field < version.FieldNames.Count; field++)
        {
            FieldSchema schema = version.Extractor.Encoders[field].Field;
            json.WriteStartObject();
            json.WriteString("name"u8, schema.Name);
            json.WriteString("side"u8, schema.Side.ToString().ToLowerInvariant());
            json.WriteString("kind"u8, schema.Kind.ToString().ToLowerInvariant());
            HotRowBytes hot = version.Tables[field].Measure();
            json.WriteNumber("rows"u8, hot.Rows);
            json.WriteNumber("bytes"u8, hot.Total);
            json.WriteStartObject("precisions"u8);
            foreach ((RowPrecision precision, long rows, _) in hot.Precisions)
                json.WriteNumber(RowPrecisionNames.Of(precision), rows);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("known_items"u8, version.Extractor.Items?.Count ?? 0);
        json.WriteNumber("known_users"u8, version.Extractor.Users?.Count ?? 0);
        json.WriteStartObject("metrics"u8);
        foreach ((string metric, double value) in version.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (double.IsFinite(value))
                json.WriteNumber(metric, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IEnumerable<string> names)
    {
        json.WriteStartArray(member);
        foreach (string name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
