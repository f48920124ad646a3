using System.Buffers;
using System.Text.Json;
using RecServe.Api.Exposures;
using RecServe.Api.Problems;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Experiments;

/// <summary>Tells of each ranking to the topic of exposures, where there is one; of each that is part of an experiment to the metrics, and as a JSON line to the exposure file where there is one.</summary>
internal sealed class ExposureLog(ExposureWriter? writer, NodeExposures topic, ServingMetrics metrics, TimeProvider time)
{
    /// <summary>Records a ranking.</summary>
    public void Append(RankRequest request, in RankResult ranking, ReadOnlySpan<Assignment> assignments)
    {
        topic.Append(request, ranking, assignments);
        int exposures = 0;
        foreach (Assignment assignment in assignments)
        {
            if (assignment.Forced)
                continue;
            exposures++;
            metrics.Exposure(assignment.Variant.Experiment, assignment.Variant.Key);
        }

        if (writer is null || exposures == 0)
            return;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, ProblemResponse.JsonOptions))
            Write(json, request, ranking, assignments);
        byte[] line = ArrayPool<byte>.Shared.Rent(buffer.WrittenCount + 1);
        buffer.WrittenSpan.CopyTo(line);
        line[buffer.WrittenCount] = (byte)'\n';
        writer.Append(new ExposureLine(line, buffer.WrittenCount + 1));
    }

    private void Write(Utf8JsonWriter json, RankRequest request, in RankResult ranking, ReadOnlySpan<Assignment> assignments)
    {
        json.WriteStartObject();
        Span<byte> id = stackalloc byte[RankingId.Length];
        ranking.Id.Format(id);
        json.WriteString("ranking_id"u8, id);
        json.WriteNumber("time"u8, time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteString("user_id"u8, request.Utf8(request.UserId));
        json.WriteStartObject("model"u8);
        json.WriteString("name"u8, ranking.Model.Name);
        json.WriteString("version"u8, ranking.Model.Version);
        json.WriteEndObject();
        json.WriteStartArray("experiments"u8);
        foreach (Assignment assignment in assignments)
        {
            if (assignment.Forced)
                continue;
            json.WriteStartObject();
            json.WriteString("key"u8, assignment.Variant.Experiment);
            json.WriteString("variant"u8, assignment.Variant.Key);
            json.WriteNumber("propensity"u8, assignment.Propensity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("items"u8);
        foreach (int candidate in ranking.Top)
            json.WriteStringValue(request.Utf8(request.Items[ranking.Candidates[candidate]].Id));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
