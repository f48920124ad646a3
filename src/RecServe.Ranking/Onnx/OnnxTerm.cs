namespace RecServe.Ranking;

/// <summary>What a name of an ONNX graph stands for, as far as models that can be imported go: [batch, <paramref name="Width"/>] numbers.</summary>
/// <param name="Node">The node that gives it; null for an input.</param>
/// <param name="Width">Numbers of a row.</param>
internal abstract record OnnxTerm(OnnxNode? Node, int Width)
{
    /// <summary>The embeddings of fields, one after another.</summary>
    /// <param name="Node">The node that joined them; null for an input.</param>
    /// <param name="Order">Indices of the fields in model order.</param>
    /// <param name="Width">Numbers of a row.</param>
    public sealed record Fields(OnnxNode? Node, IReadOnlyList<int> Order, int Width) : OnnxTerm(Node, Width);

    /// <summary>W·input + b.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Input">What it reads.</param>
    /// <param name="Weight">[width, width of the input].</param>
    /// <param name="Bias">[width].</param>
    public sealed record Dense(OnnxNode Node, OnnxTerm Input, float[] Weight, float[] Bias) : OnnxTerm(Node, Bias.Length)
    {
        /// <summary>a ⊙ (W·input + b) + c.</summary>
        public Dense Scaled(OnnxNode node, Func<int, double> a, Func<int, double> c) => new(node, Input,
            [.. Weight.Select((w, i) => (float)(a(i / Input.Width) * w))], [.. Bias.Select((b, i) => (float)((a(i) * b) + c(i)))]);

        /// <summary>W·input + b + c.</summary>
        public Dense Shifted(OnnxNode node, Func<int, float> c) => new(node, Input, Weight, [.. Bias.Select((b, i) => b + c(i))]);
    }

    /// <summary>max(0, input).</summary>
    public sealed record Relu(OnnxNode Node, OnnxTerm Input) : OnnxTerm(Node, Input.Width);

    /// <summary>1 / (1 + exp(−input)).</summary>
    public sealed record Sigmoid(OnnxNode Node, OnnxTerm Input) : OnnxTerm(Node, Input.Width);

    /// <summary>a ⊙ b.</summary>
    public sealed record Product(OnnxNode Node, OnnxTerm A, OnnxTerm B) : OnnxTerm(Node, A.Width);

    /// <summary>a + b.</summary>
    public sealed record Sum(OnnxNode Node, OnnxTerm A, OnnxTerm B) : OnnxTerm(Node, A.Width);

    /// <summary>Terms one after another; none of them is such a term itself.</summary>
    public sealed record Joined(OnnxNode Node, IReadOnlyList<OnnxTerm> Parts) : OnnxTerm(Node, Parts.Sum(part => part.Width));

    /// <summary>What the term is called in messages.</summary>
    public string Name => Node is null ? "the input" : $"node '{Node.Name}' ({Node.Type})";
}
