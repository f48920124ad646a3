using System.Net;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Models;
using RecServe.Api.Updates;
using RecServe.Stream;

namespace RecServe.Api.Pages;

/// <summary><c>GET /</c>: what runs here, for a person who opened the address in a browser.</summary>
internal sealed class HomePage(ModelRegistry registry, NodeUpdates updates)
{
    private static readonly string[] Links =
        ["/v1/models", "/v1/experiments", "/v1/updates", "/health/ready", "/metrics", "/openapi/v1.json", "/problems"];

    /// <summary>Writes the page.</summary>
    public Task ShowAsync(HttpContext context)
    {
        ModelSet models = registry.Current;
        string rows = string.Concat(models.Models.Select(model =>
            $"<tr><td><a href=\"/v1/models/{Uri.EscapeDataString(model.Name)}\">{WebUtility.HtmlEncode(model.Name)}</a>{(model == models.Default ? " (default)" : "")}</td>"
            + $"<td>{WebUtility.HtmlEncode(model.Newest.Version)}</td><td>{WebUtility.HtmlEncode(model.Newest.Kind)}</td>"
            + $"<td>{model.Newest.Rows:N0}</td><td>{model.Newest.Extractor.Items?.Count ?? 0:N0}</td></tr>"));
        UpdateSnapshot now = updates.Consumer.Measure();
        string ages = updates.VisibleTimes.Percentiles() is (double p50, double p99) ? $"; an update was visible {p50:0.#} ms after its event in the median, {p99:0.#} ms at the 99th percentile" : "";
        string links = string.Concat(Links.Select(link => $"<li><a href=\"{link}\">{link}</a></li>"));
        string host = WebUtility.HtmlEncode(context.Request.Host.Value ?? "");
        return HtmlPage.WriteAsync(context, title: null,
            $$"""
            <p>This server ranks items for users.</p>
            <table><tr><th>model</th><th>version</th><th>kind</th><th>rows</th><th>known items</th></tr>{{rows}}</table>
            <p>Row updates: {{WebUtility.HtmlEncode(updates.Freshness().State)}}, {{now.Applied:N0}} rows applied{{ages}}.</p>
            <p>Ask it:</p>
            <pre>curl http://{{host}}/v1/rank -H 'Content-Type: application/json' \
              -d '{"user":{"id":"u1"},"items":[{"id":"i1"},{"id":"i2"}]}'</pre>
            <ul>{{links}}</ul>
            """);
    }
}
