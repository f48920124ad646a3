using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>
/// F-Permutation beside exact permutation on the forty fields of the census data, as bench/README.md tells to run it, with one training and no curve. The
/// label is an income, not a click.
/// </summary>
public sealed class CensusFieldsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [CensusFact]
    public void FPermutation_ranks_the_fields_of_the_census_as_exact_permutation_does()
    {
        using (Process prepare = Process.Start("/usr/bin/python3", [Path.Combine(Checkout.Root, "bench", "data", "prepare_census.py"), CensusFactAttribute.Data, _directory["census"]]))
        {
            prepare.WaitForExit();
            Assert.Equal(0, prepare.ExitCode);
        }

        Assert.Equal(99_763, File.ReadLines(_directory["census/census.csv"]).Count());
        using RecServeProcess bench = RecServeProcess.Run(0, [
            "bench", "fields", "--data", _directory["census/census.csv"], "--schema", _directory["census/schema.json"], "--split", "random:80/10/10", "--model", "mlp", "--set", "hidden=64,32",
            "--set", "batch_size=1024", "--set", "embedding_std=0.01", "--set", "dropout=0.2", "--runs", "1", "--importance-only", "--json"]);
        JsonNode figures = JsonNode.Parse(bench.LastLine)!;
        Assert.True(figures["certain_fields_least"]!.GetValue<int>() >= 10, bench.LastLine);
        Assert.True(figures["spearman_least"]!.GetValue<double>() >= 0.9, bench.LastLine);
        Assert.True(figures["auc_all_fields"]!.GetValue<double>() > 0.93, bench.LastLine);
    }

    private sealed class CensusFactAttribute : FactAttribute
    {
        public CensusFactAttribute()
        {
            if (!File.Exists(Data))
                Skip = "data set 'census-income' is absent: set RECSERVE_SHARED to a folder that has data/census-income/census-income.test.gz";
            else if (!File.Exists("/usr/bin/python3"))
                Skip = "/usr/bin/python3 is not installed";
        }

        public static string Data { get; } = Path.Combine(Checkout.Shared, "data", "census-income", "census-income.test.gz");
    }
}
