namespace RecServe.Features;

/// <summary>
/// One field's row keys for a number of samples (candidates, or the one user). Sample s owns the entries
/// [<see cref="Offsets"/>[s], Offsets[s+1]); its vector is Σ weight · row over them. A mean is written into the weights (1/n), so
/// that every pooling is one weighted sum. A single-valued field has exactly one entry a sample.
/// Buffers grow and are reused; not thread-safe.
/// </summary>
public sealed class FeatureColumn
{
    private ulong[] _keys = new ulong[16];
    private float[] _weights = new float[16];
    private int[] _offsets = new int[17];
    private int _entries;

    /// <summary>Samples closed so far.</summary>
    public int Samples { get; private set; }

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => (_keys.Length * 8L) + (_weights.Length * 4L) + (_offsets.Length * 4L);

    /// <summary>True while every sample has exactly one entry of weight 1, so that offsets and weights can be skipped.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Row keys of all samples.</summary>
    public ReadOnlySpan<ulong> Keys => _keys.AsSpan(0, _entries);

    /// <summary>Weight of each key, as long as <see cref="Keys"/>.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _entries);

    /// <summary>Samples + 1 offsets into <see cref="Keys"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Samples + 1);

    /// <summary>Forgets everything, keeps the buffers.</summary>
    public void Clear()
    {
        _entries = 0;
        Samples = 0;
        IsPlain = true;
    }

    /// <summary>Adds one entry to the sample being built.</summary>
    public void Add(ulong key, float weight)
    {
        if (_entries == _keys.Length)
            Reserve(1);
        _keys[_entries] = key;
        _weights[_entries++] = weight;
        IsPlain &= weight == 1f;
    }

    /// <summary>Adds many entries to the sample being built.</summary>
    public void AddRange(ReadOnlySpan<ulong> keys, ReadOnlySpan<float> weights)
    {
        Reserve(keys.Length);
        keys.CopyTo(_keys.AsSpan(_entries));
        weights[..keys.Length].CopyTo(_weights.AsSpan(_entries));
        IsPlain &= !weights[..keys.Length].ContainsAnyExcept(1f);
        _entries += keys.Length;
    }

    /// <summary>Adds closed samples of one entry of weight 1 each.</summary>
    /// <param name="samples">How many.</param>
    /// <returns>Their keys, all to be written by the caller.</returns>
    /// <exception cref="InvalidOperationException">The open sample has entries already.</exception>
    public Span<ulong> AddSingles(int samples)
    {
        if (OpenEntries != 0)
            throw new InvalidOperationException($"the open sample has {OpenEntries} entries; end it before adding whole samples");
        Reserve(samples);
        if (Samples + samples >= _offsets.Length)
            Array.Resize(ref _offsets, Math.Max(Samples + samples + 1, _offsets.Length * 2));
        int first = _entries;
        _weights.AsSpan(first, samples).Fill(1f);
        for (int i = 0; i < samples; i++)
            _offsets[Samples + i + 1] = first + i + 1;
        Samples += samples;
        _entries += samples;
        return _keys.AsSpan(first, samples);
    }

    /// <summary>Drops the entries of the sample being built (a request's value overrides a stored one).</summary>
    public void DiscardOpen() => _entries = _offsets[Samples];

    /// <summary>States that <see cref="OpenWeights"/> were changed and are no longer all 1.</summary>
    public void MarkWeighted() => IsPlain = false;

    /// <summary>Entries of the sample being built.</summary>
    public int OpenEntries => _entries - _offsets[Samples];

    /// <summary>Weights of the sample being built, to be scaled by the caller (mean pooling).</summary>
    public Span<float> OpenWeights => _weights.AsSpan(_offsets[Samples], OpenEntries);

    /// <summary>Closes the sample being built; one without entries becomes the missing row.</summary>
    public void EndSample()
    {
        if (OpenEntries == 0)
            Add(RowKey.Missing, 1f);
        IsPlain &= OpenEntries == 1;
        Samples++;
        if (Samples + 1 > _offsets.Length)
            Array.Resize(ref _offsets, _offsets.Length * 2);
        _offsets[Samples] = _entries;
    }

    private void Reserve(int more)
    {
        if (_entries + more <= _keys.Length)
            return;
        int length = Math.Max(_entries + more, _keys.Length * 2);
        Array.Resize(ref _keys, length);
        Array.Resize(ref _weights, length);
    }
}
