namespace RecServe.Compression.Gates;

/// <summary>Which smooth function of a field's scalar multiplies its vector (LPFS, arXiv 2206.00267).</summary>
public enum GateKind
{
    /// <summary>x² / (x² + ε): its slope at 0 is 0, so a gate that has closed stays closed.</summary>
    Lpfs,

    /// <summary>sign(x)·x² / (x² + ε) + α·ε^(1/τ)·arctan(x): a closed gate still feels the loss while ε is large and may open again.</summary>
    LpfsPlusPlus,
}
