using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Feedback;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.Experiments;
using RecServe.Features;

namespace RecServe.Api.Experiments;

/// <summary><c>GET /v1/experiments</c> and <c>GET /v1/experiments/{key}/results</c>.</summary>
internal sealed class ExperimentsEndpoint(ExperimentSet experiments, FeedbackStore feedback)
{
    /// <summary>The experiments as they are run.</summary>
    public Task ListAsync(HttpContext context) => JsonResponse.WriteAsync(context, json =>
    {
        json.WriteStartArray("experiments"u8);
        foreach (ExperimentDefinition experiment in experiments.Snapshot.Experiments)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, experiment.Key);
            json.WriteString("name"u8, experiment.Name);
            json.WriteString("feature"u8, experiment.Feature);
            json.WriteString("hash_attribute"u8, experiment.HashAttribute);
            json.WriteNumber("hash_version"u8, experiment.HashVersion);
            json.WriteNumber("coverage"u8, Math.Round(experiment.Coverage, 6));
            json.WriteBoolean("active"u8, experiment.IsActive);
            json.WriteString("source"u8, experiments.File.Find(experiment.Key) == experiment ? "file"u8 : "published"u8);
            json.WriteStartArray("variants"u8);
            foreach (ExperimentVariant variant in experiment.Variants)
            {
                json.WriteStartObject();
                json.WriteString("key"u8, variant.Key);
                json.WriteString("name"u8, variant.Name);
                json.WriteNumber("weight"u8, Math.Round(variant.Propensity, 6));
                json.WritePropertyName("value"u8);
                variant.Value.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("definition"u8);
            experiment.WriteDefinition(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Rankings and feedback by variant since the server started.</summary>
    public Task ResultsAsync(HttpContext context)
    {
        string key = (string)context.Request.RouteValues["key"]!;
        if (experiments.Snapshot.Find(key) is null)
            return ProblemResponse.WriteAsync(context, Unknown(experiments, key));

        IReadOnlyList<VariantTally> results = feedback.Results(key);
        return JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("key"u8, key);
            json.WriteStartArray("variants"u8);
            foreach (VariantTally variant in results)
                Write(json, variant);
            json.WriteEndArray();
        });
    }

    /// <summary>The problem of a key that no experiment has.</summary>
    public static Problem Unknown(ExperimentSet experiments, string key)
    {
        string known = string.Join(", ", experiments.Snapshot.Experiments.Take(20).Select(e => e.Key));
        return new Problem(ProblemTypes.UnknownExperiment,
            known.Length == 0 ? $"no experiment '{key}' exists; this server runs none" : $"no experiment '{key}' exists; the experiments are: {known}");
    }

    private static void Write(Utf8JsonWriter json, VariantTally variant)
    {
        long clicks = variant.Events(InteractionType.Click);
        json.WriteStartObject();
        json.WriteString("variant"u8, variant.Variant);
        json.WriteNumber("rankings"u8, variant.Rankings);
        json.WriteNumber("items"u8, variant.Items);
        json.WriteNumber("clicks"u8, clicks);
        Ratio(json, "ctr", clicks, variant.Items);
        Ratio(json, "clicks_per_ranking", clicks, variant.Rankings);
        json.WriteStartObject("events"u8);
        foreach (InteractionType type in Enum.GetValues<InteractionType>())
        {
            if (variant.Events(type) == 0)
                continue;
            json.WriteStartObject(InteractionNames.Of(type));
            json.WriteNumber("count"u8, variant.Events(type));
            json.WriteNumber("value"u8, variant.Values(type));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Ratio(Utf8JsonWriter json, string name, long count, long of)
    {
        if (of == 0)
            json.WriteNull(name);
        else
            json.WriteNumber(name, (double)count / of);
    }
}
