using System.Diagnostics.CodeAnalysis;

namespace RecServe.Stream;

public sealed partial class UpdateConsumer
{
    private volatile Shard[] _inOrder = [];
    private readonly AppliedSignal _signal = new();

    /// <summary>How far each partition is applied, under the names that checkpoints keep: every message below is applied or quarantined.</summary>
    public IReadOnlyDictionary<string, long> Positions => _shards.Values.ToDictionary(shard => NameOf(shard.Partition), shard => shard.Next);

    /// <summary>What is applied now; what a ranking that begins after this call reflects at least.</summary>
    public FreshnessToken Applied => new([.. _inOrder.Where(shard => shard.Next > 0).Select(shard => new FreshnessPlace(_handler.TokenName, shard.Partition, shard.Next - 1))]);

    /// <summary>Whether every message of this corridor that a token names is applied; of other topics it knows nothing.</summary>
    public bool HasReached(FreshnessToken token)
    {
        foreach (FreshnessPlace place in token.Places)
        {
            if (place.Topic == _handler.TokenName && !(_shards.TryGetValue(place.Partition, out Shard? shard) && shard.Next > place.Offset))
                return false;
        }

        return true;
    }

    /// <summary>Whether nothing is known yet of the source: neither what it holds nor what keeps it from being read.</summary>
    public bool IsBeforeFirstLook => !_source.HasLooked || (_inOrder.Length == 0 && _source.Trouble is null);

    /// <summary>
    /// Whether everything that the topic held when this corridor first saw it is applied, as rankings need that begin where the node keeps nothing: a compacted topic is read from its start. False
    /// until the topic is reached.
    /// </summary>
    public bool HasCaughtUp
    {
        get
        {
            Shard[] shards = _inOrder;
            return shards.Length > 0 && shards.All(shard => shard.Next >= shard.FirstEnd || shard.State != ShardState.Running);
        }
    }

    /// <summary>Waits until every message of this corridor that a token names is applied.</summary>
    /// <returns>False if the time was over before.</returns>
    public Task<bool> WaitAsync(FreshnessToken token, TimeSpan limit, CancellationToken cancellation = default) =>
        _signal.WaitAsync(() => HasReached(token), limit, cancellation);

    /// <summary>Stops a partition, or all of them, until <see cref="Resume"/>.</summary>
    /// <returns>False if there is no such partition.</returns>
    public bool Pause(int? partition = null) => Wish(partition, ShardWish.Pause);

    /// <summary>Goes on with a partition, or all of them.</summary>
    /// <param name="partition">Which; null for all.</param>
    /// <param name="acceptGap">Whether one that stands before a gap goes on behind it: what was lost there stays lost.</param>
    /// <returns>False if there is no such partition.</returns>
    public bool Resume(int? partition = null, bool acceptGap = false) => Wish(partition, acceptGap ? ShardWish.AcceptGap : ShardWish.Resume);

    private bool Wish(int? partition, ShardWish wish)
    {
        Shard[] shards = [.. _shards.Values.Where(shard => partition is null || shard.Partition == partition)];
        foreach (Shard shard in shards)
            shard.Wish = wish;
        return shards.Length > 0;
    }

    /// <summary>Takes up new partitions, looks for gaps and does what was wished; on the reading thread.</summary>
    private void Tend()
    {
        IReadOnlyList<SourcePartition> partitions = _source.Partitions;
        TakeUp([.. partitions.Where(partition => !_shards.ContainsKey(partition.Id))]);
        foreach (SourcePartition partition in partitions)
        {
            Shard shard = _shards[partition.Id];
            shard.End = partition.End;
            if (shard.State == ShardState.Running && IsGap(shard, partition, out string? detail))
                Stand(shard, ShardState.OffsetGap, detail);
            Follow(shard, partition);
        }
    }

    /// <summary>Those furthest behind first: by their numbers, the last of 16 fell behind by all that came in a minute where lives were short.</summary>
    private void TakeUp(SourcePartition[] partitions)
    {
        foreach (SourcePartition partition in partitions.OrderByDescending(partition => partition.End - Stored(partition)))
        {
            var shard = new Shard(partition.Id, Stored(partition))
            {
                End = partition.End,
                FirstEnd = partition.End,
                AppliedTime = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            Open(shard, partition);
            _shards[partition.Id] = shard;
        }

        if (partitions.Length > 0)
            _inOrder = [.. _shards.Values.OrderBy(known => known.Partition)];
    }

    /// <summary>How far a partition is applied to what the node has.</summary>
    private long Stored(SourcePartition partition) => _stored.TryGetValue(NameOf(partition.Id), out long next) ? next : partition.Start;

    private void Open(Shard shard, SourcePartition partition)
    {
        if (IsGap(shard, partition, out string? detail))
            Stand(shard, ShardState.OffsetGap, detail);
        else
            _source.Begin(shard.Partition, shard.ReadNext);
    }

    private bool IsGap(Shard shard, SourcePartition partition, [NotNullWhen(true)] out string? detail)
    {
        detail = shard.ReadNext < partition.Start
            ? $"messages {shard.ReadNext} to {partition.Start - 1} of {_source.Topic} partition {shard.Partition} were deleted before they were applied"
            : shard.ReadNext > partition.End ? $"{shard.ReadNext} messages of {_source.Topic} partition {shard.Partition} were applied, its log ends at {partition.End}: it is another log" : null;
        return detail is not null;
    }

    private void Follow(Shard shard, SourcePartition partition)
    {
        ShardWish wish = shard.Wish;
        if (wish == ShardWish.None)
            return;
        shard.Wish = ShardWish.None;
        if (wish == ShardWish.Pause && shard.State == ShardState.Running)
        {
            Stand(shard, ShardState.Paused, "paused by request");
        }
        else if (wish != ShardWish.Pause && shard.State == ShardState.Paused)
        {
            (shard.State, shard.Detail) = (ShardState.Running, null);
            Open(shard, partition);
        }
        else if (wish == ShardWish.AcceptGap && shard.State == ShardState.OffsetGap)
        {
            shard.Next = shard.ReadNext = partition.Start;
            (shard.State, shard.Detail) = (ShardState.Running, null);
            _source.Begin(shard.Partition, shard.ReadNext);
        }
    }

    private void Stand(Shard shard, ShardState state, string detail)
    {
        _source.Pause(shard.Partition);
        (shard.Detail, shard.State) = (detail, state);
    }

    /// <summary>Every row of the batch is applied or quarantined: the offsets move on, and those who wait for them.</summary>
    private void Advance(UpdateBatch batch)
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((UpdateMessage message, long eventTime, int rows) in batch.Messages)
        {
            Shard shard = _shards[message.Partition];
            shard.Next = message.Offset + 1;
            Volatile.Write(ref shard.AppliedTime, message.Timestamp);
            if (rows > 0 && eventTime > 0)
                _options.Visible?.Invoke(TimeSpan.FromMilliseconds(Math.Max(0, now - eventTime)), rows);
        }

        Interlocked.Add(ref _messages, batch.Messages.Count);
        _signal.Moved();
    }

    private string NameOf(int partition) => $"{_source.Name}:{partition}";
}
