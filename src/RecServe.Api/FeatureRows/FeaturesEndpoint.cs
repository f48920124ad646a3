using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.FeatureStore;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.FeatureRows;

/// <summary><c>GET</c>, <c>PUT</c> and <c>DELETE /v1/features/{entity}/{id}</c>, <c>POST /v1/features:batch</c>.</summary>
internal sealed class FeaturesEndpoint(NodeFeatures features, FeatureWrites writes, ServingOptions options, TimeProvider time)
{
    private const string Producer = "http";

    /// <summary>The row of an entity.</summary>
    public Task ShowAsync(HttpContext context)
    {
        if (Path(context, out FieldSide entity, out string id) is { } problem)
            return ProblemResponse.WriteAsync(context, problem);
        return features.Store.FindOne(entity, Encoding.UTF8.GetBytes(id)) is { } row
            ? JsonResponse.WriteAsync(context, json => FeatureRowJson.Write(json, row))
            : ProblemResponse.WriteAsync(context, new Problem(ProblemTypes.UnknownFeatures, $"no features are stored for {FeatureSchema.NameOf(entity)} '{id}'"));
    }

    /// <summary>Replaces the row of an entity.</summary>
    public async Task PutAsync(HttpContext context)
    {
        Problem? problem = Path(context, out FieldSide entity, out string id);
        FeatureRow? row = null;
        if (problem is null)
        {
            problem = await ReadAsync(context, root => FeatureRowJson.Read(root, new FeatureRowDefaults(Now(), Producer, entity, id), features.Schema, out row) is { } fault
                ? FeatureProblems.Of(fault, "") : null);
        }

        await ApplyOneAsync(context, problem, row);
    }

    /// <summary>Deletes the row of an entity; <c>?version=</c> says when, else the clock does.</summary>
    public Task DeleteAsync(HttpContext context)
    {
        ulong version = Now();
        Problem? problem = Path(context, out FieldSide entity, out string id);
        if (problem is null && context.Request.Query.TryGetValue("version", out var named)
            && (!ulong.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out version) || version == 0))
            problem = Problem.At(ProblemTypes.InvalidRequest, "version", "must be a whole number of 1 or more");
        return ApplyOneAsync(context, problem, problem is null ? FeatureRow.Deletion(entity, id, version, Producer, time.GetUtcNow().ToUnixTimeMilliseconds()) : null);
    }

    /// <summary>Applies many rows. One that cannot be read refuses the whole request; one that is not newer is counted.</summary>
    public async Task BatchAsync(HttpContext context)
    {
        FeatureRow[] rows = [];
        string releasedBy = "";
        Problem? problem = await ReadAsync(context, root => FeatureBatchJson.Read(root, new FeatureRowDefaults(Now(), Producer), features.Schema, options.MaxUpdateRows, out rows, out releasedBy));
        var outcomes = new FeatureOutcome[rows.Length];
        FreshnessToken? token = null;
        bool isVisible = false;
        if (problem is null)
            (problem, token, isVisible) = await writes.WriteAsync(rows, outcomes, releasedBy, context.RequestAborted);
        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteNumber("applied"u8, outcomes.Count(outcome => outcome == FeatureOutcome.Applied));
            json.WriteNumber("stale"u8, outcomes.Count(outcome => outcome == FeatureOutcome.Stale));
            json.WriteNumber("refused"u8, outcomes.Count(outcome => outcome is FeatureOutcome.Full or FeatureOutcome.Collision));
            WriteToken(json, token, isVisible);
        });
    }

    private static Problem? Path(HttpContext context, out FieldSide entity, out string id)
    {
        id = (string)context.Request.RouteValues["id"]!;
        if (!FeatureSchema.TryParse((string?)context.Request.RouteValues["entity"], out entity) || entity == FieldSide.Context)
            return new Problem(ProblemTypes.NotFound, "features are stored for users and items: /v1/features/user/ID or /v1/features/item/ID");
        return Encoding.UTF8.GetByteCount(id) <= FeatureLimits.TextBytes ? null
            : Problem.At(ProblemTypes.OverLimit, "id", $"is longer than {FeatureLimits.TextBytes:N0} bytes, the limit");
    }

    private async Task<Problem?> ReadAsync(HttpContext context, Func<JsonElement, Problem?> read)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        try
        {
            if (body.Problem is not null)
                return body.Problem;
            using JsonDocument document = JsonDocument.Parse(body.Bytes.AsMemory(0, body.Length), new JsonDocumentOptions { MaxDepth = options.MaxDepth, AllowDuplicateProperties = false });
            return read(document.RootElement);
        }
        catch (JsonException failure)
        {
            return new Problem(ProblemTypes.MalformedJson, failure.LineNumber is { } line
                ? $"reading stopped at line {line + 1}, byte {failure.BytePositionInLine + 1}: the text is not valid JSON of at most {options.MaxDepth} levels"
                : "a member stands twice in one object");
        }
        finally
        {
            body.Return();
        }
    }

    private async Task ApplyOneAsync(HttpContext context, Problem? problem, FeatureRow? row)
    {
        var outcome = new FeatureOutcome[1];
        FreshnessToken? token = null;
        bool isVisible = false;
        if (problem is null)
            (problem, token, isVisible) = await writes.WriteAsync([row!], outcome, "", context.RequestAborted);
        problem ??= ProblemOf(outcome[0], row!);
        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("entity"u8, FeatureSchema.NameOf(row!.Entity));
            json.WriteString("id"u8, row.Id);
            json.WriteString("version"u8, row.Version.ToString(CultureInfo.InvariantCulture));
            json.WriteString("result"u8, row.IsDeletion ? "deleted" : "stored");
            WriteToken(json, token, isVisible);
        });
    }

    /// <summary>Where the row went by Kafka: what <c>read_after</c> takes, and whether it is here already.</summary>
    private static void WriteToken(Utf8JsonWriter json, FreshnessToken? token, bool isVisible)
    {
        if (token is null)
            return;
        json.WriteString("token"u8, token.ToString());
        json.WriteBoolean("visible"u8, isVisible);
    }

    private Problem? ProblemOf(FeatureOutcome outcome, FeatureRow row) => outcome switch
    {
        FeatureOutcome.Applied => null,
        FeatureOutcome.Stale => Problem.At(ProblemTypes.VersionConflict, "version", $"is {row.Version}, and {Stored(row)} is there"),
        FeatureOutcome.Full => new Problem(ProblemTypes.StoreFull, $"the row takes {row.Bytes.Length:N0} bytes, and --feature-memory-mb {options.FeatureMemoryMb} is used up"),
        _ => new Problem(ProblemTypes.StoreFull, "another id with the same hash has a row"),
    };

    private string Stored(FeatureRow row) => features.Store.FindOne(row.Entity, row.Id) is { } before ? $"version {before.Version}" : "a deletion of the same or a higher version";

    private ulong Now() => (ulong)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
