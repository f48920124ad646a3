using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RecServe.Api.Rank;
using RecServe.Experiments;

namespace RecServe.Api.Experiments;

/// <summary>
/// What experiments may know of a request: <c>id</c> (the user's), the user's features, then the context. A value that is an object is not kept by
/// the parser and counts as absent. A request without a user has no attributes, so no experiment takes it in.
/// </summary>
internal sealed class RequestAttributes(RankRequest request) : IAttributeSource
{
    /// <inheritdoc/>
    public AttributeValue Find(string name)
    {
        if (!request.UserId.IsPresent)
            return default;
        if (name == "id")
            return AttributeValue.Of(request.Text(request.UserId));
        int most = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> buffer = most <= 512 ? stackalloc byte[512] : new byte[most];
        ReadOnlySpan<byte> utf8 = buffer[..Encoding.UTF8.GetBytes(name, buffer)];
        return Find(request.UserFeatures, utf8, out AttributeValue value) || Find(request.ContextFeatures, utf8, out value) ? value : default;
    }

    // The last of several values counts, as it does for the model.
    private bool Find(SliceRange range, ReadOnlySpan<byte> name, out AttributeValue value)
    {
        ReadOnlySpan<FeatureValue> features = request.FeaturesOf(range);
        for (int i = features.Length - 1; i >= 0; i--)
        {
            if (request.Utf8(features[i].Name).SequenceEqual(name))
            {
                value = ValueOf(features[i]);
                return true;
            }
        }

        value = default;
        return false;
    }

    private AttributeValue ValueOf(in FeatureValue feature) => feature.Kind switch
    {
        FeatureValueKind.Text => AttributeValue.Of(request.Text(feature.Text)),
        FeatureValueKind.Number => AttributeValue.Of(double.Parse(request.Utf8(feature.Text), CultureInfo.InvariantCulture)),
        FeatureValueKind.Boolean => AttributeValue.Of(feature.Text.Length == 4),
        FeatureValueKind.List => ListOf(feature),
        _ => default,
    };

    private AttributeValue ListOf(in FeatureValue feature)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (ListElement element in request.ElementsOf(feature))
            {
                if (element.IsNumber)
                    json.WriteRawValue(request.Utf8(element.Text), skipInputValidation: true);
                else
                    json.WriteStringValue(request.Utf8(element.Text));
            }

            json.WriteEndArray();
        }

        return AttributeValue.Of(JsonElement.Parse(buffer.WrittenSpan));
    }
}
