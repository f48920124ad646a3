using System.Text;
using RecServe.Stream;

namespace RecServe.Api.Rank;

/// <summary>
/// A parsed rank request: flat lists of slices into the body, nothing of it copied. Knows no model; whether a feature exists and what kind of
/// value it takes is decided by the extraction. Reused between requests; not thread-safe.
/// </summary>
internal sealed class RankRequest
{
    private byte[] _body = [];

    /// <summary><c>request_id</c>.</summary>
    public TextSlice RequestId { get; set; }

    /// <summary><c>model</c>: <c>name</c> or <c>name@version</c>.</summary>
    public TextSlice Model { get; set; }

    /// <summary><c>user.id</c>.</summary>
    public TextSlice UserId { get; set; }

    /// <summary><c>user.features</c>.</summary>
    public SliceRange UserFeatures { get; set; }

    /// <summary><c>context</c>.</summary>
    public SliceRange ContextFeatures { get; set; }

    /// <summary><c>k</c>; 0 where absent.</summary>
    public int K { get; set; }

    /// <summary><c>deadline_ms</c>; 0 where absent.</summary>
    public double DeadlineMs { get; set; }

    /// <summary><c>read_after</c>; null where absent.</summary>
    public FreshnessToken? ReadAfter { get; set; }

    /// <summary><c>max_staleness_ms</c>; the largest number where absent.</summary>
    public long MaxStalenessMs { get; set; }

    /// <summary><c>explain</c>.</summary>
    public bool Explain { get; set; }

    /// <summary>Features of the user, the context and all candidates.</summary>
    public ReusableList<FeatureValue> Features { get; } = new(256);

    /// <summary>Elements of the lists among <see cref="Features"/>.</summary>
    public ReusableList<ListElement> Elements { get; } = new(64);

    /// <summary><c>items</c>.</summary>
    public ReusableList<Candidate> Items { get; } = new(512);

    /// <summary><c>exclude</c>.</summary>
    public ReusableList<TextSlice> Exclude { get; } = new(16);

    /// <summary><c>overrides.experiments</c>.</summary>
    public ReusableList<VariantOverride> Overrides { get; } = new(4);

    /// <summary><c>overrides.fields_off</c>.</summary>
    public ReusableList<TextSlice> FieldsOff { get; } = new(4);

    /// <summary>Members of the request that the API does not know, at most <see cref="MaxIgnored"/>: the answer names them.</summary>
    public ReusableList<TextSlice> Ignored { get; } = new(MaxIgnored);

    /// <summary>How many unknown members an answer names.</summary>
    public const int MaxIgnored = 8;

    /// <summary>Bytes of the lists' buffers.</summary>
    public long Bytes => Features.Bytes + Elements.Bytes + Items.Bytes + Exclude.Bytes + Overrides.Bytes + FieldsOff.Bytes;

    /// <summary>Forgets the last request and takes the next one's bytes.</summary>
    public void Reset(byte[] body)
    {
        _body = body;
        RequestId = Model = UserId = TextSlice.Absent;
        UserFeatures = ContextFeatures = default;
        K = 0;
        DeadlineMs = 0;
        ReadAfter = null;
        MaxStalenessMs = long.MaxValue;
        Explain = false;
        Features.Clear();
        Elements.Clear();
        Items.Clear();
        Exclude.Clear();
        Overrides.Clear();
        FieldsOff.Clear();
        Ignored.Clear();
    }

    /// <summary>The bytes of a slice.</summary>
    public ReadOnlySpan<byte> Utf8(TextSlice slice) => slice.IsPresent ? _body.AsSpan(slice.Start, slice.Length) : default;

    /// <summary>A slice as a string; for problems and experiments, not for candidates.</summary>
    public string Text(TextSlice slice) => Encoding.UTF8.GetString(Utf8(slice));

    /// <summary>Features of a range.</summary>
    public ReadOnlySpan<FeatureValue> FeaturesOf(SliceRange range) => Features.Span.Slice(range.First, range.Count);

    /// <summary>Elements of a value whose kind is <see cref="FeatureValueKind.List"/>.</summary>
    public ReadOnlySpan<ListElement> ElementsOf(in FeatureValue value) => Elements.Span.Slice(value.Text.Start, value.Text.Length);
}
