using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// Feature rows of users, items and contexts by id. Any number of threads look rows up beside writers; a look-up sees a row as it was before or after a change, never a mix.
/// <para>
/// What is promised: the highest version of an entity's row counts, in whatever order and however often rows come; a row that is not newer changes nothing. Of two different rows
/// with equal versions the first stays, so a producer gives each content its own version. A deletion keeps its version and refuses older rows as long as the store remembers it; each
/// form says how long.
/// </para>
/// </summary>
public interface IFeatureStore : IDisposable
{
    /// <summary>Rows of an entity now: whether a look-up is worth its while. Costs nothing.</summary>
    long Count(FieldSide entity);

    /// <summary>Fills in the entries of a look-up. What cannot be read stays absent, and <see cref="FeatureLookup.Fault"/> says so; nothing is thrown for it.</summary>
    void Find(FeatureLookup lookup);

    /// <summary>Applies rows and deletions: when it returns, look-ups that begin see them.</summary>
    /// <param name="rows">Any number, of any entities.</param>
    /// <param name="outcomes">Takes what became of each row; as long as <paramref name="rows"/>, or empty for nobody who asks.</param>
    /// <exception cref="IOException">The store cannot take rows now; some may have been applied, and all can come again.</exception>
    FeatureApplyResult Apply(ReadOnlySpan<FeatureRow> rows, Span<FeatureOutcome> outcomes = default);

    /// <summary>Counts now.</summary>
    FeatureStoreSnapshot Measure();
}
