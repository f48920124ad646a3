using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>Attributes in a dictionary. Not thread-safe while it is being filled.</summary>
public sealed class AttributeMap : IAttributeSource
{
    private readonly Dictionary<string, AttributeValue> _values = new(StringComparer.Ordinal);

    /// <summary>Makes an empty map.</summary>
    public AttributeMap()
    {
    }

    /// <summary>Takes the members of a JSON object; its document must stay alive as long as the map is used.</summary>
    public AttributeMap(JsonElement members)
    {
        foreach (JsonProperty member in members.EnumerateObject())
            _values[member.Name] = AttributeValue.Of(member.Value);
    }

    /// <summary>Sets an attribute, replacing an earlier value.</summary>
    public void Set(string name, AttributeValue value) => _values[name] = value;

    /// <summary>Forgets everything, keeps the buffers.</summary>
    public void Clear() => _values.Clear();

    /// <inheritdoc/>
    public AttributeValue Find(string name) => _values.GetValueOrDefault(name);
}
