namespace RecServe.Embeddings.Tests;

/// <summary>Each policy beside a reference written from its description with plain lists, and the optimum beside a search of all choices.</summary>
[Collection(NativeMemoryTests.Name)]
public class EvictionPolicyTests
{
    private const int Keys = 60;

    public static TheoryData<int, int> Sizes() => new() { { 1, 1 }, { 2, 2 }, { 7, 3 }, { 20, 4 }, { 59, 5 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Lru_equals_a_list_in_order_of_use(int capacity, int seed)
    {
        var list = new List<int>();
        Compare(new LruPolicy(Keys, capacity), seed, key =>
        {
            bool hit = list.Remove(key);
            if (!hit && list.Count == capacity)
                list.RemoveAt(0);
            list.Add(key);
            return hit;
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Clock_equals_a_queue_that_gives_second_chances(int capacity, int seed)
    {
        var queue = new List<(int Key, bool Asked)>();
        Compare(new ClockPolicy(Keys, capacity), seed, key =>
        {
            int at = queue.FindIndex(entry => entry.Key == key);
            if (at >= 0)
            {
                queue[at] = (key, true);
                return true;
            }

            while (queue.Count == capacity)
            {
                (int first, bool asked) = queue[0];
                queue.RemoveAt(0);
                if (!asked)
                    break;
                queue.Add((first, false));
            }

            queue.Add((key, false));
            return false;
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sieve_equals_a_list_with_a_hand_from_the_back(int capacity, int seed)
    {
        // From the front, newest first; the hand is a key of the list, or none.
        var list = new List<int>();
        var asked = new HashSet<int>();
        int? hand = null;
        Compare(new SievePolicy(Keys, capacity), seed, key =>
        {
            if (list.Contains(key))
            {
                asked.Add(key);
                return true;
            }

            if (list.Count == capacity)
            {
                int at = hand is { } held ? list.IndexOf(held) : list.Count - 1;
                while (asked.Remove(list[at]))
                    at = at == 0 ? list.Count - 1 : at - 1;
                hand = at == 0 ? null : list[at - 1];
                list.RemoveAt(at);
            }

            list.Insert(0, key);
            return false;
        });
    }

    [Fact]
    public void Policies_that_filter_hold_no_more_than_their_capacity()
    {
        foreach (int capacity in (int[])[1, 2, 10, 37])
        {
            foreach (Func<IEvictionPolicy> make in (Func<IEvictionPolicy>[])
                [() => new S3FifoPolicy(Keys, capacity), () => new TinyLfuPolicy(Keys, capacity), () => new ShippedPolicy(capacity, 1)])
            {
                using IEvictionPolicy policy = make();
                foreach (int key in Trace(5, 2000))
                    policy.Access(key);

                // A key at a time that never came before counts what is here: nothing of it hits.
                int hits = 0;
                for (int key = 0; key < Keys; key++)
                    hits += policy.Access(key) ? 1 : 0;
                Assert.True(hits <= capacity + Keys / 10, $"{policy.GetType().Name} holds {hits} of {capacity}");
            }
        }
    }

    [Fact]
    public void Optimum_equals_the_best_of_all_choices()
    {
        var random = new Random(6);
        for (int repeat = 0; repeat < 60; repeat++)
        {
            int keys = random.Next(2, 6), capacity = random.Next(1, keys);
            int[] trace = [.. Enumerable.Range(0, random.Next(1, 13)).Select(_ => random.Next(keys))];
            Assert.Equal(Best(trace, 0, 0, capacity, []), BeladyOptimum.Hits(trace, BeladyOptimum.NextUses(trace, keys), capacity));
        }
    }

    [Fact]
    public void Optimum_is_above_every_policy_on_a_longer_trace()
    {
        int[] trace = Trace(8, 30_000);
        int[] next = BeladyOptimum.NextUses(trace, Keys);
        using var lru = new LruPolicy(Keys, 12);
        long best = BeladyOptimum.Hits(trace, next, 12);
        Assert.InRange(trace.Count(lru.Access), 1, best);
        Assert.Equal(trace.Length - trace.Distinct().Count(), BeladyOptimum.Hits(trace, next, Keys));
    }

    /// <summary>Most hits from a place on, over every set of keys that may be held after each access.</summary>
    private static long Best(int[] trace, int at, int held, int capacity, Dictionary<(int, int), long> known)
    {
        if (at == trace.Length)
            return 0;
        if (known.TryGetValue((at, held), out long best))
            return best;
        int key = 1 << trace[at], reach = held | key;
        best = -1;
        for (int after = reach; ; after = (after - 1) & reach)
        {
            if (System.Numerics.BitOperations.PopCount((uint)after) <= capacity)
                best = Math.Max(best, Best(trace, at + 1, after, capacity, known));
            if (after == 0)
                break;
        }

        return known[(at, held)] = best + ((held & key) != 0 ? 1 : 0);
    }

    private static void Compare(IEvictionPolicy policy, int seed, Func<int, bool> reference)
    {
        int step = 0;
        foreach (int key in Trace(seed, 5000))
        {
            bool expected = reference(key);
            Assert.True(expected == policy.Access(key), $"access {step} to key {key}: a hit is {expected}");
            step++;
        }

        policy.Dispose();
    }

    private static int[] Trace(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (int)(Keys * Math.Pow(random.NextDouble(), 2)))];
    }
}
