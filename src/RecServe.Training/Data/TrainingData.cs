using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Everything a trainer needs, read and encoded.</summary>
public sealed record TrainingData
{
    /// <summary>The schema the data was read with.</summary>
    public required DataSchema Schema { get; init; }

    /// <summary>Encoders in model order: user and context fields in schema order, then item fields in schema order.</summary>
    public required IReadOnlyList<FieldEncoder> Encoders { get; init; }

    /// <summary>Floats of the embeddings of user and context fields, by the dims of the schema.</summary>
    public int UserInputs => Encoders.Where(encoder => encoder.Field.Side != FieldSide.Item).Sum(encoder => encoder.Field.Dim);

    /// <summary>One vocabulary a field, in model order, from the training samples alone.</summary>
    public required IReadOnlyList<FieldVocabulary> Vocabularies { get; init; }

    /// <summary>Samples that are learned from.</summary>
    public required Dataset Train { get; init; }

    /// <summary>Samples that choose the epoch.</summary>
    public required Dataset Valid { get; init; }

    /// <summary>Samples that are measured once, at the end.</summary>
    public required Dataset Test { get; init; }

    /// <summary>Known items, or null where the schema names none.</summary>
    public EntityCatalog? Items { get; init; }

    /// <summary>Known users' last values, or null where the schema names none or users have no field beside their id.</summary>
    public EntityCatalog? Users { get; init; }

    /// <summary>SHA-256 (hex) over the data and the split, so that equal runs have equal lineage.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Bad lines that were passed over because the run allowed them.</summary>
    public long SkippedLines { get; init; }
}
