using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_page_is_the_text_format_and_counts_what_happened()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        for (int n = 0; n < 3; n++)
            await server.RankAsync("""{"user":{"id":"stranger"},"items":[{"id":"i1"},{"id":"new"}]}""");
        await server.PostAsync("/v1/rank", """{"items":[]}""");
        await server.PostAsync("/v1/rank/hostile-name", """{"items":[{"id":"i1"}]}""");
        using HttpResponseMessage response = await server.Client.GetAsync("/metrics");
        Assert.Equal(PrometheusText.ContentType, response.Content.Headers.ContentType!.ToString());
        string text = await response.Content.ReadAsStringAsync();
        Dictionary<string, double> samples = Parse(text);

        Assert.Equal(3, samples["""recserve_rank_requests_total{model="m",status="200"}"""]);
        Assert.Equal(1, samples["""recserve_rank_requests_total{model="none",status="422"}"""]);
        Assert.Equal(1, samples["""recserve_rank_requests_total{model="none",status="404"}"""]);
        Assert.Equal(3, samples["""recserve_rows_total{table="item",tier="hot"}"""]);
        Assert.Equal(3, samples["""recserve_rows_total{table="item",tier="default"}"""]);
        Assert.True(samples["recserve_process_allocated_bytes_total"] > 0);
        Assert.InRange(samples["recserve_process_cpu_seconds_total"], 0.001, 1e6);
        Assert.DoesNotContain("hostile-name", text);
        foreach (string stage in (string[])["parse", "assign", "features", "extract", "gather", "score", "rank", "write", "total"])
        {
            Assert.Equal(3, samples[$$"""recserve_rank_duration_seconds_count{model="m",stage="{{stage}}"}"""]);
            Assert.Equal(3, samples[$$"""recserve_rank_duration_seconds_bucket{model="m",stage="{{stage}}",le="+Inf"}"""]);
        }

        Assert.True(samples["""recserve_rank_duration_seconds_sum{model="m",stage="total"}"""] > 0);
    }

    [Theory]
    [InlineData("{", "none", "parse", "assign")]
    [InlineData("""{"items":[{"id":"a"},{"id":"a"}]}""", "none", "parse", "assign")]
    [InlineData("""{"model":"other","items":[{"id":"a"}]}""", "none", "assign", "features")]
    [InlineData("""{"items":[{"id":"a","features":{"price":"cheap"}}]}""", "m", "extract", "gather")]
    public async Task Metrics_refused_request_counts_its_time_up_to_the_stage_that_refused_it(string body, string model, string last, string next)
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        await server.PostAsync("/v1/rank", body);
        Dictionary<string, double> samples = Parse(await server.Client.GetStringAsync("/metrics"));
        Assert.All(samples, sample => Assert.True(sample.Value >= 0, $"{sample.Key} {sample.Value}"));
        foreach (string stage in (string[])[last, "total"])
        {
            Assert.Equal(1, samples[$$"""recserve_rank_duration_seconds_count{model="{{model}}",stage="{{stage}}"}"""]);
            Assert.InRange(samples[$$"""recserve_rank_duration_seconds_sum{model="{{model}}",stage="{{stage}}"}"""], 1e-9, 60);
        }

        Assert.DoesNotContain(samples.Keys, key => key.Contains($"stage=\"{next}\""));
    }

    [PromtoolFact]
    public async Task Metrics_page_passes_promtool()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        await server.RankAsync("""{"user":{"id":"stranger"},"items":[{"id":"i1"},{"id":"new"}]}""");
        await server.PostAsync("/v1/rank", """{"items":[]}""");
        using Process promtool = Process.Start(new ProcessStartInfo(PromtoolFactAttribute.Path, ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(await server.Client.GetStringAsync("/metrics"));
        promtool.StandardInput.Close();
        string complaints = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, ""), (promtool.ExitCode, complaints));
    }

    [Fact]
    public void Metrics_allocated_bytes_grow_by_what_is_allocated()
    {
        using var metrics = new ServingMetrics();
        using var text = new PrometheusText(metrics);
        double before = Parse(text.Render())["recserve_process_allocated_bytes_total"];
        GC.KeepAlive(new byte[10_000_000]);

        // The runtime hands out blocks of 8 KiB a thread and takes back the unused rest of them at a collection, so the count is not exact.
        Assert.InRange(Parse(text.Render())["recserve_process_allocated_bytes_total"] - before, 9_900_000, 1e9);
    }

    [Fact]
    public void Metrics_label_values_are_escaped_and_series_are_bounded()
    {
        using var metrics = new ServingMetrics();
        using var text = new PrometheusText(metrics);
        metrics.Exposure("a\"b\\c\nd", "v");
        for (int n = 0; n < MetricFamily.MaxSeries + 100; n++)
            metrics.Degraded($"reason{n}");
        Dictionary<string, double> samples = Parse(text.Render());
        Assert.Equal(1, samples["recserve_exposures_total{experiment=\"a\\\"b\\\\c\\nd\",variant=\"v\"}"]);
        Assert.Equal(MetricFamily.MaxSeries + 1, samples.Keys.Count(k => k.StartsWith("recserve_degraded_total")));
        Assert.Equal(100, samples["recserve_degraded_total{reason=\"other\"}"]);
    }

    [Fact]
    public void Metrics_histogram_buckets_are_cumulative_and_inclusive()
    {
        using var metrics = new ServingMetrics();
        using var text = new PrometheusText(metrics);
        foreach (double ms in (double[])[0.05, 0.05, 0.06, 5, 20_000])
            metrics.Stage("m", RankStage.Score, TimeSpan.FromMilliseconds(ms));
        Dictionary<string, double> samples = Parse(text.Render());
        Assert.Equal(2, At("5E-05"));
        Assert.Equal(3, At("0.0001"));
        Assert.Equal(4, At("0.005"));
        Assert.Equal(4, At("10"));
        Assert.Equal(5, At("+Inf"));
        Assert.Equal(20.00516, samples["""recserve_rank_duration_seconds_sum{model="m",stage="score"}"""], 1e-9);

        double At(string bound) => samples[$$"""recserve_rank_duration_seconds_bucket{model="m",stage="score",le="{{bound}}"}"""];
    }

    /// <summary>A strict parser of the format: help and type once before a metric's samples, names and labels well-formed, no sample twice.</summary>
    internal static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var samples = new Dictionary<string, double>();
        string family = "", type = "";
        var seen = new HashSet<string>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(seen.Add(family), line);
                continue;
            }

            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                type = line.Split(' ')[3];
                Assert.Contains(type, (string[])["counter", "gauge", "histogram"]);
                continue;
            }

            Match sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            string name = sample.Groups["name"].Value;
            string[] allowed = type == "histogram" ? [family + "_bucket", family + "_sum", family + "_count"] : [family];
            Assert.Contains(name, allowed);
            samples.Add(line[..line.LastIndexOf(' ')], double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
        }

        return samples;
    }

    [GeneratedRegex("""^(?<name>[a-z_]+)(\{([a-z_]+="([^"\\\n]|\\["\\n])*"(,(?=[a-z])|(?=\})))*\})? (?<value>[0-9.E+-]+)$""")]
    private static partial Regex Sample();
}
