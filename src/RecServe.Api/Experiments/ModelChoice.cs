using System.Text.Json;

namespace RecServe.Api.Experiments;

/// <summary>The model that a feature's value names: a member <c>model</c>, and perhaps <c>version</c>, of an object.</summary>
/// <param name="Model">Model name; null where the value names none.</param>
/// <param name="Version">Version; null for the newest.</param>
internal readonly record struct ModelChoice(string? Model, string? Version)
{
    /// <summary>Reads a value; anything else than such an object names no model.</summary>
    public static ModelChoice Of(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } names || !names.TryGetProperty("model"u8, out JsonElement model) || model.ValueKind != JsonValueKind.String)
            return default;
        names.TryGetProperty("version"u8, out JsonElement version);
        return new ModelChoice(model.GetString(), version.ValueKind switch
        {
            JsonValueKind.String => version.GetString(),
            JsonValueKind.Number => version.GetRawText(),
            _ => null,
        });
    }
}
