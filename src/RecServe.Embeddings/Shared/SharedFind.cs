namespace RecServe.Embeddings;

/// <summary>What came of one look-up; <c>found + deleted + absent + unanswered</c> is the number of keys looked up.</summary>
/// <param name="Found">Rows filled in.</param>
/// <param name="Deleted">Deletions filled in.</param>
/// <param name="Absent">Keys that have no row there, or a value that is no row of the table.</param>
/// <param name="Unanswered">Keys that nothing is known about: what was not answered is looked for in the tiers below.</param>
/// <param name="Trouble">Why keys were not answered.</param>
public readonly record struct SharedFind(int Found, int Deleted, int Absent, int Unanswered, SharedRowsTrouble Trouble)
{
    /// <summary>Whether an answer says <c>quality.degraded: "redis"</c>.</summary>
    public bool IsDegraded => Unanswered > 0;
}
