using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    // Rows in one script: a script of 128 kept a busy server from answering look-ups for 1.3 ms. And rows written before the next are taken.
    private const int ScriptRows = 32, RoundRows = 2048;

    private readonly SemaphoreSlim _work = new(0, 1);
    private long _written, _writtenBefore, _writeFailures;

    /// <summary>Completes once the rows that wait now, and those that come meanwhile, are written; false if that takes longer than <paramref name="most"/>.</summary>
    public async Task<bool> DrainedAsync(TimeSpan most)
    {
        long end = _time.GetTimestamp() + Ticks(most);
        while (_queue.Count > 0)
        {
            if (_time.GetTimestamp() >= end || _stop.IsCancellationRequested)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(2), _time).ConfigureAwait(false);
        }

        return true;
    }

    private void Wake()
    {
        if (_work.CurrentCount > 0)
            return;
        try
        {
            _work.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // Another thread woke it, or nothing is written any more.
        }
    }

    private async Task DrainAsync()
    {
        List<(RowId Id, ulong Version, byte[] Record)> rows = [];
        try
        {
            while (true)
            {
                await _work.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (_queue.Count > 0)
                {
                    rows.Clear();
                    _queue.Take(RoundRows, rows);
                    if (!await WriteAsync(rows).ConfigureAwait(false))
                        await Task.Delay(_options.ProbeEvery, _time, _stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    /// <summary>Writes a round of rows, lane by lane; false if any of it has to be tried again.</summary>
    private async Task<bool> WriteAsync(List<(RowId Id, ulong Version, byte[] Record)> rows)
    {
        int lanes = _store.Lanes;
        var batches = (lanes > 1 ? rows.GroupBy(row => RowLanes.Of(row.Id)) : rows.GroupBy(_ => 0))
            .SelectMany(lane => lane.Chunk(ScriptRows), (lane, chunk) => (Lane: lane.Key, Rows: chunk)).ToArray();
        bool[] written = await Task.WhenAll(batches.Select(batch => WriteBatchAsync(lanes, batch.Lane, batch.Rows))).ConfigureAwait(false);
        return written.All(done => done);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whatever the client throws, the rows are written again: a repeated write changes nothing")]
    private async Task<bool> WriteBatchAsync(int lanes, int lane, (RowId Id, ulong Version, byte[] Record)[] rows)
    {
        try
        {
            if (lanes > 0 && !_breakers.IsOpen(lane))
            {
                int written = await _store.Write([.. rows.Select(row => row.Id)], [.. rows.Select(row => row.Record)], _options.KeepFor)
                    .WaitAsync(_options.ReconnectAfter, _time, _stop.Token).ConfigureAwait(false);
                Interlocked.Add(ref _written, written);
                Interlocked.Add(ref _writtenBefore, rows.Length - written);
                foreach ((RowId id, ulong version, _) in rows)
                {
                    // In this order: a question sent before the write must not be joined once the row waits no more.
                    _answers.Forget(id);
                    _queue.Confirm(id, version);
                }

                return true;
            }
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _writeFailures);
            if (error is TimeoutException && !_breakers.IsOpen(lane))
                _store.Reconnect();
        }

        foreach ((RowId id, _, _) in rows)
            _queue.Return(id);
        return false;
    }
}
