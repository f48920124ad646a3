using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class OnnxImportTests
{
    private static readonly PackageField[] Fields = [Field("user", 3), Field("country", 2), Field("item", 4)];

    [Theory]
    [InlineData("mlp", null)]
    [InlineData("dcnv2", "parallel")]
    [InlineData("dcnv2", "stacked")]
    public void Our_own_export_comes_back_as_it_was(string kind, string? structure)
    {
        ModelPackage package = TaskModel.Create(new ModelArchitecture { Kind = kind, Structure = structure, CrossLayers = structure is null ? 0 : 2, Hidden = [7, 5] }, [3, 2], [4], 5);
        (ModelArchitecture architecture, IReadOnlyList<DenseTensor> dense) = OnnxImport.Read(OnnxExport.Write(package), "m.onnx", package.Fields);
        Assert.Equal((kind, structure, package.Architecture.CrossLayers), (architecture.Kind, architecture.Structure, architecture.CrossLayers));
        Assert.Equal(package.Architecture.Hidden, architecture.Hidden);
        Assert.Equal(package.Dense.Select(tensor => tensor.Name).Order(), dense.Select(tensor => tensor.Name).Order());
        foreach (DenseTensor tensor in dense)
            Assert.Equal(package.Tensor(tensor.Name).Values, tensor.Values);
    }

    [Fact]
    public void Torch_mlp_with_transposed_weights_batch_norm_and_sigmoid_scores_as_its_formula()
    {
        Random random = new(3);
        float[] w0 = Draw(random, 5 * 9), b0 = Draw(random, 5), w1 = Draw(random, 5 * 3), b1 = Draw(random, 3), w2 = Draw(random, 3), b2 = Draw(random, 1);
        float[] scale = Draw(random, 5), shift = Draw(random, 5), mean = Draw(random, 5), variance = [0.5f, 1, 2, 0.1f, 3];

        // The graph reads item, user, country; the second layer is a product with [in, out] and an addition; a dropout and a cast say nothing.
        byte[] file = new TorchGraph().Input("embeddings")
            .Constant("net.0.weight", w0, 5, 9).Constant("net.0.bias", b0, 5).Constant("net.1.weight", scale, 5).Constant("net.1.bias", shift, 5)
            .Constant("net.1.running_mean", mean, 5).Constant("net.1.running_var", variance, 5).Constant("onnx::MatMul_20", w1, 5, 3).Constant("net.4.bias", b1, 3).Constant("net.6.weight", w2, 1, 3).Constant("net.6.bias", b2, 1)
            .Node("Gemm", "gemm", ["embeddings", "net.0.weight", "net.0.bias"], TorchGraph.Real("alpha", 1), TorchGraph.Real("beta", 1), TorchGraph.Number("transB", 1))
            .Node("BatchNormalization", "norm", ["gemm", "net.1.weight", "net.1.bias", "net.1.running_mean", "net.1.running_var"], TorchGraph.Real("epsilon", 1e-5f))
            .Node("Relu", "relu", ["norm"]).Node("Dropout", "dropout", ["relu"]).Node("MatMul", "product", ["dropout", "onnx::MatMul_20"]).Node("Add", "sum", ["net.4.bias", "product"])
            .Node("Relu", "relu_1", ["sum"]).Node("Gemm", "head", ["relu_1", "net.6.weight", "net.6.bias"], TorchGraph.Number("transB", 1))
            .Node("Sigmoid", "sigmoid", ["head"]).Node("Identity", "probability", ["sigmoid"]).Finish("probability");
        float[] x = Draw(random, 9), inOrder = [.. x[5..], .. x[..5]];
        double[] h = [.. Enumerable.Range(0, 5).Select(o => Math.Max(0, ((Sum(w0, o * 9, inOrder) + b0[o] - mean[o]) * scale[o] / Math.Sqrt(variance[o] + 1e-5)) + shift[o]))];
        double[] top = [.. Enumerable.Range(0, 3).Select(o => Math.Max(0, h.Select((value, i) => value * w1[(i * 3) + o]).Sum() + b1[o]))];
        double expected = top.Select((value, i) => value * w2[i]).Sum() + b2[0];
        Assert.Equal(expected, Score(file, x, ["item", "user", "country"], "mlp"), 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Torch_dcn_with_an_input_a_field_scores_as_its_formula(bool oneHead)
    {
        Random random = new(4);
        float[] c0 = Draw(random, 81), cb0 = Draw(random, 9), c1 = Draw(random, 81), cb1 = Draw(random, 9), w0 = Draw(random, 4 * 9), b0 = Draw(random, 4), head = Draw(random, 13), bias = Draw(random, 1);
        TorchGraph graph = new TorchGraph().Input("item").Input("country").Input("user")
            .Constant("cross.0.weight", c0, 9, 9).Constant("cross.0.bias", cb0, 9).Constant("cross.1.weight", c1, 9, 9).Constant("cross.1.bias", cb1, 9).Constant("mlp.0.weight", w0, 4, 9).Constant("mlp.0.bias", b0, 4)
            .Node("Concat", "x", ["country", "item", "user"], TorchGraph.Number("axis", 1))
            .Node("Gemm", "g0", ["x", "cross.0.weight", "cross.0.bias"], TorchGraph.Number("transB", 1)).Node("Mul", "m0", ["x", "g0"]).Node("Add", "x1", ["m0", "x"])
            .Node("Gemm", "g1", ["x1", "cross.1.weight", "cross.1.bias"], TorchGraph.Number("transB", 1)).Node("Mul", "m1", ["g1", "x"]).Node("Add", "x2", ["x1", "m1"])
            .Node("Gemm", "d0", ["x", "mlp.0.weight", "mlp.0.bias"], TorchGraph.Number("transB", 1)).Node("Relu", "r0", ["d0"]);
        byte[] file = oneHead
            ? graph.Constant("head.weight", head, 1, 13).Constant("head.bias", bias, 1).Node("Concat", "both", ["x2", "r0"], TorchGraph.Number("axis", -1))
                .Node("Gemm", "logit", ["both", "head.weight", "head.bias"], TorchGraph.Number("transB", 1)).Node("Squeeze", "flat", ["logit"]).Finish("flat")
            : graph.Constant("wide", head[..9], 9, 1).Constant("deep", head[9..], 4, 1).Node("Constant", "bias", [], TorchGraph.Value(bias, 1))
                .Node("MatMul", "a", ["x2", "wide"]).Node("MatMul", "b", ["r0", "deep"]).Node("Add", "c", ["b", "bias"]).Node("Add", "logit", ["a", "c"]).Finish("logit");
        float[] x = Draw(random, 9);
        double[] inOrder = [.. ((float[])[.. x[3..5], .. x[5..], .. x[..3]]).Select(value => (double)value)], crossed = inOrder;
        foreach ((float[] w, float[] b) in ((float[], float[])[])[(c0, cb0), (c1, cb1)])
            crossed = [.. crossed.Select((value, o) => (inOrder[o] * (crossed.Select((v, i) => v * w[(o * 9) + i]).Sum() + b[o])) + value)];
        double[] hidden = [.. Enumerable.Range(0, 4).Select(o => Math.Max(0, inOrder.Select((v, i) => v * w0[(o * 9) + i]).Sum() + b0[o]))];
        Assert.Equal(crossed.Concat(hidden).Select((value, i) => value * head[i]).Sum() + bias[0], Score(file, x, null, "dcnv2"), 1e-5);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "Tanh", "m.onnx: node '/odd/Tanh' (Tanh): the operator cannot be imported; those that can are Add, BatchNormalization, Cast, Concat, Constant, Dropout, Flatten, Gemm, Identity, MatMul, Mul, Relu, Reshape, Sigmoid, Squeeze" },
        { "Gather", "m.onnx: node '/odd/Gather' (Gather): the operator cannot be imported" },
        { "Sigmoid", "m.onnx: node '/odd/Sigmoid' (Sigmoid): the logit must come from a dense layer with one output" },
        { "Softmax", "m.onnx: node '/odd/Softmax' (Softmax): the operator cannot be imported" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Graph_that_no_kind_matches_is_refused_with_the_node(string type, string message)
    {
        TorchGraph graph = new TorchGraph().Input("x").Constant("w", Draw(new Random(1), 9), 1, 9).Node("Gemm", "g", ["x", "w"], TorchGraph.Number("transB", 1)).Node(type, "odd", ["g"]);
        byte[] file = type == "Sigmoid" ? graph.Node("Sigmoid", "s", ["odd"]).Finish("s") : graph.Finish("odd");
        Assert.StartsWith(message, Assert.Throws<PackageException>(() => OnnxImport.Read(file, "m.onnx", Fields)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        float[] w = Draw(new Random(1), 10);
        Assert.Equal("m.onnx: node '/g/Gemm' (Gemm): the weight 'w' is [1, 10], what it is multiplied with has 9 numbers a row",
            Message(new TorchGraph().Input("x").Constant("w", w, 1, 10).Node("Gemm", "g", ["x", "w"], TorchGraph.Number("transB", 1)).Finish("g")));
        Assert.Equal("m.onnx: input 'clicks' is none of the fields user, country, item; one input takes all of them, several must have their names", Message(new TorchGraph().Input("user").Input("clicks").Finish("g")));
        Assert.Equal("m.onnx: the output 'g' is given by no node", Message(new TorchGraph().Input("x").Finish("g")));
        Assert.Equal("m.onnx: node '/g/Gemm' (Gemm): there is no hidden layer with ReLU under the head",
            Message(new TorchGraph().Input("x").Constant("w", w[..9], 1, 9).Node("Gemm", "g", ["x", "w"], TorchGraph.Number("transB", 1)).Finish("g")));
        Assert.Equal("m.onnx: has no graph: it is no ONNX model", Message([]));
        Assert.Contains("tensor 'w' of the shape [1, 9] has 10 numbers, expected 9", Message(new TorchGraph().Input("x").Constant("w", w, 1, 9).Finish("x")), StringComparison.Ordinal);

        static string Message(byte[] file) => Assert.Throws<PackageException>(() => OnnxImport.Read(file, "m.onnx", Fields)).Message;
    }

    [Fact]
    public void Truncated_and_damaged_files_are_refused_or_read_and_never_crash()
    {
        byte[] file = OnnxExport.Write(TaskModel.Create(new ModelArchitecture { Kind = "dcnv2", Structure = "parallel", CrossLayers = 1, Hidden = [4] }, [3, 2], [4], 5));
        // The last field names the operator set and is six bytes long; without it the model is whole.
        for (int length = 0; length < file.Length - 6; length++)
            Assert.Throws<PackageException>(() => OnnxImport.Read(file.AsSpan(0, length), "m.onnx", Fields));
        for (int length = file.Length - 5; length < file.Length; length++)
            Assert.Throws<PackageException>(() => OnnxImport.Read(file.AsSpan(0, length), "m.onnx", Fields));
        var random = new Random(9);
        int refused = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            byte[] damaged = [.. file];
            for (int i = 0; i <= trial % 4; i++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            refused += Record.Exception(() => OnnxImport.Read(damaged, "m.onnx", Fields)) is { } failure ? Assert.IsType<PackageException>(failure) is not null ? 1 : 0 : 0;
        }

        Assert.InRange(refused, 500, 3999);
    }

    [Fact]
    public void Deep_and_doubling_graphs_are_refused_in_time()
    {
        TorchGraph sums = new TorchGraph().Input("x").Constant("w", Draw(new Random(1), 9), 1, 9).Node("Gemm", "s0", ["x", "w"], TorchGraph.Number("transB", 1));
        for (int i = 0; i < 5000; i++)
            sums.Node("Add", $"s{i + 1}", [$"s{i}", $"s{i}"]);
        Assert.Contains("the logit is a sum of more than 64 terms", Assert.Throws<PackageException>(() => OnnxImport.Read(sums.Finish("s5000"), "m.onnx", Fields)).Message, StringComparison.Ordinal);
        TorchGraph joins = new TorchGraph().Input("x");
        for (int i = 0; i < 5000; i++)
            joins.Node("Concat", $"c{i + 1}", [i == 0 ? "x" : $"c{i}", i == 0 ? "x" : $"c{i}"], TorchGraph.Number("axis", 1));
        Assert.Contains("joins 3072 parts, expected 1 to 2048", Assert.Throws<PackageException>(() => OnnxImport.Read(joins.Finish("c5000"), "m.onnx", Fields)).Message, StringComparison.Ordinal);
        TorchGraph relus = new TorchGraph().Input("x");
        for (int i = 0; i < 9000; i++)
            relus.Node("Relu", $"r{i + 1}", [i == 0 ? "x" : $"r{i}"]);
        Assert.Throws<PackageException>(() => OnnxImport.Read(relus.Finish("r9000"), "m.onnx", Fields));
    }

    private static double Score(byte[] file, float[] x, string[]? order, string kind)
    {
        (ModelArchitecture architecture, IReadOnlyList<DenseTensor> dense) = OnnxImport.Read(file, "m.onnx", Fields, order);
        Assert.Equal(kind, architecture.Kind);
        IScorer scorer = ScorerFactory.Create(TaskModel.Create(architecture, [3, 2], [4], 1) with { Dense = dense });
        float[] logit = new float[1];
        scorer.ScoreRows(x.AsSpan(0, 5), x.AsSpan(5), 1, new float[scorer.ScratchFloats(1)], logit);
        return logit[0];
    }

    private static double Sum(float[] weight, int at, float[] x) => x.Select((value, i) => (double)value * weight[at + i]).Sum();

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    private static PackageField Field(string name, int dim) => new() { Name = name, Dim = dim, Linear = false };
}
