namespace RecServe.Training.Networks;

/// <summary>An expert that works on the rows that chose it: row i of its own memory, counted from the first row of a block, is the i-th of them.</summary>
internal interface ISparseExpert
{
    /// <summary>Outputs, [batch, width].</summary>
    float[] Output { get; }

    /// <summary>Gradient of <see cref="Output"/>: the caller fills what the block has before <see cref="Backward"/>.</summary>
    float[] OutputGradient { get; }

    /// <summary>Outputs of rows.</summary>
    /// <param name="x">The rows as they were gathered, [batch, width], at the places of the outputs.</param>
    /// <param name="from">First row of the block.</param>
    /// <param name="count">How many chose the expert.</param>
    void Forward(float[] x, int from, int count);

    /// <summary>Gradients; that of the rows is added to <paramref name="xGradient"/>, at the places of the outputs.</summary>
    void Backward(float[] x, float[] xGradient, DenseGradients dense, int block, int from, int count);
}
