namespace RecServe.Ranking;

/// <summary>The plan that makes nothing once a request, which alone can score rows with users of their own.</summary>
/// <typeparam name="T">A number.</typeparam>
internal interface IPlainPlan<T> : ICrossPlan<T>
    where T : unmanaged
{
    /// <summary>As <see cref="ICrossPlan{T}.Apply"/> for rows whose users are <paramref name="userStride"/> numbers apart; 0 where all have one.</summary>
    void ApplyRows(ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int rows, Span<T> scratch, Span<T> y);
}
