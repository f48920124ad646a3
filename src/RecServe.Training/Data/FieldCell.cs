using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>A field that is read from a column of a file: encodes the current record's cell, with raw numbers for numeric vectors.</summary>
internal sealed class FieldCell(FieldSchema field, int column)
{
    // Mean 0 and deviation 1: the number itself becomes the weight; it is standardized when the training data is known.
    private readonly FieldEncoder _encoder = new(field);

    /// <summary>The last cell encoded: one closed sample.</summary>
    public FeatureColumn Encoded { get; } = new();

    /// <summary>Encodes the cell; returns why it cannot be, or null.</summary>
    public string? Encode(RecordReader reader)
    {
        Encoded.Clear();
        ReadOnlySpan<byte> cell = reader[column];
        EncodeStatus status = _encoder.Encode(cell, Encoded);
        Encoded.EndSample();
        return status == EncodeStatus.NotANumber ? $"column '{field.Name}': {BadLines.Show(cell)} is no finite number" : null;
    }
}
