using System.Collections.Concurrent;

namespace RecServe.Embeddings.Tests;

/// <summary>The twin of Redis in this process. Answers can be held back and released later, or refused.</summary>
internal sealed class MemoryStore : ISharedStore
{
    private readonly ConcurrentDictionary<RowId, byte[]> _values;
    private readonly Queue<TaskCompletionSource> _held = new();

    public MemoryStore(ConcurrentDictionary<RowId, byte[]>? values = null, int lanes = 1) => (_values, Lanes) = (values ?? new(), lanes);

    public int Lanes { get; set; }

    /// <summary>Questions wait for <see cref="Release"/>.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Lanes whose questions fail.</summary>
    public Func<int, bool> Fails { get; set; } = _ => false;

    public int Reads;

    public int ReadRows;

    public int Reconnects;

    public async Task<byte[]?[]> Read(RowId[] ids)
    {
        Interlocked.Increment(ref Reads);
        Interlocked.Add(ref ReadRows, ids.Length);
        await Pass(Lanes > 1 ? RowLanes.Of(ids[0]) : 0);
        Assert.True(Lanes == 1 || ids.All(id => RowLanes.Of(id) == RowLanes.Of(ids[0])), "rows of several lanes in one question");
        return [.. ids.Select(id => _values.GetValueOrDefault(id))];
    }

    public async Task<int> Write(RowId[] ids, byte[][] records, TimeSpan? keep)
    {
        await Pass(Lanes > 1 ? RowLanes.Of(ids[0]) : 0);
        lock (_values)
        {
            int written = 0;
            for (int i = 0; i < ids.Length; i++)
            {
                if (_values.TryGetValue(ids[i], out byte[]? old) && old is [1, ..] && old.Length >= 12 && Version(old) >= Version(records[i]))
                    continue;
                _values[ids[i]] = records[i];
                written++;
            }

            return written;
        }
    }

    public Task Probe(int lane) => Pass(lane);

    public IReadOnlyList<IEnumerable<RowId>> Enumerate() => [_values.Keys];

    public void Reconnect() => Interlocked.Increment(ref Reconnects);

    /// <summary>Answers what was held back, and holds no more.</summary>
    public void Release()
    {
        lock (_held)
        {
            IsHeld = false;
            while (_held.TryDequeue(out TaskCompletionSource? held))
                held.SetResult();
        }
    }

    public void Put(RowId id, byte[] value) => _values[id] = value;

    public void Dispose() => Release();

    private static ulong Version(byte[] record) => BitConverter.ToUInt64(record, 4);

    private async Task Pass(int lane)
    {
        if (Fails(lane))
            throw new InvalidOperationException("refused");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_held)
        {
            if (!IsHeld)
                return;
            _held.Enqueue(held);
        }

        await held.Task;
    }
}
