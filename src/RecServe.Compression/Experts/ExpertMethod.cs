namespace RecServe.Compression.Experts;

/// <summary>How a model with sparse experts gets fewer networks.</summary>
public enum ExpertMethod
{
    /// <summary>The networks of the largest mean gate · ‖output‖ stay, the others go.</summary>
    Keep,

    /// <summary>Networks that are routed to alike become one: UNCURL (arXiv 2409.01483), with their hidden units aligned and their weights averaged by use.</summary>
    Merge,
}
