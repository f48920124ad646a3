namespace RecServe.Ranking;

/// <summary>The rows of a pass: candidates of one user, whose shared part is made, or rows with users of their own.</summary>
/// <typeparam name="T">A number.</typeparam>
internal readonly ref struct SidedRows<T>
    where T : unmanaged
{
    private SidedRows(ReadOnlySpan<T> shared, ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int count, bool isShared, KeptRows parts = default)
    {
        Parts = parts;
        Shared = shared;
        Users = users;
        Items = items;
        (UserStride, ItemStride, Count, IsShared) = (userStride, itemStride, count, isShared);
    }

    /// <summary>Candidates of a user.</summary>
    /// <param name="shared">What they share.</param>
    /// <param name="items">One row a candidate.</param>
    /// <param name="itemStride">Numbers from one to the next.</param>
    /// <param name="count">Number of candidates.</param>
    /// <param name="parts">The item parts of the layers on x, where they are kept.</param>
    public static SidedRows<T> OfOneUser(ReadOnlySpan<T> shared, ReadOnlySpan<T> items, int itemStride, int count, KeptRows parts = default) =>
        new(shared, default, 0, items, itemStride, count, true, parts);

    /// <summary>Rows with users of their own.</summary>
    /// <param name="users">One row a row.</param>
    /// <param name="userStride">Numbers from one to the next.</param>
    /// <param name="items">One row a row.</param>
    /// <param name="itemStride">Numbers from one to the next.</param>
    /// <param name="count">Number of rows.</param>
    public static SidedRows<T> OfUsers(ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int count) =>
        new(default, users, userStride, items, itemStride, count, false);

    public bool IsShared { get; }

    public ReadOnlySpan<T> Shared { get; }

    public ReadOnlySpan<T> Users { get; }

    public int UserStride { get; }

    public ReadOnlySpan<T> Items { get; }

    public int ItemStride { get; }

    public int Count { get; }

    public KeptRows Parts { get; }
}
