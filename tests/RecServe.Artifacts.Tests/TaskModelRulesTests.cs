namespace RecServe.Artifacts.Tests;

public class TaskModelRulesTests
{
    private static readonly ModelArchitecture Mmoe = SamplePackage.Of("mmoe").Architecture, Ple = SamplePackage.Of("ple").Architecture, Moe = SamplePackage.Of("moe").Architecture;

    public static TheoryData<string, ModelArchitecture> Wrong => new()
    {
        { "tasks is 0; kind 'mmoe' takes 1 to 16", Mmoe with { Tasks = [] } },
        { "tasks is 17; kind 'mmoe' takes 1 to 16", Mmoe with { Tasks = [.. Enumerable.Range(0, 17).Select(i => new PackageTask($"t{i}", 1))] } },
        { "tasks is 2; kind 'mlp' takes none", Mmoe with { Kind = "mlp", Hidden = [4] } },
        { "experts is missing; kind 'ple' takes them", Ple with { Experts = null } },
        { "two tasks have one name", Mmoe with { Tasks = [new PackageTask("a", 1), new PackageTask("a", 1)] } },
        { "rank_weight is 0, 0; kind 'mmoe' takes numbers of at least 0, not all 0", Mmoe with { Tasks = [new PackageTask("a", 0), new PackageTask("b", 0)] } },
        { "experts.layers is 2; kind 'mmoe' takes 1", Mmoe with { Experts = Mmoe.Experts! with { Layers = 2 } } },
        { "experts.shared is 257; kind 'mmoe' takes 1 to 256", Mmoe with { Experts = Mmoe.Experts! with { Shared = 257 } } },
        { "experts.top_k is 4; kind 'mmoe' takes 0 to 3, the experts", Mmoe with { Experts = Mmoe.Experts! with { TopK = 4 } } },
        { "experts.top_k is 1; kind 'ple' takes 0", Ple with { Experts = Ple.Experts! with { TopK = 1 } } },
        { "experts.specific is 1; kind 'mmoe' takes 0", Mmoe with { Experts = Mmoe.Experts! with { Specific = 1 } } },
        { "experts.widths is []; kind 'ple' takes 1 to 64 widths of 1 to 65536", Ple with { Experts = Ple.Experts! with { Widths = [] } } },
        { "experts.tower is [0]; kind 'ple' takes 0 to 64 widths of 1 to 65536", Ple with { Experts = Ple.Experts! with { Tower = [0] } } },
        { "sparse is missing; kind 'moe' takes it", Moe with { Sparse = null } },
        { "sparse is there; kind 'ple' takes none", Ple with { Sparse = Moe.Sparse } },
        { "sparse.networks is 0; kind 'moe' takes 1 to 256", Moe with { Sparse = Moe.Sparse! with { Networks = 0 } } },
        { "sparse.top_k is 6; kind 'moe' takes 0 to 5", Moe with { Sparse = Moe.Sparse! with { TopK = 6 } } },
        { "sparse.top_p is 0 beside top_k 0; kind 'moe' takes one of them: top_k of 1 or more, or top_p above 0 and at most 1", Moe with { Sparse = Moe.Sparse! with { TopP = 0 } } },
        { "sparse is 514 experts a layer; kind 'moe' takes at most 256", Moe with { Sparse = Moe.Sparse! with { Networks = 256, Constants = 256 } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Architecture_that_the_kind_does_not_take_is_refused_by_its_member(string message, ModelArchitecture architecture) =>
        Assert.Equal($"architecture: {message}", Assert.Throws<PackageException>(() => DenseShapes.Of(architecture, SamplePackage.Of("mmoe").Fields)).Message);

    [Fact]
    public void Tensors_of_ple_stand_layer_by_layer_and_gates_see_shared_experts_and_their_own()
    {
        var shape = new ExpertArchitecture { Layers = 2, Shared = 1, Specific = 2, Widths = [3], Tower = [2] };
        Assert.Equal([0, 3, 4], shape.Sees(1, 2));
        Assert.Equal([0, 1, 2, 3, 4], shape.Sees(2, 2));
        Assert.Equal([2, 0, 0, 1, 1], Enumerable.Range(0, 5).Select(expert => shape.StreamOf(expert, 2)));
        Assert.Equal(
            ["expert.0.0.0.weight 3 7", "gate.0.0.weight 3 7", "gate.0.shared.weight 5 7", "expert.1.4.0.weight 3 3", "gate.1.1.bias 3", "tower.1.0.weight 2 3", "tower.1.head.weight 2"],
            shape.Tensors(7, 2).Select(tensor => $"{tensor.Name} {string.Join(' ', tensor.Sizes)}").Where(text => text.Split(' ')[0] is "expert.0.0.0.weight" or "gate.0.0.weight"
                or "gate.0.shared.weight" or "expert.1.4.0.weight" or "gate.1.1.bias" or "tower.1.0.weight" or "tower.1.head.weight"));
        Assert.DoesNotContain(shape.Tensors(7, 2), tensor => tensor.Name.StartsWith("gate.1.shared", StringComparison.Ordinal));
    }
}
