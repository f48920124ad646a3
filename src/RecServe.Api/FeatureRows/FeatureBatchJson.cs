using System.Text.Json;
using RecServe.Api.Problems;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Api.FeatureRows;

/// <summary>The body of <c>POST /v1/features:batch</c>: <c>{"rows": [ROW, …], "released_by": NAME}</c>, the name only where refused rows are let in.</summary>
internal static class FeatureBatchJson
{
    /// <summary>Reads the rows; the first that is wrong is the problem.</summary>
    public static Problem? Read(JsonElement root, FeatureRowDefaults defaults, FeatureSchema schema, int limit, out FeatureRow[] rows, out string releasedBy)
    {
        (rows, releasedBy) = ([], "");
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rows", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            return Problem.At(ProblemTypes.InvalidRequest, "rows", "must be an array of rows");
        int count = list.GetArrayLength();
        if (count == 0)
            return Problem.At(ProblemTypes.InvalidRequest, "rows", "is empty");
        if (count > limit)
            return Problem.At(ProblemTypes.OverLimit, "rows", $"holds {count:N0} rows, the limit is {limit:N0}");
        if (root.TryGetProperty("released_by", out JsonElement name))
        {
            releasedBy = name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
            if (!RowUpdateCodec.IsName(releasedBy, new UpdateLimits().NameBytes))
                return Problem.At(ProblemTypes.InvalidRequest, "released_by", $"must be a text of 1 to {new UpdateLimits().NameBytes} bytes without control characters");
        }

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
