using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Exposures;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary><c>POST /v1/rows:apply</c>, <c>GET /v1/updates</c>, <c>POST /v1/updates:pause</c> and <c>POST /v1/updates:resume</c>.</summary>
internal sealed class UpdatesEndpoint(NodeUpdates updates, NodeExposures exposures, ServingOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestPublish = TimeSpan.FromSeconds(5);

    /// <summary>Sends the rows of one message the way that all updates come. What no row may ever be is refused here and named; the rest of the rules is the corridor's.</summary>
    public async Task ApplyAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, Math.Min(options.MaxBodyBytes, updates.Limits.MessageBytes));
        RowUpdate? update = null;
        Problem? problem = body.Problem;
        try
        {
            problem ??= Read(body.Bytes.AsMemory(0, body.Length), out update);
        }
        finally
        {
            body.Return();
        }

        FreshnessToken? token = null;
        bool visible = false;
        if (problem is null)
            (problem, token, visible) = await PublishAsync(update!, context.RequestAborted);
        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("token"u8, token!.ToString());
            json.WriteNumber("rows"u8, update!.Rows.Length);
            json.WriteBoolean("visible"u8, visible);
            json.WriteString("durable"u8, updates.Source == "kafka" ? "kafka" : options.StoreDirectory is null ? "no" : "next_checkpoint");
        });
    }

    /// <summary>Tells how every partition stands.</summary>
    public Task ShowAsync(HttpContext context) => JsonResponse.WriteAsync(context, json =>
    {
        UpdatesJson.Write(json, updates, all: true);
        exposures.Write(json);
    });

    /// <summary>Stops a partition of a topic, or all of them.</summary>
    public Task PauseAsync(HttpContext context) => DirectAsync(context, (consumer, partition) => consumer.Pause(partition), (events, partition) => events.Pause(partition));

    /// <summary>Goes on with a partition of a topic, or all of them; behind a gap only where <c>accept_gap=true</c> (events go on behind theirs by themselves).</summary>
    public Task ResumeAsync(HttpContext context)
    {
        bool acceptGap = context.Request.Query["accept_gap"] == "true";
        return DirectAsync(context, (consumer, partition) => consumer.Resume(partition, acceptGap), (events, partition) => events.Resume(partition));
    }

    private Task DirectAsync(HttpContext context, Func<UpdateConsumer, int?, bool> direct, Func<EventConsumer, int?, bool> directEvents)
    {
        string topic = context.Request.Query.TryGetValue("topic", out var asked) ? $"{asked}" : FreshnessToken.Rows;
        Func<int?, bool>? act = topic switch
        {
            FreshnessToken.Rows => partition => direct(updates.Consumer, partition),
            FreshnessToken.Features when updates.Features is { } features => partition => direct(features, partition),
            FreshnessToken.Events when updates.Events?.Consumer is { } events => partition => directEvents(events, partition),
            _ => null,
        };
        if (act is null)
            return ProblemResponse.WriteAsync(context, Problem.At(ProblemTypes.InvalidRequest, "topic", "must be rows, features where this server reads Kafka, or events where a model counts them"));
        int? partition = null;
        if (context.Request.Query.TryGetValue("partition", out var named))
        {
            if (!int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return ProblemResponse.WriteAsync(context, Problem.At(ProblemTypes.InvalidRequest, "partition", "must be the number of a partition"));
            partition = number;
        }

        return act(partition)
            ? JsonResponse.WriteAsync(context, json => json.WriteString("status"u8, "asked"))
            : ProblemResponse.WriteAsync(context, Problem.At(ProblemTypes.InvalidRequest, "partition", "is none of this server's: GET /v1/updates lists them"));
    }

    private Problem? Read(ReadOnlyMemory<byte> body, out RowUpdate? update)
    {
        if (RowUpdateJson.Decode(body, updates.Limits, out update) is { } refusal)
        {
            return new Problem(refusal.Reason == RefusalReason.Malformed && refusal.Detail.StartsWith("the text", StringComparison.Ordinal) ? ProblemTypes.MalformedJson
                : refusal.Reason == RefusalReason.RowCount ? ProblemTypes.OverLimit : ProblemTypes.InvalidRequest, refusal.Detail);
        }

        RefusalReason unknown = updates.Tables.Find(update!.Lineage, update.Table, out IReadOnlyList<EmbeddingTable> tables);
        if (unknown == RefusalReason.UnknownLineage)
            return Problem.At(ProblemTypes.InvalidRequest, "lineage", $"is '{update.Lineage}', which no served model has; GET /v1/models lists them");
        if (unknown == RefusalReason.UnknownTable)
            return Problem.At(ProblemTypes.InvalidRequest, "table", $"is '{update.Table}', which is no field of the models of this lineage");
        var firewall = new UpdateFirewall(updates.Firewall, time);
        for (int i = 0; i < update.Rows.Length; i++)
        {
            foreach (EmbeddingTable table in tables)
            {
                if (firewall.JudgeReleased(update.Rows[i], table.Width) is var reason && reason != RefusalReason.None)
                    return Problem.At(ProblemTypes.InvalidRequest, $"rows[{i}]", reason == RefusalReason.WrongLength ? $"must have {table.Width} numbers" : "has a number that is not finite");
            }
        }

        return null;
    }

    private async Task<(Problem? Problem, FreshnessToken? Token, bool Visible)> PublishAsync(RowUpdate update, CancellationToken aborted)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        late.CancelAfter(LongestPublish);
        try
        {
            FreshnessToken token = await updates.PublishAsync(update, late.Token);
            return (null, token, await updates.Consumer.WaitAsync(token, TimeSpan.FromMilliseconds(options.ReadAfterWaitMs), aborted));
        }
        catch (IOException failure)
        {
            return (new Problem(ProblemTypes.NotTaken, failure.Message), null, false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (new Problem(ProblemTypes.NotTaken, $"the log of updates took nothing for {LongestPublish.TotalSeconds:0} s; the message may still get there, and sending it again does no harm"), null, false);
        }
    }
}
