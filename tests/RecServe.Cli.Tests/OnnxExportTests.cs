using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Ranking;

namespace RecServe.Cli.Tests;

/// <summary>Exported models, run by ONNX Runtime, give what our scorers give.</summary>
public class OnnxExportTests
{
    [OnnxRuntimeTheory]
    [InlineData("lr")]
    [InlineData("fm")]
    [InlineData("mlp")]
    [InlineData("deepfm")]
    [InlineData("dcnv2")]
    [InlineData("dcnv2-stacked")]
    [InlineData("dcnv2-mix")]
    [InlineData("dcnv2-stacked-mix")]
    [InlineData("mmoe")]
    [InlineData("ple")]
    [InlineData("mmoe-top-k")]
    [InlineData("moe")]
    public void Write_every_kind_runs_in_onnxruntime_with_equal_logits(string model) => AssertEqualLogits(Package(model));

    private static void AssertEqualLogits(ModelPackage package)
    {
        IScorer scorer = ScorerFactory.Create(package);
        const int Count = 37;
        var random = new Random(3);
        SideLayout user = scorer.Layout.User, item = scorer.Layout.Item;
        float[] users = Draw(random, user.Width), items = Draw(random, Count * item.Width), expected = new float[Count * scorer.Outputs];
        scorer.Score(new RankBatch(users, items, Count), new float[scorer.ScratchFloats(Count)], expected);

        using OnnxRuntime runtime = OnnxRuntime.Load(OnnxRuntimeTheoryAttribute.Library);
        using OnnxSession session = runtime.Open(OnnxExport.Write(package), 1);
        int inputs = user.Dense + item.Dense, fields = package.Fields.Count;
        float[] x = inputs == 0 ? [] : session.Input("x", Count, inputs);
        float[] linear = package.Fields[0].Linear ? session.Input("linear", Count, fields) : [], logit = session.Output("logit", Count, Math.Max(1, scorer.Outputs - 1));
        for (int r = 0; r < Count; r++)
        {
            float[] row = items[(r * item.Width)..((r + 1) * item.Width)];
            if (inputs > 0)
                ((float[])[.. users[..user.Dense], .. row[..item.Dense]]).CopyTo(x, r * inputs);
            if (linear.Length > 0)
                ((float[])[.. users[user.Dense..], .. row[item.Dense..]]).CopyTo(linear, r * fields);
        }

        session.Run();
        expected = scorer.Outputs == 1 ? expected : [.. expected.Where((_, i) => i % scorer.Outputs > 0)];
        for (int r = 0; r < expected.Length; r++)
            Assert.Equal(expected[r], logit[r], 1e-5 * Math.Max(1, Math.Abs(expected[r])));
        Assert.True(expected.Distinct().Count() > 30);
    }

    [OnnxRuntimeTheory]
    [InlineData("moe top-p", 0, 0.5, false, 0)]
    [InlineData("moe one set of three layers", 2, 0, true, 0)]
    [InlineData("moe by request, top-p of all", 0, 1, true, 15)]
    [InlineData("moe of zeros first", 1, 0, false, 0)]
    public void Write_sparse_experts_of_every_routing_runs_in_onnxruntime_with_equal_logits(string model, int topK, double topP, bool oneSet, int userInputs)
    {
        ModelPackage package = Package(model);
        SparseArchitecture shape = package.Architecture.Sparse! with
        {
            Width = 12, Hidden = 7, Layers = oneSet ? 3 : 1, TopK = topK, TopP = topP, OneSet = oneSet, UserInputs = userInputs, Tower = [5], Zeros = topK == 1 ? 9 : 1,
        };
        var random = new Random(8);
        ModelArchitecture architecture = package.Architecture with { Sparse = shape };
        AssertEqualLogits(package with
        {
            Architecture = architecture,
            Dense = [.. architecture.TaskTensors(25).Select(tensor => new DenseTensor(tensor.Name, tensor.Sizes, [.. Enumerable.Range(0, (int)tensor.Length).Select(_ => random.NextSingle() - 0.5f)]))],
        });
    }

    [OnnxRuntimeTheory]
    [InlineData("mlp")]
    [InlineData("dcnv2")]
    [InlineData("dcnv2-stacked")]
    [InlineData("mmoe")]
    [InlineData("mmoe-top-k")]
    [InlineData("ple")]
    public void Folded_graph_runs_in_onnxruntime_with_equal_logits(string model)
    {
        ModelPackage package = Package(model);
        IScorer scorer = ScorerFactory.Create(package);
        const int Count = 37;
        var random = new Random(3);
        OnnxFolded folded = OnnxFolded.Create(package)!;
        using OnnxRuntime runtime = OnnxRuntime.Load(OnnxRuntimeTheoryAttribute.Library);
        using OnnxSession session = runtime.Open(folded.Graph, 1);
        float[] items = session.Input("items", Count, scorer.Layout.Item.Width);
        float[][] inputs = [.. folded.Inputs.Select(input => session.Input(input.Name, input.Rows, input.Columns))];
        float[] logit = session.Output("logit", Count, Math.Max(1, scorer.Outputs - 1));
        for (int request = 0; request < 2; request++)
        {
            float[] user = Draw(random, scorer.Layout.User.Width), expected = new float[Count * scorer.Outputs];
            Draw(random, items.Length).CopyTo(items, 0);
            scorer.Score(new RankBatch(user, items, Count), new float[scorer.ScratchFloats(Count)], expected);
            foreach ((OnnxRequestInput input, float[] values) in folded.Inputs.Zip(inputs))
                input.Make(user, values);
            session.Run();
            expected = scorer.Outputs == 1 ? expected : [.. expected.Where((_, i) => i % scorer.Outputs > 0)];
            for (int r = 0; r < expected.Length; r++)
                Assert.Equal(expected[r], logit[r], 1e-5 * Math.Max(1, Math.Abs(expected[r])));
            Assert.True(expected.Distinct().Count() > 30);
        }
    }

    [OnnxRuntimeTheory]
    [InlineData("dcnv2")]
    public void Open_damaged_model_says_what_the_runtime_says(string model)
    {
        using OnnxRuntime runtime = OnnxRuntime.Load(OnnxRuntimeTheoryAttribute.Library);
        byte[] bytes = OnnxExport.Write(Package(model));
        Assert.Contains("ONNX Runtime", Assert.Throws<InvalidOperationException>(() => runtime.Open(bytes[..(bytes.Length / 2)], 1)).Message);
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static ModelPackage Package(string model)
    {
        ModelPackage deep = ScoreModel.Create(new ScoreBenchOptions { Model = model is "lr" or "fm" ? "deepfm" : model.Split(' ')[0], UserFields = 3, ItemFields = 2, Dim = 5 });
        return model is not ("lr" or "fm") ? deep : deep with
        {
            Architecture = new ModelArchitecture { Kind = model, Hidden = [] },
            Fields = [.. deep.Fields.Select(field => field with { Dim = model == "lr" ? 0 : field.Dim })],
            Dense = [deep.Tensor("head.bias")],
        };
    }
}
