using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

public class BenchVerbTests
{
    [Theory]
    [InlineData("int8", "0")]
    [InlineData("int4", "10")]
    public async Task Gather_small_table_reports_every_figure_as_json(string precision, string inserted)
    {
        (int exit, string output, _) = await Run(
            "bench", "gather", "--rows", "20000", "--dim", "16", "--precision", precision, "--batch", "500", "--inserted", inserted, "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement figures = json.RootElement;
        Assert.Equal(precision, figures.GetProperty("precision").GetString());
        Assert.Equal(20_000, figures.GetProperty("resident_rows").GetInt64());
        Assert.Equal(1, figures.GetProperty("hit_share").GetDouble());
        foreach (string name in (string[])["ns_per_row", "dense_ns_per_row", "ratio", "line_ns_per_row", "dictionary_ns_per_row", "dictionary_ratio"])
            Assert.True(figures.GetProperty(name).GetDouble() > 0, name);
        Assert.True(figures.GetProperty("resident_bytes").GetInt64() >= 20_000 * 20);
        Assert.True(figures.GetProperty("faster_ratio").GetDouble() > 1);

        // Null where there is no redis-server to start.
        JsonElement redis = figures.GetProperty("redis_ratio");
        Assert.True(redis.ValueKind == JsonValueKind.Null || redis.GetDouble() > 1);
    }

    [Fact]
    public async Task Gather_through_the_tiers_loses_no_row_and_counts_every_key()
    {
        (int exit, string output, _) = await Run(
            "bench", "gather", "--tier", "tiered", "--rows", "200000", "--dim", "16", "--skew", "0.8", "--batch", "500", "--gathers", "40", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement figures = json.RootElement;
        Assert.Equal((0, 0), (figures.GetProperty("default_rows").GetInt32(), figures.GetProperty("rows_wrong").GetInt32()));
        Assert.True(figures.GetProperty("rows_compared").GetInt32() >= 1000);
        double[] shares = [.. ((string[])["hot_share", "faster_memory_share", "faster_disk_share"]).Select(name => figures.GetProperty(name).GetDouble())];
        Assert.Equal(1, shares.Sum(), 3);
        Assert.All(shares, share => Assert.True(share > 0));
    }

    [Theory]
    [InlineData("faster")]
    [InlineData("redis")]
    public async Task Gather_from_a_lower_tier_finds_every_row(string tier)
    {
        (int exit, string output, string error) = await Run("bench", "gather", "--tier", tier, "--rows", "20000", "--batch", "500", "--json");
        if (tier == "redis" && exit == ExitCode.Failed)
        {
            Assert.Contains("redis-server", error, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("missing").GetInt32());
        Assert.True(json.RootElement.GetProperty("distinct_keys").GetInt32() > 1000);
        Assert.True(json.RootElement.GetProperty("ratio").GetDouble() > 0);
    }

    [Theory]
    [InlineData("--rows", "10")]
    [InlineData("--skew", "-1")]
    [InlineData("--skew", "NaN")]
    [InlineData("--precision", "int7")]
    [InlineData("--threads", "0")]
    public async Task Gather_option_out_of_range_is_a_usage_error_that_names_it(string option, string value)
    {
        (int exit, _, string error) = await Run("bench", "gather", option, value);
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(value, error);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("deepfm")]
    [InlineData("dcnv2")]
    [InlineData("dcnv2-stacked")]
    [InlineData("dcnv2-mix")]
    [InlineData("dcnv2-stacked-mix")]
    [InlineData("mmoe")]
    [InlineData("ple")]
    [InlineData("moe")]
    public async Task Score_small_model_reports_every_figure_as_json(string model)
    {
        (int exit, string output, _) = await Run("bench", "score", "--model", model, "--candidates", "30", "--user-fields", "3", "--item-fields", "2",
            "--dim", "4", "--items", "1000", "--seconds", "0", "--gemm-seconds", "0", "--threads", "2", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement figures = json.RootElement;
        Assert.True(figures.GetProperty("ratios").GetProperty("exact_over_plain").GetDouble() > 0);
        Assert.Equal(["plain", "exact"], figures.GetProperty("sides").EnumerateArray().Select(side => side.GetProperty("name").GetString()!));
        foreach (JsonElement side in figures.GetProperty("sides").EnumerateArray())
        {
            Assert.True(side.GetProperty("least_us").GetDouble() > 0);
            Assert.InRange(side.GetProperty("max_difference").GetDouble(), 0, 1e-5);
        }

        Assert.Equal(3, figures.GetProperty("gemm").GetArrayLength());
        Assert.True(figures.GetProperty("peak_gflops").GetDouble() > 0);
    }

    [Fact]
    public async Task Score_kept_reports_hit_rates_and_differences()
    {
        (int exit, string output, _) = await Run("bench", "score", "--plan", "kept", "--returning", "100", "--candidates", "20", "--user-fields", "3",
            "--item-fields", "5", "--dim", "16", "--items", "100", "--seconds", "1", "--gemm-seconds", "0", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        foreach ((string store, string unit) in ((string, string)[])[("kept_users", "bytes_per_user"), ("kept_items", "bytes_per_item")])
        {
            JsonElement kept = json.RootElement.GetProperty(store);
            Assert.InRange(kept.GetProperty("hit_rate").GetDouble(), 0.5, 1);
            Assert.InRange(kept.GetProperty("bytes").GetInt64(), kept.GetProperty(unit).GetInt64(), 256 << 20);
        }

        foreach (JsonElement side in json.RootElement.GetProperty("sides").EnumerateArray())
        {
            Assert.InRange(side.GetProperty("max_difference").GetDouble(), 0, side.GetProperty("class").GetString() == "kept" ? 1e-3 : 1e-5);
            Assert.InRange(side.GetProperty("rank_correlation").GetDouble(), 0.99, 1);
        }
    }

    [Fact]
    public async Task Updates_refuses_cores_for_a_server_that_it_does_not_start()
    {
        (int exit, _, string error) = await Run("bench", "updates", "--server-cores", "1", "--seconds", "1");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("--server-cores needs --rank-load", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_without_the_peers_library_says_how_to_install_it()
    {
        (int exit, _, string error) = await Run("bench", "score", "--peer", "onnxruntime", "--onnxruntime", "no-such.so");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("bench/peers/install-onnxruntime.sh", error);
    }

    [Fact]
    public async Task Eviction_trace_from_a_file_reports_every_policy_as_json()
    {
        string path = Path.GetTempFileName();
        try
        {
            var random = new Random(1);
            await File.WriteAllLinesAsync(path, ["user,item", .. Enumerable.Range(0, 20_000).Select(i => $"u{i},i{(int)(2000 * Math.Pow(random.NextDouble(), 4))}")]);
            (int exit, string output, _) = await Run("bench", "eviction", "--trace", path, "--column", "2", "--skip", "1", "--percent", "10", "--shuffle", "--json");
            Assert.Equal(ExitCode.Ok, exit);
            using JsonDocument json = JsonDocument.Parse(output);
            Assert.Equal(20_000, json.RootElement.GetProperty("accesses").GetInt32());
            JsonElement rates = json.RootElement.GetProperty("hit_rates")[0];
            double best = rates.GetProperty("optimum").GetDouble();
            foreach (string name in (string[])["cached", "lru", "clock", "sieve", "s3_fifo", "w_tiny_lfu"])
                Assert.InRange(rates.GetProperty(name).GetDouble(), 0.2, best);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Eviction_trace_without_the_column_is_refused_by_line()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, ["a,b", "c"]);
            (int exit, _, string error) = await Run("bench", "eviction", "--trace", path, "--column", "2");
            Assert.Equal(ExitCode.Failed, exit);
            Assert.Contains("line 2", error);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Cached_small_table_reports_every_figure_as_json()
    {
        (int exit, string output, _) = await Run("bench", "cached", "--rows", "20000", "--percent", "50", "--precision", "int8,int4", "--batch", "500", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        foreach (string name in (string[])["ns_per_row", "dense_ns_per_row", "ratio", "bytes_per_row"])
            Assert.True(json.RootElement.GetProperty(name).GetDouble() > 0, name);
        Assert.InRange(json.RootElement.GetProperty("hit_share").GetDouble(), 0.99, 1);
    }

    [Theory]
    [InlineData("resident")]
    [InlineData("cached")]
    public async Task Readers_for_a_second_report_no_torn_and_no_stale_row(string form)
    {
        (int exit, string output, _) = await Run("bench", "readers", "--seconds", "1", "--form", form, "--rows", "5000", "--batch", "500", "--json");
        Assert.Equal(ExitCode.Ok, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal((0, 0), (json.RootElement.GetProperty("torn").GetInt64(), json.RootElement.GetProperty("stale").GetInt64()));
        Assert.True(json.RootElement.GetProperty("rows_per_second_alone").GetDouble() > 0);
    }

    [Fact]
    public async Task Fields_writes_its_report_and_tells_the_curve()
    {
        string folder = Directory.CreateTempSubdirectory("recserve-fields-").FullName;
        try
        {
            string data = Path.Combine(folder, "data.csv"), schema = Path.Combine(folder, "schema.json"), report = Path.Combine(folder, "out");
            var random = new Random(3);
            await File.WriteAllLinesAsync(data, ["a,b,c,label", .. Enumerable.Range(0, 2000).Select(_ =>
            {
                int a = random.Next(8), b = random.Next(8);
                return $"{a},{b},{random.Next(8)},{(random.NextDouble() < 1 / (1 + Math.Exp(-(1.5 * Math.Sin(a * 3)) - Math.Cos(b * 5))) ? 1 : 0)}";
            })]);
            await File.WriteAllTextAsync(schema, """
                {"name":"small","label":{"column":"label"},"fields":[{"name":"a","side":"item","kind":"categorical","dim":4},
                 {"name":"b","side":"item","kind":"categorical","dim":4},{"name":"c","side":"item","kind":"categorical","dim":4}]}
                """);
            (int exit, string output, string error) = await Run("bench", "fields", "--data", data, "--schema", schema, "--split", "random:60/20/20", "--model", "mlp", "--set", "hidden=8",
                "--set", "epochs=3", "--set", "batch_size=128", "--set", "learning_rate=0.01", "--set", "embedding_l2=0.0001", "--runs", "2", "--repeats", "2", "--gate-epochs", "1", "--out", report, "--json");
            Assert.True(exit == ExitCode.Ok, error);
            using JsonDocument json = JsonDocument.Parse(output);
            Assert.Equal(2, json.RootElement.GetProperty("runs").GetInt32());
            Assert.InRange(json.RootElement.GetProperty("mean_auc_f-permutation").GetDouble(), 0.5, 1);
            Assert.Contains("fields", error, StringComparison.Ordinal);
            using JsonDocument written = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(report, "report.json")));
            Assert.Equal(2 * 5, written.RootElement.GetProperty("curve").GetArrayLength()); // one and two fields by five methods
            Assert.Contains("Choosing fields of data.csv", await File.ReadAllTextAsync(Path.Combine(report, "report.html")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Compression_measures_both_packages_in_turn()
    {
        string folder = Directory.CreateTempSubdirectory("recserve-compression-").FullName;
        try
        {
            string data = Path.Combine(folder, "data.csv"), schema = Path.Combine(folder, "schema.json");
            var random = new Random(3);
            await File.WriteAllLinesAsync(data, ["user,item,label", .. Enumerable.Range(0, 3000).Select(_ =>
            {
                int user = random.Next(30), item = random.Next(40);
                return $"{user},i{item},{(random.NextDouble() < 1 / (1 + Math.Exp(-(1.5 * Math.Sin(user * 3)) - Math.Cos(item * 5))) ? 1 : 0)}";
            })]);
            await File.WriteAllTextAsync(schema, """
                {"name":"small","label":{"column":"label"},"user":"user","item":"item","fields":[{"name":"user","side":"user","kind":"categorical","dim":8},
                 {"name":"item","side":"item","kind":"categorical","dim":8}]}
                """);
            (int exit, string output, string error) = await Run("bench", "compression", "--data", data, "--schema", schema, "--split", "random:60/20/20", "--model", "mlp", "--set", "hidden=8",
                "--set", "epochs=3", "--set", "batch_size=128", "--set", "learning_rate=0.01", "--set", "embedding_l2=0.0001", "--method", "hawq", "--finetune-epochs", "0", "--runs", "2",
                "--candidates", "20", "--users", "30", "--turns", "3", "--load-ms", "20", "--memory-mb", "1", "--json");
            Assert.True(exit == ExitCode.Ok, error);
            using JsonDocument json = JsonDocument.Parse(output);
            JsonElement figures = json.RootElement;
            Assert.InRange(figures.GetProperty("bytes_ratio").GetDouble(), 0.2, 0.3);
            foreach (string name in (string[])["gather_us", "score_us", "http_per_second", "http_cpu_ms"])
            {
                foreach (string part in (string[])["before", "after", "ratio"])
                    Assert.True(figures.GetProperty($"{name}_{part}").GetDouble() > 0, $"{name}_{part}");
                Assert.InRange(figures.GetProperty($"{name}_ratio").GetDouble(), figures.GetProperty($"{name}_ratio_lower_quartile").GetDouble(), figures.GetProperty($"{name}_ratio_upper_quartile").GetDouble());
            }

            Assert.Equal(figures.GetProperty("http_per_second_ratio").GetDouble() - 1, figures.GetProperty("throughput_gain").GetDouble(), 1e-9);
            Assert.True(double.IsFinite(figures.GetProperty("auc_drop_deviation").GetDouble()));
            Assert.Contains("SHARK, reported", error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Exit, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = await CommandLine.RunAsync([BenchVerb.Create()], args, output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
