namespace RecServe.Embeddings.Tests.Store;

/// <summary>CRC-32C bit by bit, which shares nothing with the product's.</summary>
internal static class BitwiseCrc32C
{
    public static uint Of(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}
