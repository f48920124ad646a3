namespace RecServe.Ranking;

/// <summary>Where a row's part stands: in the store, or among the parts that were made for this pass.</summary>
/// <param name="Place">Its place in the store; where it was made, −1 − its number.</param>
/// <param name="Sequence">Sequence number of the place when it was found.</param>
internal readonly record struct KeptPlace(int Place, int Sequence);
