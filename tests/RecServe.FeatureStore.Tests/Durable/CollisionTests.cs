using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>Two ids with one hash: neither is ever answered with the other's features.</summary>
public sealed class CollisionTests
{
    [Fact]
    public void Another_id_of_the_same_hash_is_told_apart()
    {
        (string first, string second) = Twins();
        byte[] firstId = Encoding.UTF8.GetBytes(first), secondId = Encoding.UTF8.GetBytes(second);
        Assert.NotEqual(first, second);
        Assert.Equal(RowKey.Hash64(firstId), RowKey.Hash64(secondId));
        using var rows = new TemporaryRows();
        using var store = new DurableFeatureStore(rows.Store);
        Assert.Equal(1, store.Apply([Row(first, 1)]).Applied);

        Assert.Null(store.FindOne(FieldSide.User, secondId));
        var outcomes = new FeatureOutcome[2];
        store.Apply([Row(second, 9), FeatureRow.Deletion(FieldSide.User, second, 10, "p")], outcomes);

        Assert.Equal([FeatureOutcome.Collision, FeatureOutcome.Collision], outcomes);
        Assert.Equal(Row(first, 1).ToString(), store.FindOne(FieldSide.User, firstId)?.ToString());
        Assert.Null(store.FindOne(FieldSide.User, secondId));
        Assert.Equal(3, store.Collisions);

        // The first one's place is free when it goes.
        Assert.Equal(1, store.Apply([FeatureRow.Deletion(FieldSide.User, first, 2, "p")]).Applied);
        Assert.Equal(1, store.Apply([Row(second, 9)]).Applied);
        Assert.Equal(Row(second, 9).ToString(), store.FindOne(FieldSide.User, secondId)?.ToString());
        Assert.Null(store.FindOne(FieldSide.User, firstId));
    }

    private static FeatureRow Row(string id, ulong version) => new FeatureRowBuilder(FieldSide.User, id, version, "p").Number("age", 3).Build();

    /// <summary>Of eight bytes XXH64 can be turned around: any hash has such a twin, and every some hundredth of these is text.</summary>
    private static (string First, string Second) Twins()
    {
        for (int n = 0; ; n++)
        {
            string first = $"u{n}";
            byte[] twin = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(twin, Inverse(RowKey.Hash64(Encoding.UTF8.GetBytes(first))));
            if (Utf8.IsValid(twin))
                return (first, Encoding.UTF8.GetString(twin));
        }
    }

    private static ulong Inverse(ulong hash)
    {
        const ulong prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F, prime3 = 0x165667B19E3779F9, prime4 = 0x85EBCA77C2B2AE63, prime5 = 0x27D4EB2F165667C5;
        hash ^= hash >> 32;
        hash *= Inverted(prime3);
        hash ^= (hash >> 29) ^ (hash >> 58);
        hash *= Inverted(prime2);
        hash ^= hash >> 33;
        ulong lane = BitOperations.RotateRight((hash - prime4) * Inverted(prime1), 27) ^ (prime5 + 8);
        return BitOperations.RotateRight(lane * Inverted(prime1), 31) * Inverted(prime2);
    }

    // Newton's iteration doubles the bits that are right: five of them bring 3 to 96.
    private static ulong Inverted(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - (odd * inverse);
        return inverse;
    }
}
