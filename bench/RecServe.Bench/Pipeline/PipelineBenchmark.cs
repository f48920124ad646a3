using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RecServe.Api;
using RecServe.Api.Rank;
using RecServe.Artifacts;

namespace RecServe.Bench;

/// <summary>
/// The whole request path without HTTP: 500 candidates by their ids alone, 26 fields, request bytes in, answer bytes out. The rung between scoring and the
/// load generator; its allocated bytes are those of one request.
/// </summary>
public class PipelineBenchmark
{
    private string _folder = "";
    private WebApplication _app = null!;
    private RankPipeline _pipeline = null!;
    private RequestScratch _scratch = null!;
    private byte[] _request = [], _body = [];

    [Params("lr", "fm", "deepfm", "dcnv2")]
    public string Model { get; set; } = "";

    [Params(50, 500)]
    public int Candidates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("recserve-bench-").FullName;
        PackageWriter.Write(BenchMarket.Create(Model), Path.Combine(_folder, "ctr", "1"));
        _app = ServingHost.Build(new ServingOptions { ModelsDirectory = _folder }, null, logging => logging.ClearProviders());
        _pipeline = _app.Services.GetRequiredService<RankPipeline>();
        _scratch = new RequestScratch();
        var random = new Random(3);
        var items = Enumerable.Range(0, BenchMarket.Entities).OrderBy(_ => random.Next()).Take(Candidates).Select(n => $$"""{"id":"i{{n}}"}""");
        _request = Encoding.UTF8.GetBytes($$"""{"user":{"id":"u17"},"k":10,"items":[{{string.Join(',', items)}}]}""");
        _body = new byte[_request.Length];
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _scratch.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public int Rank()
    {
        // The pipeline unescapes in place, so every request needs its own bytes, as it gets them from the socket.
        _request.CopyTo(_body, 0);
        _scratch.ResetOutput();
        return _pipeline.Rank(_body, 0, _body.Length, null, TimeProvider.System.GetTimestamp(), _scratch) is null
            ? _body.Length
            : throw new InvalidOperationException("The request was refused: nothing was measured.");
    }
}
