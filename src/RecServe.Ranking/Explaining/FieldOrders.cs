namespace RecServe.Ranking;

/// <summary>The seeded orders in which fields are switched on.</summary>
internal static class FieldOrders
{
    /// <summary>Random orders of the fields, every second one the reverse of the one before it.</summary>
    public static int[][] Sample(int fields, int count, int seed)
    {
        var random = new Random(seed);
        var orders = new int[count][];
        for (int i = 0; i < count; i++)
        {
            int[] order;
            if (i % 2 == 0)
            {
                order = [.. Enumerable.Range(0, fields)];
                random.Shuffle(order);
            }
            else
            {
                order = [.. Enumerable.Reverse(orders[i - 1])];
            }

            orders[i] = order;
        }

        return orders;
    }

    /// <summary>Checks that every order holds every field once.</summary>
    public static void Check(IReadOnlyList<int[]> orders, int fields)
    {
        if (orders.Count == 0)
            throw new ArgumentException("expected at least one order of the fields, got none", nameof(orders));
        foreach (int[] order in orders)
        {
            if (!order.Order().SequenceEqual(Enumerable.Range(0, fields)))
                throw new ArgumentException($"[{string.Join(", ", order)}] is no order of the fields 0 to {fields - 1}", nameof(orders));
        }
    }
}
