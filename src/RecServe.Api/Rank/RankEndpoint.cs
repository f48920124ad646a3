using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

/// <summary><c>POST /v1/rank</c>, <c>/v1/rank/{model}</c> and <c>/v1/rank/{model}@{version}</c>: HTTP around <see cref="RankPipeline"/>.</summary>
internal sealed class RankEndpoint(RankPipeline pipeline, RequestScratchPool pool, ServingOptions options, TimeProvider time)
{
    /// <summary>Answers one ranking.</summary>
    public async Task PostAsync(HttpContext context)
    {
        long arrived = time.GetTimestamp();
        RequestBody body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        if (body.Problem is { } unread)
        {
            pipeline.CountRefused(unread);
            await ProblemResponse.WriteAsync(context, unread);
            return;
        }

        RequestScratch scratch = pool.Rent();
        try
        {
            scratch.ResetOutput();
            string? model = context.Request.RouteValues["model"] as string;
            Problem? problem = pipeline.Rank(body.Bytes!, 0, body.Length, model, arrived, scratch);
            if (problem == RankPipeline.Waiting)
            {
                await pipeline.WaitAsync(scratch.Request, arrived, context.RequestAborted);
                problem = pipeline.Rank(body.Bytes!, 0, body.Length, model, arrived, scratch, waited: true);
            }

            problem?.WriteTo(scratch.Json);
            AnswerWriter.Copy(context, scratch, problem);
        }
        finally
        {
            pool.Return(scratch);
            body.Return();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
