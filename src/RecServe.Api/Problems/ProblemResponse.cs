using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace RecServe.Api.Problems;

/// <summary>Answers a request with a problem document.</summary>
internal static class ProblemResponse
{
    /// <summary>Readable text instead of \u escapes; the answers are JSON, never HTML.</summary>
    public static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the whole response.</summary>
    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
            problem.WriteTo(json);
        HttpResponse response = context.Response;
        response.StatusCode = problem.Type.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = buffer.WrittenCount;
        await response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
