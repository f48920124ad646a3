using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace RecServe.Artifacts;

/// <summary>A JSON value with the path that led to it, so that every complaint names its place.</summary>
internal readonly struct JsonMember(JsonElement value, string path)
{
    public JsonElement Value { get; } = value;

    public JsonMember this[string name] => TryGet(name, out JsonMember member) ? member : throw Wrong($"member '{name}' is missing");

    public bool TryGet(string name, out JsonMember member)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Wrong("expected an object");
        bool found = Value.TryGetProperty(name, out JsonElement element);
        member = new JsonMember(element, path.Length == 0 ? name : $"{path}.{name}");
        return found;
    }

    /// <summary>The member's value, or null where it is absent or null.</summary>
    public JsonElement? Optional(string name) =>
        TryGet(name, out JsonMember member) && member.Value.ValueKind != JsonValueKind.Null ? member.Value.Clone() : null;

    public string Text(int max = PackageLimits.NameLength)
    {
        if (Value.ValueKind != JsonValueKind.String)
            throw Wrong("expected a string");
        string text = Value.GetString()!;
        return text.Length > 0 && text.Length <= max ? text : throw Wrong($"has {text.Length} characters, expected 1 to {max}");
    }

    public long Whole(long min, long max) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw Wrong($"expected a whole number from {min} to {max}, found {Shown()}");

    public double Number() =>
        Value.ValueKind == JsonValueKind.Number && Value.GetDouble() is var number && double.IsFinite(number)
            ? number
            : throw Wrong($"expected a finite number, found {Shown()}");

    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? Value.GetBoolean()
        : throw Wrong($"expected true or false, found {Shown()}");

    public JsonElement Object() => Value.ValueKind == JsonValueKind.Object ? Value.Clone() : throw Wrong("expected an object");

    public T[] Array<T>(int max, Func<JsonMember, T> read)
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Wrong("expected an array");
        int count = Value.GetArrayLength();
        if (count > max)
            throw Wrong($"has {count} entries, the limit is {max}");
        var items = new T[count];
        int i = 0;
        foreach (JsonElement element in Value.EnumerateArray())
            items[i] = read(new JsonMember(element, $"{path}[{i++}]"));
        return items;
    }

    public IEnumerable<(string Name, JsonMember Member)> Members()
    {
        string prefix = path;
        return Object().EnumerateObject().Select(p => (p.Name, new JsonMember(p.Value, $"{prefix}.{p.Name}")));
    }

    public PackageException Wrong(string reason) =>
        new($"{PackageManifest.FileName}: {(path.Length == 0 ? "" : path + ": ")}{reason}");

    private string Shown()
    {
        string text = Value.GetRawText();
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
    }
}
