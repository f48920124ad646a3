using System.Text.Json;
using RecServe.Api.Problems;
using RecServe.FeatureStore;

namespace RecServe.Api.FeatureRows;

/// <summary>The body of <c>POST /v1/features:batch</c>: <c>{"rows": [ROW, …]}</c>.</summary>
internal static class FeatureBatchJson
{
    /// <summary>Reads the rows; the first that is wrong is the problem.</summary>
    public static Problem? Read(JsonElement root, FeatureRowDefaults defaults, FeatureSchema schema, int limit, out FeatureRow[] rows)
    {
        rows = [];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rows", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            return Problem.At(ProblemTypes.InvalidRequest, "rows", "must be an array of rows");
        int count = list.GetArrayLength();
        if (count == 0)
            return Problem.At(ProblemTypes.InvalidRequest, "rows", "is empty");
        if (count > limit)
            return Problem.At(ProblemTypes.OverLimit, "rows", $"holds {count:N0} rows, the limit is {limit:N0}");
        var read = new FeatureRow[count];
        int index = 0;
        foreach (JsonElement row in list.EnumerateArray())
        {
            if (FeatureRowJson.Read(row, defaults, schema, out FeatureRow? one) is { } fault)
                return FeatureProblems.Of(fault, $"rows[{index}].");
            read[index++] = one!;
        }

        rows = read;
        return null;
    }
}
