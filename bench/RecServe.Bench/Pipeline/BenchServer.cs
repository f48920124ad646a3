using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RecServe.Api;
using RecServe.Api.Models;
using RecServe.Api.Rank;
using RecServe.Artifacts;

namespace RecServe.Bench;

/// <summary>A server over one synthetic package, put together as the real one but not listening: its pipeline is called directly.</summary>
internal sealed class BenchServer : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("recserve-bench-").FullName;
    private readonly WebApplication _app;

    /// <summary>Writes the package, reads it back and makes the server.</summary>
    public BenchServer(SyntheticOptions options, TimeProvider? time = null)
    {
        try
        {
            PackageWriter.Write(SyntheticPackage.Create(options), Path.Combine(_root, "synthetic", "1"));
            _app = ServingHost.Build(new ServingOptions { ModelsDirectory = _root }, time, logging => logging.ClearProviders());
        }
        catch
        {
            Directory.Delete(_root, recursive: true);
            throw;
        }

        Pipeline = Service<RankPipeline>();
        Model = Service<ModelRegistry>().Current.Default.Newest;
    }

    /// <summary>The request path.</summary>
    public RankPipeline Pipeline { get; }

    /// <summary>The model.</summary>
    public ServingModel Model { get; }

    /// <summary>A part of the server.</summary>
    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_app).Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
