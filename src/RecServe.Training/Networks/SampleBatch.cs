using RecServe.Training.Data;

namespace RecServe.Training.Networks;

/// <summary>The samples that a network works on: <see cref="Count"/> of a data set, in an order or as they stand.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Order">Sample numbers in the order of an epoch, or null for the order of the data set.</param>
/// <param name="Start">First position in that order.</param>
/// <param name="Count">Number of samples.</param>
public readonly record struct SampleBatch(Dataset Data, int[]? Order, int Start, int Count)
{
    /// <summary>Sample at a position of the batch.</summary>
    public int this[int position] => Order is null ? Start + position : Order[Start + position];
}
