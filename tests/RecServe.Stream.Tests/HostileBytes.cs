using System.Text;

namespace RecServe.Stream.Tests;

/// <summary>Messages as a broken or hostile producer sends them: random bytes, and a whole message truncated, damaged, with huge lengths, wrong types or hostile strings.</summary>
internal static class HostileBytes
{
    private static readonly string[] Strings = ["", "\0", "../../etc/passwd", "'; DROP TABLE rows; --", "\u202Eelbat", new('x', 5_000), "{\"a\":1}", "%n%n%n", "\uFFFD"];

    public static byte[] Next(Random random, byte[] whole)
    {
        switch (random.Next(7))
        {
            case 0:
                byte[] noise = new byte[random.Next(2_000)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return whole[..random.Next(whole.Length)];
            case 2:
                byte[] damaged = [.. whole];
                for (int i = random.Next(1, 20); i > 0; i--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                return damaged;
            case 3:
                // A field that announces up to 2 GiB, before or after a whole message.
                byte[] huge = [(byte)((random.Next(1, 16) << 3) | 2), 0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(0x80)];
                return random.Next(2) == 0 ? [.. huge, .. whole] : [.. whole, .. huge];
            case 4:
                // A field with a wire type that is not the schema's, groups among them.
                byte[] wrong = [(byte)((random.Next(1, 8) << 3) | random.Next(8)), (byte)random.Next(256), (byte)random.Next(256)];
                return [.. wrong, .. whole];
            case 5:
                byte[] text = Encoding.UTF8.GetBytes(Strings[random.Next(Strings.Length)]);
                return [.. whole, (byte)((random.Next(1, 4) << 3) | 2), .. Length(text.Length), .. text];
            default:
                return [.. whole, 0x12, 2, 0xC3, 0x28];
        }
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(length | 0x80), (byte)(length >> 7)];
}
