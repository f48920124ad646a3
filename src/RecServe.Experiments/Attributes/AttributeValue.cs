using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>A JSON-like value of a request's attribute; the default is null (absent).</summary>
public readonly struct AttributeValue
{
    private readonly string? _text;
    private readonly double _number;
    private readonly JsonElement _json;

    private AttributeValue(AttributeKind kind, string? text, double number, JsonElement json)
    {
        Kind = kind;
        _text = text;
        _number = number;
        _json = json;
    }

    /// <summary>Type of the value.</summary>
    public AttributeKind Kind { get; }

    internal string Text => _text!;

    internal double Number => _number;

    internal bool Flag => _number != 0;

    /// <summary>A text.</summary>
    public static AttributeValue Of(string text) => new(AttributeKind.Text, text, 0, default);

    /// <summary>A number.</summary>
    public static AttributeValue Of(double number) => new(AttributeKind.Number, null, number, default);

    /// <summary>True or false.</summary>
    public static AttributeValue Of(bool flag) => new(AttributeKind.Flag, null, flag ? 1 : 0, default);

    /// <summary>Any JSON value; its document must stay alive as long as this value is used.</summary>
    public static AttributeValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Of(json.GetString()!),
        JsonValueKind.Number => Of(json.GetDouble()),
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Array => new AttributeValue(AttributeKind.List, null, 0, json),
        JsonValueKind.Object => new AttributeValue(AttributeKind.Record, null, 0, json),
        _ => default,
    };

    internal int Count => _json.GetArrayLength();

    internal AttributeValue this[int index] => Of(_json[index]);

    internal AttributeValue Member(string name) =>
        Kind == AttributeKind.Record && _json.TryGetProperty(name, out JsonElement member) ? Of(member) : default;

    /// <summary>Whether the value has this JSON text, whitespace and number notation aside; members of objects in the same order.</summary>
    internal bool EqualsJson(JsonElement other) => Kind switch
    {
        AttributeKind.List or AttributeKind.Record => JsonText.Equal(_json, other),
        AttributeKind.Text => other.ValueKind == JsonValueKind.String && other.ValueEquals(_text),
        AttributeKind.Number => other.ValueKind == JsonValueKind.Number && other.GetDouble() == _number,
        AttributeKind.Flag => other.ValueKind == (Flag ? JsonValueKind.True : JsonValueKind.False),
        _ => other.ValueKind == JsonValueKind.Null,
    };

    internal JsonElement Json => _json;
}
