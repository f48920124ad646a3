namespace RecServe.Ranking;

/// <summary>The few places where a user of one hash can be kept: so few that a look-up compares them all.</summary>
internal sealed class KeptSet
{
    /// <summary>Places of a full set: with 8, a set overflows while others are half empty once in some thousands.</summary>
    public const int MostWays = 8;

    private readonly KeptUser[] _users;
    private long _asked;

    /// <summary>Guards which user has which place.</summary>
    internal Lock Gate { get; } = new();

    public KeptSet(int ways, int userFloats, int sharedFloats) =>
        _users = [.. Enumerable.Range(0, ways).Select(_ => new KeptUser(this, userFloats, sharedFloats))];

    /// <summary>The user's place, or the place of whoever was not asked for longest, given to the user; null where all are in use.</summary>
    public KeptUser? Take(ReadOnlySpan<float> user, ulong hash, int form)
    {
        lock (Gate)
        {
            long now = ++_asked;
            KeptUser? oldest = null;
            foreach (KeptUser kept in _users)
            {
                if (kept.Is(user, hash, form))
                {
                    kept.Hold(now);
                    return kept;
                }

                if (kept.IsFree && (oldest is null || kept.LastAsked < oldest.LastAsked))
                    oldest = kept;
            }

            oldest?.Become(user, hash, form, now);
            return oldest;
        }
    }
}
