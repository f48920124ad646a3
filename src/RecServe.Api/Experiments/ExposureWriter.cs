using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Experiments;

/// <summary>
/// Appends exposure lines to a file behind a bounded queue, so that a slow disk never delays a ranking: what does not fit is dropped and
/// counted. Stopping the host writes what is queued before it returns.
/// </summary>
internal sealed class ExposureWriter : IHostedService, IDisposable
{
    private readonly Channel<ExposureLine> _queue;
    private readonly FileStream _file;
    private readonly ServingMetrics _metrics;
    private readonly ILogger<ExposureWriter> _log;
    private Task _writing = Task.CompletedTask;

    /// <summary>Opens the file for appending.</summary>
    /// <exception cref="ServingException">The file cannot be opened.</exception>
    public ExposureWriter(string path, int queue, ServingMetrics metrics, ILogger<ExposureWriter> log)
    {
        _queue = Channel.CreateBounded<ExposureLine>(new BoundedChannelOptions(queue) { SingleReader = true });
        _metrics = metrics;
        _log = log;
        try
        {
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ServingException($"the exposure file {path} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Queues a line; its buffer, from the shared pool, is the writer's from here on.</summary>
    public void Append(ExposureLine line)
    {
        if (!_queue.Writer.TryWrite(line))
            Drop(line);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(WriteAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _writing.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private async Task WriteAsync()
    {
        bool failed = false;
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out ExposureLine line))
                failed = failed ? Drop(line) : !await TryWriteAsync(line);
            failed = failed || !await TryFlushAsync();
        }
    }

    private async Task<bool> TryWriteAsync(ExposureLine line)
    {
        try
        {
            await _file.WriteAsync(line.Buffer.AsMemory(0, line.Length));
            ArrayPool<byte>.Shared.Return(line.Buffer);
            return true;
        }
        catch (IOException failure)
        {
            _log.ExposureFileFailed(_file.Name, failure.Message);
            Drop(line);
            return false;
        }
    }

    private async Task<bool> TryFlushAsync()
    {
        try
        {
            await _file.FlushAsync();
            return true;
        }
        catch (IOException failure)
        {
            _log.ExposureFileFailed(_file.Name, failure.Message);
            return false;
        }
    }

    /// <summary>Counts a line as lost; true, for the state "failed" of the loop.</summary>
    private bool Drop(ExposureLine line)
    {
        ArrayPool<byte>.Shared.Return(line.Buffer);
        _metrics.ExposuresDropped(1);
        return true;
    }
}
