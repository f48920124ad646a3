namespace RecServe.Api.Shadow;

/// <summary>A request that is to be scored once more, and what it was answered with. All its memory is its own: the request's is reused.</summary>
/// <param name="Body">The request as it came: parsing unescapes in place, so this is a copy from before.</param>
internal sealed record ShadowSample(byte[] Body)
{
    /// <summary>Model and version that answered.</summary>
    public string Served { get; private set; } = "";

    /// <summary>Logits of the candidates that were ranked, in the order of the request.</summary>
    public float[] Logits { get; private set; } = [];

    /// <summary>Items that were returned.</summary>
    public int Top { get; private set; }

    /// <summary>Names of the fields that were turned off.</summary>
    public string[] FieldsOff { get; private set; } = [];

    /// <summary>Takes what the request was answered with.</summary>
    public void Answer(string served, ReadOnlySpan<float> logits, int top, string[] fieldsOff) =>
        (Served, Logits, Top, FieldsOff) = (served, logits.ToArray(), top, fieldsOff);
}
