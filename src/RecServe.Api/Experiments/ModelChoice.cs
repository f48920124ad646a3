using System.Text.Json;

namespace RecServe.Api.Experiments;

/// <summary>What a feature's value says of the model: members <c>model</c>, <c>version</c> and <c>fields_off</c> of an object.</summary>
/// <param name="Model">Model name; null where the value names none.</param>
/// <param name="Version">Version; null for the newest.</param>
/// <param name="FieldsOff">Fields that stand at their mean; null for none.</param>
internal readonly record struct ModelChoice(string? Model, string? Version, IReadOnlyList<string>? FieldsOff)
{
    /// <summary>Reads a value; anything else than such an object says nothing, and a list of fields that is none says nothing of fields.</summary>
    public static ModelChoice Of(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } says)
            return default;
        IReadOnlyList<string>? off = says.TryGetProperty("fields_off"u8, out JsonElement fields) && ReasonAgainst(fields) is null
            ? [.. fields.EnumerateArray().Select(name => name.GetString()!)] : null;
        if (!says.TryGetProperty("model"u8, out JsonElement model) || model.ValueKind != JsonValueKind.String)
            return new ModelChoice(null, null, off);
        says.TryGetProperty("version"u8, out JsonElement version);
        return new ModelChoice(model.GetString(), version.ValueKind switch
        {
            JsonValueKind.String => version.GetString(),
            JsonValueKind.Number => version.GetRawText(),
            _ => null,
        }, off);
    }

    /// <summary>What is wrong with a variant's <c>fields_off</c>, or null; values without the member are right.</summary>
    public static string? Misfit(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Object } says && says.TryGetProperty("fields_off"u8, out JsonElement fields) ? ReasonAgainst(fields) : null;

    /// <summary>This choice and a later feature's: the first that names a model chooses it, fields are off that any turns off.</summary>
    public ModelChoice And(ModelChoice later) => new(Model ?? later.Model, Model is null ? later.Version : Version,
        FieldsOff is null ? later.FieldsOff : later.FieldsOff is null ? FieldsOff : [.. FieldsOff, .. later.FieldsOff]);

    private static string? ReasonAgainst(JsonElement fields) =>
        fields.ValueKind == JsonValueKind.Array && fields.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String) ? null : "fields_off must be an array of field names";
}
