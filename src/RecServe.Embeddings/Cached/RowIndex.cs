using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Embeddings;

/// <summary>
/// From a key's hash to its row's place, one memory line a look-up: a bucket of 64 bytes holds 12 entries, 12 one-byte fingerprints, the number of keys that found
/// no room in this, their first bucket and stand in their second, and for each entry two bits in which readers count that they came by. The key beside the row verifies. Searches
/// end after two buckets whatever the keys.
/// </summary>
/// <remarks>
/// Readers come at any time. An entry moves only from its key's first bucket to the second, and stands in both for a moment: a reader that looks at the first
/// bucket and then at the second cannot miss it.
/// </remarks>
internal readonly unsafe struct RowIndex(byte* start, uint count, RowArena arena, KeyHash hashing)
{
    /// <summary>Bytes of a bucket.</summary>
    public const int BucketBytes = 64;

    /// <summary>Entries of a bucket.</summary>
    public const int Ways = 12;

    /// <summary>Readers that came by an entry are counted up to this.</summary>
    public const int MostVisits = 3;

    private const int Fingerprints = Ways * sizeof(uint), Displaced = Fingerprints + Ways, Seen = Displaced + 1, EntriesASeen = 4;

    /// <summary>Buckets.</summary>
    public uint Count => count;

    /// <summary>Address of the first bucket.</summary>
    public byte* Start => start;

    /// <summary>A bucket by number; as an address of entries.</summary>
    public uint* Bucket(uint number) => (uint*)(start + (long)number * BucketBytes);

    /// <summary>First bucket of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* First(ulong hash) => First(start, count, hash);

    /// <summary>The same for callers that hold the index's fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* First(byte* start, uint count, ulong hash) => start + ((hash >> 32) * count >> 32) * BucketBytes;

    /// <summary>Second bucket of a hash; another than the first.</summary>
    public byte* Second(ulong hash)
    {
        ulong first = (hash >> 32) * count >> 32, second = ((hash * 0x9E3779B97F4A7C15) >> 32) * count >> 32;
        second += second == first ? 1u : 0;
        return start + (second == count ? 0 : second) * BucketBytes;
    }

    /// <summary>Entries of a bucket whose fingerprint is that of a hash: bit i for entry i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Matches(byte* bucket, ulong hash) =>
        Vector128.Equals(Vector128.Load(bucket + Fingerprints), Vector128.Create(Fingerprint(hash))).ExtractMostSignificantBits() & ((1u << Ways) - 1);

    /// <summary>Whether a key whose first bucket this is may stand in its second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCrowded(byte* bucket) => Volatile.Read(ref bucket[Displaced]) != 0;

    /// <summary>Readers that came by an entry since the hand of the clock did.</summary>
    public static int Visits(byte* bucket, int i) => bucket[Seen + (i / EntriesASeen)] >> (2 * (i % EntriesASeen)) & MostVisits;

    /// <summary>
    /// Counts a reader that came by an entry. Neither locked nor atomic: what is lost when two write at once are visits. A full count is not written, so in the long run
    /// readers write nothing and share every line. Whether it is full cannot be foretold for rows that are asked for seldom, so what is not to be written goes
    /// elsewhere, without a branch.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="i">The entry.</param>
    /// <param name="match">1 if the reader wants this entry, 0 if none was there.</param>
    /// <param name="nowhere">A byte that nobody reads.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit(byte* bucket, uint i, uint match, byte* nowhere)
    {
        byte* seen = bucket + Seen + (i / EntriesASeen);
        int shift = 2 * (int)(i % EntriesASeen);
        uint counts = *seen, isFull = (counts >> shift & MostVisits) + 1 >> 2;
        nint counted = -(nint)(match & ~isFull);
        nowhere[(nint)(seen - nowhere) & counted] = (byte)(counts + (1u << shift));
    }

    /// <summary>Takes a visit off an entry that has one.</summary>
    public static void TakeVisit(byte* bucket, int i) => SetVisits(bucket, i, Visits(bucket, i) - 1);

    /// <summary>The entry of a key, or null.</summary>
    public uint* Find(ulong key, ulong hash)
    {
        byte* first = First(hash);
        uint* entry = FindIn(first, key, hash);
        return entry is not null || !IsCrowded(first) ? entry : FindIn(Second(hash), key, hash);
    }

    /// <summary>Makes a key's entry. The key has none.</summary>
    /// <returns>Whether there was room in its two buckets, perhaps by moving another key out of the first.</returns>
    public bool TryAdd(ulong hash, uint place)
    {
        byte* first = First(hash);
        int free = Free(first);
        if (free < 0)
        {
            byte* second = Second(hash);
            int there = Free(second);
            if (there >= 0)
            {
                Put(second, there, hash, place);
                CountDisplaced(first, 1);
                return true;
            }

            free = MoveOneOut(first);
            if (free < 0)
                return false;
        }

        Put(first, free, hash, place);
        return true;
    }

    /// <summary>Ends an entry.</summary>
    public void Remove(uint* entry, ulong hash)
    {
        byte* bucket = BucketOf(entry), first = First(hash);
        Clear(bucket, (int)(entry - (uint*)bucket));
        if (bucket != first)
            CountDisplaced(first, -1);
    }

    /// <summary>The bucket that an entry stands in.</summary>
    public byte* BucketOf(uint* entry) => start + (((byte*)entry - start) & ~(BucketBytes - 1L));

    // 1 to 255: free entries have 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Fingerprint(ulong hash) => (byte)(((uint)(ushort)hash * 255 >> 16) + 1);

    private uint* FindIn(byte* bucket, ulong key, ulong hash)
    {
        for (uint matches = Matches(bucket, hash); matches != 0; matches &= matches - 1)
        {
            uint* entry = (uint*)bucket + System.Numerics.BitOperations.TrailingZeroCount(matches);
            uint place = Volatile.Read(ref *entry);
            if (place != 0 && *(ulong*)arena.Address(place) == key)
                return entry;
        }

        return null;
    }

    private static int Free(byte* bucket)
    {
        for (int i = 0; i < Ways; i++)
        {
            if (((uint*)bucket)[i] == 0)
                return i;
        }

        return -1;
    }

    private static void Put(byte* bucket, int i, ulong hash, uint place)
    {
        bucket[Fingerprints + i] = Fingerprint(hash);
        SetVisits(bucket, i, 0);
        Volatile.Write(ref ((uint*)bucket)[i], place);
    }

    private static void SetVisits(byte* bucket, int i, int visits)
    {
        byte* seen = bucket + Seen + (i / EntriesASeen);
        int shift = 2 * (i % EntriesASeen);
        *seen = (byte)((*seen & ~(MostVisits << shift)) | (visits << shift));
    }

    private static void Clear(byte* bucket, int i)
    {
        Volatile.Write(ref ((uint*)bucket)[i], 0);
        bucket[Fingerprints + i] = 0;
    }

    /// <summary>Moves a key of a full first bucket to its second one, rather one that nobody asked for of late. Gives the entry that is free now, or -1.</summary>
    private int MoveOneOut(byte* bucket)
    {
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Ways; i++)
            {
                uint entry = ((uint*)bucket)[i];
                if (round == 0 && Visits(bucket, i) > 0)
                    continue;
                ulong hash = hashing.Of(*(ulong*)arena.Address(entry));
                if (First(hash) != bucket)
                    continue;
                byte* second = Second(hash);
                int free = Free(second);
                if (free < 0)
                    continue;
                Put(second, free, hash, entry);
                SetVisits(second, free, Visits(bucket, i));
                CountDisplaced(bucket, 1);
                Clear(bucket, i);
                return i;
            }
        }

        return -1;
    }

    private static void CountDisplaced(byte* first, int by)
    {
        // At 255 the count is lost: the bucket's second ones are looked at for ever.
        byte held = first[Displaced];
        if (held != byte.MaxValue)
            Volatile.Write(ref first[Displaced], (byte)(held + by));
    }
}
