using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>A JSON value of an experiment file with the path that led to it, so that every complaint names its place.</summary>
internal readonly struct FileMember(JsonElement value, string path)
{
    public JsonElement Value { get; } = value;

    public string Path { get; } = path;

    public FileMember? Find(string name) =>
        Value.TryGetProperty(name, out JsonElement member) ? new FileMember(member, Under(name)) : null;

    /// <summary>Refuses a value that is no object, or has a member that is not named here: a misspelt member must not be ignored.</summary>
    public void Object(params ReadOnlySpan<string> known)
    {
        foreach ((string name, FileMember member) in Members(int.MaxValue))
        {
            if (!known.Contains(name))
                throw member.Wrong("is not known");
        }
    }

    public IEnumerable<(string Name, FileMember Member)> Members(int max)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Wrong("expected an object");
        int count = Value.EnumerateObject().Count();
        if (count > max)
            throw Wrong($"has {count} members, the limit is {max}");
        FileMember self = this;
        return Value.EnumerateObject().Select(p => (p.Name, new FileMember(p.Value, self.Under(p.Name))));
    }

    public FileMember[] Array(int max)
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Wrong("expected an array");
        if (Value.GetArrayLength() > max)
            throw Wrong($"has {Value.GetArrayLength()} entries, the limit is {max}");
        FileMember self = this;
        return [.. Value.EnumerateArray().Select((e, i) => new FileMember(e, $"{self.Path}[{i}]"))];
    }

    public string Text()
    {
        if (Value.ValueKind != JsonValueKind.String)
            throw Wrong("expected a string");
        string text = Value.GetString()!;
        return text.Length is > 0 and <= ExperimentLimits.TextLength ? text : throw Wrong($"has {text.Length} characters, expected 1 to {ExperimentLimits.TextLength}");
    }

    public double Share() => Value.ValueKind == JsonValueKind.Number && Value.GetDouble() is >= 0 and <= 1
        ? Value.GetDouble()
        : throw Wrong("expected a number from 0 to 1");

    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Wrong("expected true or false");

    public ExperimentFileException Wrong(string reason) => new(Path, reason);

    private string Under(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
