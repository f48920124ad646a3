using RecServe.Api.Telemetry;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;

namespace RecServe.Api.Rank;

/// <summary>Which rows one field of one sample read: the tier that answered and how they are stored, or "mixed"; rows that do not exist are "default" in "fp32".</summary>
internal readonly record struct ReadRows(string Tier, string Precision)
{
    private const string Mixed = "mixed";

    /// <summary>No rows: the field is turned off, and its mean stands for it.</summary>
    public static readonly ReadRows Off = new("off", RowPrecisionNames.Of(RowPrecision.Fp32));

    /// <summary>Looks up a sample's rows once more, after the request's gather.</summary>
    public static ReadRows Of(EmbeddingTable table, GatherScratch gather, FeatureColumn column, int sample)
    {
        string? tier = null, precision = null;
        foreach (ulong key in column.Keys[column.Offsets[sample]..column.Offsets[sample + 1]])
        {
            int at = gather.IndexOf(table.Id, key);
            RowPrecision? hot = at < 0 ? table.HotPrecision(key) : null;
            RowTier found = at >= 0 ? gather.Missing.Tier(at) : hot is null ? RowTier.None : RowTier.Hot;
            RowPrecision stored = at >= 0 && found != RowTier.None ? gather.Missing.Precision(at) : hot ?? RowPrecision.Fp32;
            tier = Joined(tier, RowCounter.NameOf(found));
            precision = Joined(precision, RowPrecisionNames.Of(stored));
        }

        return new ReadRows(tier ?? RowCounter.NameOf(RowTier.None), precision ?? RowPrecisionNames.Of(RowPrecision.Fp32));
    }

    private static string Joined(string? sofar, string next) => sofar is null || sofar == next ? next : Mixed;
}
