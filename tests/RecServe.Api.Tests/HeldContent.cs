using System.Net;
using System.Net.Http.Headers;

namespace RecServe.Api.Tests;

/// <summary>A request body whose second half is sent only when told: holds a request in flight without sleeping.</summary>
internal sealed class HeldContent : HttpContent
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously), _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldContent() => Headers.ContentType = new MediaTypeHeaderValue("application/json");

    /// <summary>Completes when the first half is on its way.</summary>
    public Task Started => _started.Task;

    public void Finish() => _finish.TrySetResult();

    protected override async Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("""{"items":[{"id":"i1"}"""u8.ToArray());
        await stream.FlushAsync();
        _started.TrySetResult();
        await _finish.Task;
        await stream.WriteAsync("]}"u8.ToArray());
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
