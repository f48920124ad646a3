using Microsoft.Extensions.Hosting;

namespace RecServe.Api.Models;

/// <summary>
/// Looks into the models folder again and again: a version that appears is loaded beside those that are served and then takes over in one step, one that disappears
/// is served no more. Requests in flight finish with the version that they began with.
/// </summary>
internal sealed class ModelWatch(ServingOptions options, ModelLoader loader, ModelRegistry registry, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReloadSeconds == 0)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.ReloadSeconds), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (loader.Reload(registry.Current) is { } changed)
                    registry.Publish(changed);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
