namespace RecServe.Training.Networks;

/// <summary>What stands on the embeddings of a model with tasks: from concatenated embeddings to one logit a task. Works on row blocks.</summary>
internal interface ITaskNetwork
{
    /// <summary>Logits of each task, [batch].</summary>
    IReadOnlyList<float[]> Logits { get; }

    /// <summary>Gradient of each logit: the caller fills the rows before <see cref="Backward"/>.</summary>
    IReadOnlyList<float[]> LogitGradients { get; }

    /// <summary>Begins a pass over a batch.</summary>
    /// <param name="key">Decides the dropout masks.</param>
    void Prepare(ulong key);

    /// <summary>Rows [from, to) of the embeddings to logits.</summary>
    void Forward(int block, int from, int to, bool training);

    /// <summary>Between the passes of a training step, when all blocks have gone forward: gives the losses that the network has of its own.</summary>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="count">Samples of the batch.</param>
    double Join(int blocks, int count);

    /// <summary>Gradients from rows [from, to).</summary>
    /// <param name="inputGradient">Takes the gradient of the embeddings.</param>
    /// <param name="dense">Where the weight gradients of the block go.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    void Backward(float[] inputGradient, DenseGradients dense, int block, int from, int to);
}
