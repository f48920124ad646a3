using Microsoft.AspNetCore.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

/// <summary>Hands an answer that stands in scratch memory to HTTP.</summary>
internal static class AnswerWriter
{
    /// <summary>Copies the answer to the response, whose length is then known; the caller flushes it after the scratch memory has gone back.</summary>
    public static void Copy(HttpContext context, RequestScratch scratch, Problem? problem)
    {
        scratch.Json.Flush();
        ReadOnlySpan<byte> answer = scratch.Output.WrittenSpan;
        HttpResponse response = context.Response;
        response.StatusCode = problem?.Type.Status ?? StatusCodes.Status200OK;
        response.ContentType = problem is null ? "application/json" : "application/problem+json";
        response.ContentLength = answer.Length;
        Span<byte> target = response.BodyWriter.GetSpan(answer.Length);
        answer.CopyTo(target);
        response.BodyWriter.Advance(answer.Length);
    }
}
