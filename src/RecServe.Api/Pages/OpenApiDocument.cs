using Microsoft.AspNetCore.Http;

namespace RecServe.Api.Pages;

/// <summary><c>GET /openapi/v1.json</c>: the description of the API, written by hand because the endpoints read JSON by hand; a test keeps both equal.</summary>
internal static class OpenApiDocument
{
    private static readonly byte[] Json = Read();

    /// <summary>Writes the document.</summary>
    public static async Task ShowAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Json.Length;
        await context.Response.Body.WriteAsync(Json, context.RequestAborted);
    }

    private static byte[] Read()
    {
        using System.IO.Stream resource = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("RecServe.Api.openapi.v1.json")!;
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
