using Microsoft.AspNetCore.Http;
using RecServe.Api.Events;
using RecServe.Api.Experiments;
using RecServe.Api.Http;
using RecServe.Api.Models;
using RecServe.Api.Updates;
using RecServe.Stream;

namespace RecServe.Api.Health;

/// <summary><c>GET /health/live</c> and <c>GET /health/ready</c>.</summary>
internal sealed class HealthEndpoint(Readiness readiness, ModelRegistry registry, NodeUpdates updates, NodeEvents events, NodeExperiments experiments)
{
    /// <summary>200 as long as the process answers.</summary>
    public static Task LiveAsync(HttpContext context) => JsonResponse.WriteAsync(context, json => json.WriteString("status"u8, "live"u8));

    /// <summary>200 while new requests are wanted, 503 until the topics of experiments and features were read and while the server stops; names the packages that are not served and the partitions that are not applied.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        bool wanted = readiness.IsReady, loading = updates.IsLoading, ready = wanted && !loading && experiments.IsSettled;
        ExperimentTopicSnapshot topic = experiments.Consumer.Measure();
        ModelSet models = registry.Current;
        return JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("status"u8, !wanted ? "draining" : loading ? "loading" : !ready ? "starting"
                : models.Broken.Count == 0 && updates.Freshness().State is "local" or "live" && events.IsWell && experiments.IsWell(topic) ? "ready" : "degraded");
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
            json.WriteStartObject("experiments"u8);
            json.WriteString("source"u8, experiments.Source);
            json.WriteString("topic"u8, topic.Topic);
            json.WriteString("state"u8, experiments.StateOf(topic));
            json.WriteString("trouble"u8, topic.Trouble);
            json.WriteNumber("definitions"u8, topic.Definitions);
            json.WriteNumber("refused"u8, topic.Refused);
            json.WriteNumber("lag"u8, topic.Lag);
            json.WriteString("applied"u8, experiments.Consumer.Applied is { Places.Count: > 0 } applied ? applied.ToString() : null);
            json.WriteEndObject();
        }, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
