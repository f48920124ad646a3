using System.Text.Json;

namespace RecServe.Features;

/// <summary>One member of a schema file while it is read: its value and its path, so that every complaint can name it.</summary>
internal readonly record struct SchemaMember(JsonElement Value, string Path, string File)
{
    public SchemaException Error(string problem) => new($"{File}: {(Path.Length == 0 ? "the schema" : Path)}: {problem}");

    /// <summary>Refuses members that are none of <paramref name="known"/>.</summary>
    public SchemaMember Object(params ReadOnlySpan<string> known)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Error($"expected an object, found {Describe()}");
        string[] names = known.ToArray();
        foreach (JsonProperty property in Value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw At(property.Name, property.Value).Error($"unknown member{NearestName.Hint(property.Name, names)} (known: {string.Join(", ", names)})");
        }

        return this;
    }

    /// <summary>A member that may be absent; JSON null counts as absent.</summary>
    public SchemaMember? Optional(string name) =>
        Value.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? At(name, member) : null;

    public SchemaMember Required(string name) =>
        Optional(name) ?? throw At(name, default).Error("is missing");

    public IReadOnlyList<SchemaMember> Array(int limit)
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Error($"expected a list, found {Describe()}");
        if (Value.GetArrayLength() > limit)
            throw Error($"has {Value.GetArrayLength():N0} entries; at most {limit:N0} are allowed");
        SchemaMember self = this;
        return [.. Value.EnumerateArray().Select((entry, i) => new SchemaMember(entry, $"{self.Path}[{i}]", self.File))];
    }

    /// <summary>Text of 1 to <see cref="SchemaLimits.NameLength"/> characters without control characters.</summary>
    public string Name()
    {
        string text = Text();
        if (text.Length is 0 or > SchemaLimits.NameLength)
            throw Error($"a name has 1 to {SchemaLimits.NameLength} characters, this one {text.Length}");
        if (text.Any(char.IsControl))
            throw Error("a name has no control characters");
        return text;
    }

    public string Text() =>
        Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Error($"expected a text, found {Describe()}");

    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"expected true or false, found {Describe()}"),
    };

    public double Number() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Error($"expected a number, found {Describe()}");

    public int Integer(int least, int most)
    {
        double number = Number();
        if (number != Math.Floor(number))
            throw Error($"expected a whole number, found {Describe()}");
        return number >= least && number <= most ? (int)number : throw Error($"{Describe()} is outside {least}..{most}");
    }

    public T OneOf<T>(IReadOnlyList<(string Name, T Value)> choices)
    {
        string text = Text();
        foreach ((string name, T value) in choices)
        {
            if (name == text)
                return value;
        }

        IEnumerable<string> names = choices.Select(choice => choice.Name);
        throw Error($"'{text}' is none of {string.Join(", ", names)}{NearestName.Hint(text, names)}");
    }

    public string Describe() => Value.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text '{Cut(Value.GetString()!)}'",
        _ => Cut(Value.GetRawText()),
    };

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private SchemaMember At(string name, JsonElement value) => new(value, Path.Length == 0 ? name : $"{Path}.{name}", File);
}
