using System.Net.Http.Headers;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Cli.Demo;

/// <summary>
/// Stands for a trainer that goes on while the models are served: sends rows of their item tables with new versions to <c>POST /v1/rows:apply</c>, from where they go the way of all updates. The rows
/// are the package's own, so that the experiment's outcome does not depend on them.
/// </summary>
/// <param name="packages">The served packages.</param>
/// <param name="client">Talks to the server.</param>
internal sealed class RowTrickle(IReadOnlyList<ModelPackage> packages, HttpClient client)
{
    private const string Table = "item", Producer = "demo-trainer";
    private const int RowsPerMessage = 20;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(25);

    /// <summary>Messages that were taken.</summary>
    public int Messages { get; private set; }

    /// <summary>Sends until it is cancelled.</summary>
    /// <exception cref="DemoException">The server refused a message.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var random = new Random(1);
        using var timer = new PeriodicTimer(Between);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            {
                ModelPackage package = packages[Messages % packages.Count];
                PackageTable table = TableOf(package);
                int first = random.Next(table.Keys.Length - RowsPerMessage);
                await SendAsync(package, Enumerable.Range(first, RowsPerMessage).Select(row => (table.Keys[row], RowOf(table, row))), cancel).ConfigureAwait(false);
                Messages++;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The shoppers have gone home.
        }
    }

    /// <summary>Replaces an item's row by zeros, or puts the package's back.</summary>
    /// <returns>The freshness token of the update.</returns>
    /// <exception cref="DemoException">The server refused it.</exception>
    public Task<string> SetAsync(ModelPackage package, string item, bool toZero, CancellationToken cancel)
    {
        PackageTable table = TableOf(package);
        ulong key = RowKey.Of(item);
        float[] row = RowOf(table, Array.BinarySearch(table.Keys, key)).ToArray();
        return SendAsync(package, [(key, toZero ? new float[row.Length] : row)], cancel);
    }

    private static PackageTable TableOf(ModelPackage package) => package.Tables.Single(table => table.Name == Table);

    private static ReadOnlyMemory<float> RowOf(PackageTable table, int row) => table.Rows.AsMemory(row * table.Width, table.Width);

    private async Task<string> SendAsync(ModelPackage package, IEnumerable<(ulong Key, ReadOnlyMemory<float> Row)> rows, CancellationToken cancel)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        ulong version = (ulong)TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalMicroseconds;
        var update = new RowUpdate(package.Lineage, Table, Producer, now, [.. rows.Select(row => RowDelta.Of(row.Key, version, row.Row))], []);
        using var content = new ByteArrayContent(RowUpdateJson.Encode(update));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/rows:apply", UriKind.Relative), content, cancel).ConfigureAwait(false);
        string answer = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new DemoException($"POST /v1/rows:apply was answered with {(int)response.StatusCode}: {answer}");
        using JsonDocument written = JsonDocument.Parse(answer);
        return written.RootElement.GetProperty("token").GetString()!;
    }
}
