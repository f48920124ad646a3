using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RecServe.FeatureStore;

/// <summary>One feature of a <see cref="FeatureRow"/>, a view of the row's bytes.</summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "a ref struct is never compared")]
public readonly ref struct StoredFeature
{
    internal StoredFeature(ReadOnlySpan<byte> name, FeatureKind kind, double number, ReadOnlySpan<byte> text, int count)
    {
        Name = name;
        Kind = kind;
        Number = number;
        Text = text;
        Count = count;
    }

    /// <summary>Name in UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>What the value is.</summary>
    public FeatureKind Kind { get; }

    /// <summary>The number, of a <see cref="FeatureKind.Number"/>; else 0.</summary>
    public double Number { get; }

    /// <summary>The text in UTF-8, of a <see cref="FeatureKind.Text"/>; the values as <see cref="Values"/> reads them, of a list.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Values of a <see cref="FeatureKind.List"/>; else 0.</summary>
    public int Count { get; }

    /// <summary>The values of a <see cref="FeatureKind.List"/>, in its order; nothing for others.</summary>
    public FeatureTexts Values => new(Text, Count);

    /// <summary>For people: <c>name=value</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(Name)).Append('=');
        if (Kind != FeatureKind.List)
            return Kind == FeatureKind.Number ? text.Append(Number).ToString() : text.Append(Encoding.UTF8.GetString(Text)).ToString();
        text.Append('[');
        string separator = "";
        foreach (ReadOnlySpan<byte> value in Values)
        {
            text.Append(separator).Append(Encoding.UTF8.GetString(value));
            separator = ", ";
        }

        return text.Append(']').ToString();
    }
}
