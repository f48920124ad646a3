using System.Buffers.Text;
using System.Text;

namespace RecServe.Features;

public sealed partial class FieldEncoder
{
    /// <summary>
    /// Encodes a value given as UTF-8 text (a CSV cell, a JSON string's content or a JSON number's own text) into the open sample of
    /// <paramref name="column"/>. The caller closes the sample.
    /// </summary>
    public EncodeStatus Encode(ReadOnlySpan<byte> utf8, FeatureColumn column)
    {
        if (utf8.IsEmpty)
            return EncodeStatus.Missing;
        switch (Field.Kind)
        {
            case FieldKind.Categorical:
                column.Add(KeyOf(utf8), 1f);
                return EncodeStatus.Ok;
            case FieldKind.Multi:
                EncodeList(utf8, column);
                ClosePool(column);
                return column.OpenEntries == 0 ? EncodeStatus.Missing : EncodeStatus.Ok;
            default:
                return Utf8Parser.TryParse(utf8, out double number, out int used) && used == utf8.Length
                    ? Encode(number, column)
                    : EncodeStatus.NotANumber;
        }
    }

    /// <summary>Encodes the number of a <see cref="FieldKind.Numeric"/> field.</summary>
    public EncodeStatus Encode(double number, FeatureColumn column)
    {
        if (!double.IsFinite(number))
            return EncodeStatus.NotANumber;
        switch (Field.Transform)
        {
            case NumericTransform.LogSquaredBucket:
                Span<byte> text = stackalloc byte[24];
                Utf8Formatter.TryFormat(LogSquaredBucket(number), text, out int length);
                column.Add(KeyOf(text[..length]), 1f);
                return EncodeStatus.Ok;
            case NumericTransform.Standardize:
                return AddMultiple(((float)number - Mean) / Deviation, column);
            default:
                return AddMultiple((float)number, column);
        }
    }

    /// <summary>Adds one value of a <see cref="FieldKind.Multi"/> field; call <see cref="ClosePool"/> after the last.</summary>
    public void AddValue(ReadOnlySpan<byte> utf8, FeatureColumn column)
    {
        if (!utf8.IsEmpty)
            column.Add(KeyOf(utf8), 1f);
    }

    /// <summary>Adds one value of a <see cref="FieldKind.Multi"/> field that is known by its hash alone.</summary>
    /// <param name="hash"><see cref="RowKey.Hash64"/> of the value.</param>
    /// <param name="column">Takes it.</param>
    public void AddHash(ulong hash, FeatureColumn column) => column.Add(KeyOfHash(hash), 1f);

    /// <summary>Writes the pooling of a <see cref="FieldKind.Multi"/> field into the weights of the open sample.</summary>
    public void ClosePool(FeatureColumn column)
    {
        if (Field.Pool == Pooling.Mean && column.OpenEntries > 1)
        {
            float share = 1f / column.OpenEntries;
            column.OpenWeights.Fill(share);
            column.MarkWeighted();
        }
    }

    /// <summary>Bucket of a number: <c>x &gt; 2 ? floor((ln x)²) : (int)x</c>, clamped to the range of a 32-bit integer.</summary>
    public static int LogSquaredBucket(double x)
    {
        if (x <= 2)
            return (int)Math.Max(x, int.MinValue);
        double log = Math.Log(x);
        return (int)Math.Floor(log * log);
    }

    /// <summary>Row key of one value of this field.</summary>
    public ulong KeyOf(ReadOnlySpan<byte> utf8) =>
        Field.HashBuckets > 0 ? RowKey.OfBucket(utf8, Field.HashBuckets) : RowKey.Of(utf8);

    /// <summary>Row key of the value with a <see cref="RowKey.Hash64"/>.</summary>
    public ulong KeyOfHash(ulong hash) => Field.HashBuckets > 0 ? RowKey.OfBucket(hash, Field.HashBuckets) : RowKey.OfHash(hash);

    // A number beyond the range of a float (3.4e38) would make every score of its sample infinite.
    private static EncodeStatus AddMultiple(float weight, FeatureColumn column)
    {
        if (!float.IsFinite(weight))
            return EncodeStatus.NotANumber;
        column.Add(RowKey.NumericVector, weight);
        return EncodeStatus.Ok;
    }

    private void EncodeList(ReadOnlySpan<byte> utf8, FeatureColumn column)
    {
        Span<byte> separator = stackalloc byte[4];
        separator = separator[..new Rune(Field.Separator).EncodeToUtf8(separator)];
        while (true)
        {
            int end = utf8.IndexOf(separator);
            AddValue(end < 0 ? utf8 : utf8[..end], column);
            if (end < 0)
                return;
            utf8 = utf8[(end + separator.Length)..];
        }
    }
}
