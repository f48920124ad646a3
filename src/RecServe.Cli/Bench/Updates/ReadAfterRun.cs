using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// Asks a server for rankings that reflect an update (<c>read_after</c>), over HTTP, while other updates come through Kafka and although the server is killed in the middle: none may be from before
/// the update that it names. The score tells which version of the row a ranking has seen.
/// </summary>
internal sealed class ReadAfterRun(string directory, long trials, int seed, IProgress<string>? progress)
{
    private const int Items = 400, Partitions = 16, Readers = 4, Writers = 2;

    private readonly Lock _lock = new();
    private readonly (string Token, int Version, bool Visible)[] _newest = new (string, int, bool)[Items];
    private string _lineage = "";
    private double _zero;
    private Task<ServedPackage> _server = null!;
    private long _done, _early, _notFresh, _lost, _updates, _waited;

    public async Task<ReadAfterResult> RunAsync(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        ModelPackage package = VersionedItems.Package(Items);
        _lineage = package.Lineage;
        string models = Path.Combine(directory, "models");
        PackageWriter.Write(package, Path.Combine(models, "m", "1"));
        using var brokers = new BrokerChild(1, Partitions);

        // An update is acknowledged when Kafka has it, visible or not: most trials then have to wait.
        string[] options = ["--store", Path.Combine(directory, "rows"), "--kafka", brokers.Servers, "--read-after-wait-ms", "0", "--update-norm-jump", "0", "--checkpoint-seconds", "1"];
        ServedPackage? server = await ServedPackage.StartAsync(models, options, cancellation).ConfigureAwait(false);
        _server = Task.FromResult(server);
        try
        {
            while (_newest[0].Token is null)
                await WriteAsync(0, 0, cancellation).ConfigureAwait(false); // until the brokers are reached
            (_, _zero) = await ScoreAsync(0, _newest[0].Token, cancellation).ConfigureAwait(false);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAllAsync(writer, stop.Token), cancellation))];
            Task[] readers = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => ReadAllAsync(reader, cancellation), cancellation))];
            Task reading = Task.WhenAll(readers);
            await UntilAsync(trials / 2, reading, cancellation).ConfigureAwait(false);
            progress?.Report($"{Volatile.Read(ref _done):N0} of {trials:N0} trials, {Volatile.Read(ref _updates):N0} updates; the server is killed");
            var next = new TaskCompletionSource<ServedPackage>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _server, next.Task);
            await server.DisposeAsync().ConfigureAwait(false);
            server = null;
            server = await ServedPackage.StartAsync(models, options, cancellation).ConfigureAwait(false);
            next.SetResult(server);
            await UntilAsync(trials, reading, cancellation).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(writers).ConfigureAwait(false);
        }
        finally
        {
            if (server is not null)
                await server.DisposeAsync().ConfigureAwait(false);
        }

        return new ReadAfterResult { Trials = _done, Early = _early, NotFresh = _notFresh, Lost = _lost, Updates = _updates, Waited = _waited, Kills = 1, Seconds = watch.Elapsed.TotalSeconds };
    }

    private async Task UntilAsync(long count, Task reading, CancellationToken cancellation)
    {
        for (long told = Volatile.Read(ref _done); Volatile.Read(ref _done) < count && !reading.IsCompleted;)
        {
            await Task.Delay(20, cancellation).ConfigureAwait(false);
            if (Volatile.Read(ref _done) is var now && now > told + 10_000)
                progress?.Report($"{told = now:N0} of {trials:N0} trials, {Volatile.Read(ref _updates):N0} updates");
        }

        if (reading.IsFaulted)
            await reading.ConfigureAwait(false);
    }

    private async Task WriteAllAsync(int writer, CancellationToken stop)
    {
        var random = new Random(seed + writer);
        int[] versions = new int[Items];
        while (!stop.IsCancellationRequested)
        {
            // Each item has one writer, which gives it ever higher versions; one that was not acknowledged may be there or not.
            int item = (random.Next(Items / Writers) * Writers) + writer;
            if (versions[item] < VersionedItems.MostVersions)
                await WriteAsync(item, ++versions[item], stop).ConfigureAwait(false);
            else
                await Task.Yield();
        }
    }

    private async Task WriteAsync(int item, int version, CancellationToken stop)
    {
        try
        {
            (HttpStatusCode status, JsonElement answer) = await PostAsync("/v1/rows:apply", VersionedItems.Update(_lineage, item, version), stop).ConfigureAwait(false);
            if (status != HttpStatusCode.OK)
                return;
            lock (_lock)
                _newest[item] = (answer.GetProperty("token").GetString()!, version, answer.GetProperty("visible").GetBoolean());
            Interlocked.Increment(ref _updates);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _lost);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough.
        }
    }

    private async Task ReadAllAsync(int reader, CancellationToken cancellation)
    {
        var random = new Random(seed + 100 + reader);
        while (Volatile.Read(ref _done) < trials)
        {
            int item = random.Next(Items);
            (string Token, int Version, bool Visible) newest;
            lock (_lock)
                newest = _newest[item];
            if (newest.Version == 0)
            {
                await Task.Yield();
                continue;
            }

            try
            {
                (bool isGiven, double score) = await ScoreAsync(item, newest.Token, cancellation).ConfigureAwait(false);
                if (!isGiven)
                {
                    Interlocked.Increment(ref _notFresh);
                    continue;
                }

                if (VersionedItems.Version(score, _zero) < newest.Version)
                    Interlocked.Increment(ref _early);
                Interlocked.Add(ref _waited, newest.Visible ? 0 : 1);
                Interlocked.Increment(ref _done);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _lost);
            }
        }
    }

    private async Task<(bool IsGiven, double Score)> ScoreAsync(int item, string readAfter, CancellationToken cancellation)
    {
        (HttpStatusCode status, JsonElement answer) = await PostAsync("/v1/rank", VersionedItems.Request(item, readAfter), cancellation).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.OK => (true, answer.GetProperty("items")[0].GetProperty("score").GetDouble()),
            HttpStatusCode.Conflict => (false, 0),
            _ => throw new InvalidOperationException($"a ranking was answered with {(int)status}: {answer}"),
        };
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string path, string body, CancellationToken cancellation)
    {
        ServedPackage server = await Volatile.Read(ref _server).WaitAsync(cancellation).ConfigureAwait(false);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, cancellation).ConfigureAwait(false);
            using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
            return (response.StatusCode, answer.RootElement.Clone());
        }
        catch (Exception failure) when (failure is ObjectDisposedException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("the server was killed", failure);
        }
    }
}
