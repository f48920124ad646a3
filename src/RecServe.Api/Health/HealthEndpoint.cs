using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Models;
using RecServe.Api.Updates;

namespace RecServe.Api.Health;

/// <summary><c>GET /health/live</c> and <c>GET /health/ready</c>.</summary>
internal sealed class HealthEndpoint(Readiness readiness, ModelRegistry registry, NodeUpdates updates)
{
    /// <summary>200 as long as the process answers.</summary>
    public static Task LiveAsync(HttpContext context) => JsonResponse.WriteAsync(context, json => json.WriteString("status"u8, "live"u8));

    /// <summary>200 while new requests are wanted, 503 while the server stops; names the packages that are not served and the partitions that are not applied.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        bool ready = readiness.IsReady;
        ModelSet models = registry.Current;
        return JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("status"u8, !ready ? "draining" : models.Broken.Count == 0 && updates.Freshness().State is "local" or "live" ? "ready" : "degraded");
            json.WriteStartArray("models"u8);
            foreach (ServedModel model in models.Models)
                json.WriteStringValue(model.Newest.Label);
            json.WriteEndArray();
            json.WriteStartArray("broken"u8);
            foreach (BrokenPackage broken in models.Broken)
            {
                json.WriteStartObject();
                json.WriteString("package"u8, broken.Package);
                json.WriteString("reason"u8, broken.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("updates"u8);
            UpdatesJson.Write(json, updates, all: false);
            json.WriteEndObject();
        }, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
