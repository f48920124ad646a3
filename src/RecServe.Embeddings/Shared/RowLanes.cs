namespace RecServe.Embeddings;

/// <summary>
/// Shares of the key space. A lane's keys carry one hash tag, so that a cluster has them in one hash slot and one MGET or script may name several of
/// them; the tags are chosen so that the lanes' slots lie evenly among the 16,384, one in each 64th.
/// </summary>
/// <remarks>docs/formats/redis.md states the rule; the numbers behind 64 stand in the decision record.</remarks>
internal static class RowLanes
{
    /// <summary>Lanes of a cluster.</summary>
    public const int Count = 64;

    private const int Slots = 16_384;

    /// <summary>Hash tag of each lane: the smallest decimal number whose slot lies in the lane's range.</summary>
    public static readonly string[] Tags = FindTags();

    /// <summary>Lane of a row: the upper 6 bits of (key XOR table) · 0x9E3779B97F4A7C15.</summary>
    public static int Of(in RowId id) => (int)(((id.Key ^ id.Table.Value) * 0x9E3779B97F4A7C15) >> 58);

    /// <summary>Slot of a hash tag: CRC-16/XMODEM mod 16,384, as the Redis Cluster specification says.</summary>
    public static int Slot(string tag)
    {
        int crc = 0;
        foreach (char c in tag)
        {
            crc ^= c << 8;
            for (int bit = 0; bit < 8; bit++)
                crc = ((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xFFFF;
        }

        return crc % Slots;
    }

    private static string[] FindTags()
    {
        string?[] tags = new string[Count];
        for (int number = 0, found = 0; found < Count; number++)
        {
            string tag = number.ToString();
            ref string? lane = ref tags[Slot(tag) / (Slots / Count)];
            if (lane is null)
            {
                lane = tag;
                found++;
            }
        }

        return tags!;
    }
}
