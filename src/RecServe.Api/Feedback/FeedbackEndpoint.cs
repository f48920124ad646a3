using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Feedback;

/// <summary><c>POST /v1/feedback</c>.</summary>
internal sealed class FeedbackEndpoint(FeedbackStore store, ServingOptions options)
{
    /// <summary>Counts the events of one call; a call with one bad event counts none.</summary>
    public async Task PostAsync(HttpContext context)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        Problem? problem = body.Problem;
        FeedbackCounts counts = default;
        try
        {
            problem ??= FeedbackParser.Parse(body.Bytes.AsMemory(0, body.Length), options, out FeedbackEvent[] events) ?? Count(events);
        }
        finally
        {
            body.Return();
        }

        Problem? Count(FeedbackEvent[] events)
        {
            counts = store.Apply(events);
            return null;
        }

        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteNumber("accepted"u8, counts.Accepted);
            json.WriteNumber("duplicates"u8, counts.Duplicates);
            json.WriteNumber("unknown_rankings"u8, counts.UnknownRankings);
        });
    }
}
