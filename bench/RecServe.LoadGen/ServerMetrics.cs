using System.Globalization;

namespace RecServe.LoadGen;

/// <summary>What the server says about itself at <c>/metrics</c>.</summary>
internal sealed class ServerMetrics(HttpClient client, Uri url)
{
    private const string Allocated = "recserve_process_allocated_bytes_total", Cpu = "recserve_process_cpu_seconds_total";

    /// <summary>Bytes allocated and seconds of CPU time used since the server's start; null where it does not say.</summary>
    public async Task<(double? AllocatedBytes, double? CpuSeconds)> ReadAsync()
    {
        using var answer = await client.GetAsync(new Uri(url, "/metrics"));
        if (!answer.IsSuccessStatusCode)
        {
            return (null, null);
        }

        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        return (ValueOf(Allocated), ValueOf(Cpu));

        double? ValueOf(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            : null;
    }
}
