using System.Text.Json;

namespace RecServe.Experiments.Tests;

public class SharedBucketTests
{
    [SharedVectorsFact]
    public void Hash_equals_the_public_cases()
    {
        foreach (JsonElement row in SharedVectors.Section("hash"))
        {
            double? expected = row[3].ValueKind == JsonValueKind.Null ? null : row[3].GetDouble();
            Assert.Equal(expected, Bucket.Of(row[0].GetString(), row[1].GetString(), row[2].GetInt32()));
        }
    }

    [SharedVectorsFact]
    public void Ranges_equal_the_public_cases()
    {
        foreach (JsonElement row in SharedVectors.Section("getBucketRange"))
        {
            double[] weights = row[1][2].ValueKind == JsonValueKind.Null ? [] : Numbers(row[1][2]);
            BucketRange[] ranges = Bucket.Ranges(row[1][0].GetInt32(), row[1][1].GetDouble(), weights);
            Assert.Equal(
                row[2].EnumerateArray().Select(r => $"{row[0]}: {r[0].GetDouble():F6} {r[1].GetDouble():F6}"),
                ranges.Select(r => $"{row[0]}: {r.Start:F6} {r.End:F6}"));
        }
    }

    [SharedVectorsFact]
    public void Choice_equals_the_public_cases()
    {
        foreach (JsonElement row in SharedVectors.Section("chooseVariation"))
        {
            BucketRange[] ranges = [.. row[2].EnumerateArray().Select(r => new BucketRange(r[0].GetDouble(), r[1].GetDouble()))];
            Assert.Equal((row[0].ToString(), row[3].GetInt32()), (row[0].ToString(), Bucket.Choose(row[1].GetDouble(), ranges)));
        }
    }

    [SharedVectorsFact]
    public void Namespaces_equal_the_public_cases()
    {
        foreach (JsonElement row in SharedVectors.Section("inNamespace"))
        {
            bool inside = Bucket.InNamespace(row[1].GetString(), row[2][0].GetString()!, new BucketRange(row[2][1].GetDouble(), row[2][2].GetDouble()));
            Assert.Equal((row[0].ToString(), row[3].GetBoolean()), (row[0].ToString(), inside));
        }
    }

    [SharedVectorsFact]
    public void Equal_weights_equal_the_public_cases()
    {
        foreach (JsonElement row in SharedVectors.Section("getEqualWeights"))
            Assert.Equal(Numbers(row[1]), Bucket.EqualWeights(row[0].GetInt32()).Select(w => Math.Round(w, 8)));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(w => w.GetDouble())];
}
