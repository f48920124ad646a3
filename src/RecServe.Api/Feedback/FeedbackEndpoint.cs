using Microsoft.AspNetCore.Http;
using RecServe.Api.Events;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.Api.Telemetry;
using RecServe.Stream;

namespace RecServe.Api.Feedback;

/// <summary><c>POST /v1/feedback</c>.</summary>
internal sealed class FeedbackEndpoint(FeedbackStore store, NodeEvents events, ServingMetrics metrics, ServingOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestPublish = TimeSpan.FromSeconds(5);

    /// <summary>Counts the events of one call; a call with one bad event counts none.</summary>
    public async Task PostAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        Problem? problem = body.Problem;
        FeedbackEvent[] feedback = [];
        try
        {
            problem ??= FeedbackParser.Parse(body.Bytes.AsMemory(0, body.Length), options, out feedback);
        }
        finally
        {
            body.Return();
        }

        if (problem is null && events.Consumer is null && events.Wants)
            events.Send(UserEvents(feedback, needUser: false));

        // To the log of events first: a call that it does not take counts nowhere, and can come again whole. What it has twice it counts once.
        FreshnessToken? token = null;
        if (problem is null && events.Consumer is not null)
            (problem, token) = await PublishAsync(feedback, context.RequestAborted);
        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        FeedbackCounts counts = store.Apply(feedback, time.GetUtcNow().ToUnixTimeMilliseconds());
        metrics.Feedback(counts);
        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteNumber("accepted"u8, counts.Accepted);
            json.WriteNumber("duplicates"u8, counts.Duplicates);
            json.WriteNumber("late"u8, counts.Late);
            json.WriteNumber("unknown_rankings"u8, counts.UnknownRankings);
            if (token is not null)
                json.WriteString("token"u8, token.ToString());
        });
    }

    private List<UserEvent> UserEvents(FeedbackEvent[] feedback, bool needUser)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var users = new List<UserEvent>(feedback.Length);
        foreach (FeedbackEvent one in feedback)
        {
            if ((one.UserId ?? store.UserOf(one.Ranking) ?? (needUser ? null : "")) is { } user)
                users.Add(new UserEvent(one.EventId, user, one.ItemId, one.Type, one.Time ?? now, now, one.Ranking.ToString(), one.Value));
        }

        return users;
    }

    private async Task<(Problem? Problem, FreshnessToken? Token)> PublishAsync(FeedbackEvent[] feedback, CancellationToken aborted)
    {
        // Whose an event is must not change between a call and its repetition: that of an unknown ranking waits until it names its user, or the ranking is known.
        List<UserEvent> users = UserEvents(feedback, needUser: true);
        if (users.Count == 0)
            return (null, null);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        late.CancelAfter(LongestPublish);
        try
        {
            return (null, await events.PublishAsync(users, late.Token));
        }
        catch (IOException failure)
        {
            return (new Problem(ProblemTypes.NotTaken, failure.Message), null);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (new Problem(ProblemTypes.NotTaken, $"the log of events took nothing for {LongestPublish.TotalSeconds:0} s; the events may still get there, and sending them again does no harm"), null);
        }
    }
}
