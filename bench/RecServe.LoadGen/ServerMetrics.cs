using System.Globalization;

namespace RecServe.LoadGen;

/// <summary>What the server says about itself at <c>/metrics</c>.</summary>
internal sealed class ServerMetrics(HttpClient client, Uri url)
{
    private const string Allocated = "recserve_process_allocated_bytes_total";

    /// <summary>Bytes allocated since the server's start; null where it does not say.</summary>
    public async Task<double?> AllocatedBytesAsync()
    {
        using var answer = await client.GetAsync(new Uri(url, "/metrics"));
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        foreach (var line in (await answer.Content.ReadAsStringAsync()).Split('\n'))
        {
            if (line.StartsWith(Allocated, StringComparison.Ordinal))
            {
                return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
