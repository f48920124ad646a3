namespace RecServe.Compression.Selection;

/// <summary>A way of saying which fields matter most.</summary>
public enum SelectionMethod
{
    /// <summary><see cref="Importance.FPermutation"/> on the tuning samples.</summary>
    FPermutation,

    /// <summary><see cref="Importance.PermutationImportance"/> on the tuning samples: rise of the logloss.</summary>
    Permutation,

    /// <summary>LPFS++ gates at four penalties: how many of them a field survives, then the size of its scalars.</summary>
    LpfsPlusPlus,

    /// <summary><see cref="Gates.GroupLasso"/>; for mlp alone.</summary>
    GroupLasso,

    /// <summary>An order drawn from the seed.</summary>
    Random,
}
