using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Http;

/// <summary>Answers with a small JSON document; rankings write their own.</summary>
internal static class JsonResponse
{
    /// <summary>Writes the whole response.</summary>
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, ProblemResponse.JsonOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
