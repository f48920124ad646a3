using System.Buffers.Text;
using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// What features may be stored: the fields of the models that are served, by entity and name. A value must be one that every model with the field takes. Immutable and thread-safe.
/// </summary>
public sealed class FeatureSchema
{
    private readonly Dictionary<(FieldSide Entity, string Name), HashSet<FieldKind>> _kinds = [];

    /// <summary>Collects the fields of schemas.</summary>
    public FeatureSchema(IEnumerable<DataSchema> schemas)
    {
        foreach (FieldSchema field in schemas.SelectMany(schema => schema.Fields))
        {
            if (!_kinds.TryGetValue((field.Side, field.Name), out HashSet<FieldKind>? kinds))
                _kinds[(field.Side, field.Name)] = kinds = [];
            kinds.Add(field.Kind);
        }
    }

    /// <summary>Whether a number that is given as such is kept as its text: its field is no numeric one, and tells <c>5</c> from <c>5.0</c>.</summary>
    public bool TakesText(FieldSide entity, string name) => _kinds.TryGetValue((entity, name), out HashSet<FieldKind>? kinds) && !kinds.SetEquals([FieldKind.Numeric]);

    /// <summary>What is wrong with a row; null if every model takes what it holds.</summary>
    public FeatureFault? Check(FeatureRow row)
    {
        foreach (StoredFeature feature in row)
        {
            string name = Encoding.UTF8.GetString(feature.Name);
            if (!_kinds.TryGetValue((row.Entity, name), out HashSet<FieldKind>? kinds))
                return FeatureFault.Of(FeatureFaultReason.UnknownFeature, name, $"is no {NameOf(row.Entity)} field of a served model{NearestName.Hint(name, _kinds.Keys.Where(key => key.Entity == row.Entity).Select(key => key.Name))}");
            foreach (FieldKind kind in kinds)
            {
                if (!Takes(kind, feature))
                    return FeatureFault.Of(FeatureFaultReason.WrongType, name, kind switch
                    {
                        FieldKind.Numeric => "must be a finite number",
                        FieldKind.Multi => "must be a list of texts, or a text",
                        _ => "must be a text",
                    });
            }
        }

        return null;
    }

    /// <summary>Whether a field of a kind takes a value.</summary>
    public static bool Takes(FieldKind kind, in StoredFeature feature) => kind switch
    {
        FieldKind.Numeric => feature.Kind == FeatureKind.Number
            || (feature.Kind == FeatureKind.Text && Utf8Parser.TryParse(feature.Text, out double number, out int used) && used == feature.Text.Length && double.IsFinite(number)),
        FieldKind.Multi => feature.Kind is FeatureKind.List or FeatureKind.Text,
        _ => feature.Kind == FeatureKind.Text,
    };

    /// <summary>What an entity is called in paths, messages and errors.</summary>
    public static string NameOf(FieldSide entity) => entity switch
    {
        FieldSide.User => "user",
        FieldSide.Item => "item",
        _ => "context",
    };

    /// <summary>Entity of a name.</summary>
    public static bool TryParse(string? name, out FieldSide entity)
    {
        entity = name switch { "user" => FieldSide.User, "item" => FieldSide.Item, _ => FieldSide.Context };
        return name is "user" or "item" or "context";
    }
}
