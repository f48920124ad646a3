using System.Text.Json;
using RecServe.Api.Experiments;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;

namespace RecServe.Api.Rank;

/// <summary>Stage 8: writes a ranking as JSON.</summary>
internal static class RankResponseWriter
{
    /// <summary>Writes the answer; in a batch, as the rest of an element that is already open.</summary>
    public static void Write(RequestScratch scratch, in RankResult ranking, double tookMs, bool inBatch)
    {
        Utf8JsonWriter json = scratch.Json;
        RankRequest request = scratch.Request;
        if (inBatch)
        {
            json.WriteNumber("status"u8, 200);
            json.WritePropertyName("ranking"u8);
        }

        json.WriteStartObject();
        if (request.RequestId.IsPresent)
            json.WriteString("request_id"u8, request.Utf8(request.RequestId));
        Span<byte> id = stackalloc byte[RankingId.Length];
        ranking.Id.Format(id);
        json.WriteString("ranking_id"u8, id);
        json.WriteNumber("took_ms"u8, Math.Round(tookMs, 3));

        json.WriteStartObject("model"u8);
        json.WriteString("name"u8, ranking.Model.Name);
        json.WriteString("version"u8, ranking.Model.Version);
        json.WriteNumber("staleness_ms"u8, ranking.Freshness.StalenessMs);
        json.WriteString("applied"u8, ranking.Freshness.Applied);
        json.WriteEndObject();

        json.WriteStartArray("experiments"u8);
        foreach (Assignment assignment in scratch.Assignments.Span)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, assignment.Variant.Experiment);
            json.WriteString("variant"u8, assignment.Variant.Key);
            json.WriteNumber("propensity"u8, assignment.Propensity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteQuality(json, request, ranking, scratch);
        WriteItems(json, scratch, ranking);
        json.WriteEndObject();
    }

    private static void WriteQuality(Utf8JsonWriter json, RankRequest request, in RankResult ranking, RequestScratch scratch)
    {
        json.WriteStartObject("quality"u8);
        json.WriteString("degraded"u8, ranking.Degraded);
        json.WriteString("updates"u8, ranking.Freshness.State);
        WriteRows(json, ranking.Rows);
        json.WriteStartArray("features_missing"u8);
        IReadOnlyList<string> names = ranking.Model.FieldNames;
        for (int field = 0; field < names.Count; field++)
        {
            // The user or at least one candidate has no value for the field.
            if (!scratch.FieldsOff[field] && !ranking.Model.FieldsRemoved[field] && scratch.Batch[field].Keys.Contains(RowKey.Missing))
                json.WriteStringValue(names[field]);
        }

        json.WriteEndArray();
        if (scratch.FieldsOff.AsSpan(0, names.Count).Contains(true))
        {
            json.WriteStartArray("fields_off"u8);
            for (int field = 0; field < names.Count; field++)
            {
                if (scratch.FieldsOff[field])
                    json.WriteStringValue(names[field]);
            }

            json.WriteEndArray();
        }

        if (request.Ignored.Count > 0)
        {
            json.WriteStartArray("members_ignored"u8);
            foreach (TextSlice name in request.Ignored.Span)
                json.WriteStringValue(request.Utf8(name));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteRows(Utf8JsonWriter json, GatherCounts rows)
    {
        json.WriteStartObject("rows"u8);
        json.WriteNumber("requested"u8, rows.Requested);
        json.WriteNumber("hot"u8, rows.Hot);
        json.WriteNumber("faster_memory"u8, rows.FasterMemory);
        json.WriteNumber("redis"u8, rows.Redis);
        json.WriteNumber("faster_disk"u8, rows.FasterDisk);
        json.WriteNumber("default"u8, rows.Default);
        json.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter json, RequestScratch scratch, in RankResult ranking)
    {
        RankRequest request = scratch.Request;
        json.WriteStartArray("items"u8);
        for (int rank = 0; rank < ranking.Top.Length; rank++)
        {
            int candidate = ranking.Top[rank];
            json.WriteStartObject();
            json.WriteString("id"u8, request.Utf8(request.Items[ranking.Candidates[candidate]].Id));
            json.WriteNumber("score"u8, Sigmoid.Of(ranking.Logits[candidate]));
            WriteTasks(json, ranking, candidate);
            json.WriteNumber("rank"u8, rank + 1);
            if (request.Explain)
                ExplanationWriter.Write(json, ranking.Model, scratch, candidate, scratch.Explanations[rank]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A model with several tasks: the probability of each beside the one that the candidate is ranked by.
    private static void WriteTasks(Utf8JsonWriter json, in RankResult ranking, int candidate)
    {
        IReadOnlyList<string> tasks = ranking.Model.TaskNames;
        if (tasks.Count < 2)
            return;
        ReadOnlySpan<float> logits = ranking.Scored.Slice((candidate * (tasks.Count + 1)) + 1, tasks.Count);
        json.WriteStartObject("scores"u8);
        for (int task = 0; task < logits.Length; task++)
            json.WriteNumber(tasks[task], Sigmoid.Of(logits[task]));
        json.WriteEndObject();
    }
}
