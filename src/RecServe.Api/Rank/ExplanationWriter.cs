using System.Text.Json;
using RecServe.Api.Models;
using RecServe.Ranking;

namespace RecServe.Api.Rank;

/// <summary>Writes what each field contributed to an item's logit, and which rows it read.</summary>
internal static class ExplanationWriter
{
    /// <summary>Writes the member <c>explanation</c>.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="model">The model that ranked.</param>
    /// <param name="scratch">The encoded features, the fields turned off, and where the request's rows came from.</param>
    /// <param name="candidate">The item's sample in the batch.</param>
    /// <param name="explanation">What is to be written.</param>
    public static void Write(Utf8JsonWriter json, ServingModel model, RequestScratch scratch, int candidate, Explanation explanation)
    {
        json.WriteStartObject("explanation"u8);
        json.WriteNumber("base_logit"u8, explanation.BaseLogit);
        json.WriteNumber("logit"u8, explanation.Logit);
        json.WriteStartArray("contributions"u8);
        for (int field = 0; field < explanation.Contributions.Count; field++)
        {
            json.WriteStartObject();
            json.WriteString("field"u8, model.FieldNames[field]);
            json.WriteNumber("contribution"u8, explanation.Contributions[field]);
            ReadRows rows = scratch.FieldsOff[field] || model.FieldsRemoved[field] ? ReadRows.Off : ReadRows.Of(model.Tables[field], scratch.Gather, scratch.Batch[field], model.Extractor.IsItem(field) ? candidate : 0);
            json.WriteString("precision"u8, rows.Precision);
            json.WriteString("tier"u8, rows.Tier);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
