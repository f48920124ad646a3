namespace RecServe.Training.Networks;

/// <summary>The cross layers of DCN-v2 while they are trained. Rows are independent, so a row block goes through all layers at once.</summary>
internal interface ICrossNetwork
{
    /// <summary>x_0, [batch, width]: the caller fills it.</summary>
    float[] Input { get; }

    /// <summary>x_L, [batch, width].</summary>
    float[] Output { get; }

    /// <summary>Rows [from, to) through all layers.</summary>
    void Forward(int from, int to);

    /// <summary>Gradients from rows [from, to).</summary>
    /// <param name="gradient">Gradient of <see cref="Output"/>; used up.</param>
    /// <param name="inputGradient">The gradient of <see cref="Input"/> is added to it.</param>
    /// <param name="dense">Where the weight gradients of the block go.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    void Backward(float[] gradient, float[] inputGradient, DenseGradients dense, int block, int from, int to);
}
