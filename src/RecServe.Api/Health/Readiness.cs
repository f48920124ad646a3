using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Health;

/// <summary>
/// Whether the server wants new requests. On SIGTERM it first says no, waits <see cref="ServingOptions.DrainSeconds"/> for load balancers to
/// notice, and only then the host closes the listener and lets the requests in flight finish.
/// </summary>
internal sealed class Readiness(ServingOptions options, TimeProvider time, ILogger<Readiness> log) : IHostedLifecycleService
{
    private volatile bool _ready;

    /// <summary>Whether new requests are wanted.</summary>
    public bool IsReady => _ready;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ready = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _ready = false;
        log.Draining();
        return options.DrainSeconds == 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromSeconds(options.DrainSeconds), time, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
