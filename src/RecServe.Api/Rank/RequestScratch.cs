using System.Buffers;
using System.Text.Json;
using RecServe.Api.Events;
using RecServe.Api.Experiments;
using RecServe.Api.Problems;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;
using RecServe.Ranking;

namespace RecServe.Api.Rank;

/// <summary>
/// All memory that answering a request needs, rented once and returned once. Buffers grow to the largest request seen and are then reused,
/// so that a request in the steady state allocates nothing per candidate. Not thread-safe.
/// </summary>
internal sealed class RequestScratch : IDisposable
{
    private AlignedFloats _floats = new(0);
    private int[] _ints = new int[1024];
    private bool[] _given = [], _off = [];
    private PendingRows[] _pending = [];

    /// <summary>The parsed request.</summary>
    public RankRequest Request { get; } = new();

    /// <summary>Candidates by id.</summary>
    public CandidateIndex Index { get; } = new();

    /// <summary>Fields by position.</summary>
    public FieldMemo Memo { get; } = new();

    /// <summary>What is stored of the user, the context and the candidates.</summary>
    public StoredFeatures Stored { get; } = new();

    /// <summary>Values that are computed from events.</summary>
    public DerivedValues Derived { get; } = new();

    /// <summary>Variants of the request's user.</summary>
    public ReusableList<Assignment> Assignments { get; } = new(4);

    /// <summary>One explanation for each returned item, where they were asked for.</summary>
    public List<Explanation> Explanations { get; } = [];

    /// <summary>Memory of the gather.</summary>
    public GatherScratch Gather { get; } = new();

    /// <summary>The encoded features.</summary>
    public FeatureBatch Batch { get; private set; } = new(0);

    /// <summary>The answer's bytes.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(4096);

    /// <summary>Writes into <see cref="Output"/>.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Makes empty scratch memory.</summary>
    public RequestScratch() => Json = new Utf8JsonWriter(Output, ProblemResponse.JsonOptions);

    /// <summary>Bytes held, roughly: what decides whether it is kept for another request.</summary>
    public long Bytes => (_floats.Length * 4L) + (_ints.Length * 4L) + Output.Capacity + Request.Bytes + Index.Bytes + Batch.Bytes + Gather.Bytes + Stored.Bytes + Derived.Bytes;

    /// <summary>Starts an answer.</summary>
    public void ResetOutput()
    {
        Output.ResetWrittenCount();
        Json.Reset(Output);
    }

    /// <summary>Clears the batch for a model of so many fields and returns one flag a field.</summary>
    public bool[] ResetBatch(int fields)
    {
        if (Batch.Fields < fields)
        {
            Batch = new FeatureBatch(fields);
            (_given, _off) = (new bool[fields], new bool[fields]);
        }
        else
        {
            Batch.Clear();
            Array.Clear(_off);
        }

        Memo.Clear();
        return _given;
    }

    /// <summary>Which fields of the model are turned off, one flag each; all false after <see cref="ResetBatch"/>.</summary>
    public bool[] FieldsOff => _off;

    /// <summary>What each table of a model waits for.</summary>
    public Span<PendingRows> Pending(int tables)
    {
        if (_pending.Length < tables)
            _pending = new PendingRows[tables];
        Span<PendingRows> pending = _pending.AsSpan(0, tables);
        pending.Clear();
        return pending;
    }

    /// <summary>Room for floats, on a cache line; the content is undefined.</summary>
    public Span<float> Floats(int count)
    {
        if (_floats.Length < count)
            _floats = new AlignedFloats(Math.Max(count, 2 * _floats.Length));
        return _floats.Span[..count];
    }

    /// <summary>Room for integers; the content is undefined.</summary>
    public Span<int> Ints(int count)
    {
        if (_ints.Length < count)
            _ints = new int[Math.Max(count, 2 * _ints.Length)];
        return _ints.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();
}
