using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class ScorerFactoryTests
{
    private static readonly ModelPackage Dcn = new SampleModel("dcnv2", [4, 2], [3], [5, 6], 2, 1).Package;

    [Theory]
    [InlineData("mlp.0.weight", "[5, 9]")]
    [InlineData("mlp.1.weight", "[6, 5]")]
    [InlineData("mlp.1.bias", "[6]")]
    [InlineData("cross.0.weight", "[9, 9]")]
    [InlineData("cross.1.weight", "[9, 9]")]
    [InlineData("cross.1.bias", "[9]")]
    [InlineData("head.weight", "[15]")]
    [InlineData("head.bias", "[1]")]
    public void Create_tensor_of_another_shape_throws_both_shapes(string name, string expected)
    {
        ModelPackage package = Dcn with { Dense = [.. Dcn.Dense.Select(t => t.Name == name ? new DenseTensor(name, [7, 11], new float[77]) : t)] };
        PackageException error = Assert.Throws<PackageException>(() => ScorerFactory.Create(package));
        Assert.Equal($"dense tensor '{name}' has shape [7, 11], expected {expected}", error.Message);
    }

    [Theory]
    [InlineData("cross.0.in.weight", "[15, 9]")]
    [InlineData("cross.1.core.weight", "[15, 5]")]
    [InlineData("cross.1.out.weight", "[9, 15]")]
    [InlineData("cross.0.bias", "[9]")]
    [InlineData("cross.gate.weight", "[3, 9]")]
    public void Create_tensor_of_low_rank_experts_of_another_shape_throws_both_shapes(string name, string expected)
    {
        ModelPackage package = new SampleModel("dcnv2-mix", [4, 2], [3], [5, 6], 2, 1).Package;
        package = package with { Dense = [.. package.Dense.Select(t => t.Name == name ? new DenseTensor(name, [7, 11], new float[77]) : t)] };
        PackageException error = Assert.Throws<PackageException>(() => ScorerFactory.Create(package));
        Assert.Equal($"dense tensor '{name}' has shape [7, 11], expected {expected}", error.Message);
    }

    [Theory]
    [InlineData(0, 3, "architecture: cross_mixture.experts is 0, expected 1 to 16")]
    [InlineData(17, 3, "architecture: cross_mixture.experts is 17, expected 1 to 16")]
    [InlineData(2, 0, "architecture: cross_mixture.rank is 0, expected 1 to 9, the floats of all embeddings")]
    [InlineData(2, 10, "architecture: cross_mixture.rank is 10, expected 1 to 9, the floats of all embeddings")]
    public void Create_low_rank_experts_out_of_range_throw_the_limit(int experts, int rank, string message)
    {
        ModelPackage package = Dcn with { Architecture = Dcn.Architecture with { CrossMixture = new CrossMixture { Experts = experts, Rank = rank } } };
        Assert.Equal(message, Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }

    [Fact]
    public void Create_tensor_with_too_few_values_throws()
    {
        ModelPackage package = Dcn with { Dense = [.. Dcn.Dense.Select(t => t.Name == "mlp.1.bias" ? new DenseTensor(t.Name, [6], new float[5]) : t)] };
        Assert.Equal("dense tensor 'mlp.1.bias' of shape [6] has 5 values, expected 6",
            Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }

    [Fact]
    public void Create_missing_tensor_throws_its_name()
    {
        ModelPackage package = Dcn with { Dense = [.. Dcn.Dense.Where(t => t.Name != "cross.1.bias")] };
        Assert.Equal("the package has no dense tensor 'cross.1.bias'", Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }

    [Fact]
    public void Create_tensor_without_a_place_throws_its_name()
    {
        ModelPackage package = Dcn with { Dense = [.. Dcn.Dense, new DenseTensor("mlp.2.bias", [1], [0])] };
        Assert.Equal("dense tensor 'mlp.2.bias' has no place in the architecture 'dcnv2' of the manifest",
            Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }

    public static TheoryData<string, string> BadArchitectures() => new()
    {
        { "kind", "architecture.kind 'xdeepfm' is unknown; known are lr, fm, mlp, deepfm, dcnv2, mmoe, ple, moe" },
        { "no hidden", "architecture.hidden is []; dcnv2 takes at least one width, each 1 or more" },
        { "zero width", "architecture.hidden is [5, 0]; dcnv2 takes at least one width, each 1 or more" },
        { "no cross", "architecture.cross_layers is 0; dcnv2 takes 1 or more" },
        { "mixture", "architecture.cross_mixture is there; mlp takes none" },
        { "structure", "architecture.structure is 'both'; dcnv2 takes 'parallel' or 'stacked'" },
        { "no fields", "fields is empty; dcnv2 takes at least one" },
        { "linear", "field 'f0': linear is true; dcnv2 takes false" },
        { "dim", "field 'f0': dim is 0; dcnv2 takes 1 or more" },
        { "fm dims", "field 'f1': dim is 2; fm takes one dim for all fields, and that of 'f0' is 4" },
    };

    [Theory]
    [MemberData(nameof(BadArchitectures))]
    public void Create_architecture_that_the_kind_does_not_take_throws(string change, string message)
    {
        ModelArchitecture a = Dcn.Architecture;
        ModelPackage package = change switch
        {
            "kind" => Dcn with { Architecture = a with { Kind = "xdeepfm" } },
            "no hidden" => Dcn with { Architecture = a with { Hidden = [] } },
            "zero width" => Dcn with { Architecture = a with { Hidden = [5, 0] } },
            "no cross" => Dcn with { Architecture = a with { CrossLayers = 0 } },
            "mixture" => Dcn with { Architecture = new ModelArchitecture { Kind = "mlp", Hidden = [5], CrossMixture = new CrossMixture { Experts = 2, Rank = 2 } } },
            "structure" => Dcn with { Architecture = a with { Structure = "both" } },
            "no fields" => Dcn with { Fields = [] },
            "linear" => Dcn with { Fields = [Dcn.Fields[0] with { Linear = true }, .. Dcn.Fields.Skip(1)] },
            "dim" => Dcn with { Fields = [Dcn.Fields[0] with { Dim = 0 }, .. Dcn.Fields.Skip(1)] },
            _ => new SampleModel("fm", [4, 2], [3], [], 0, 1).Package,
        };
        Assert.Equal("manifest.json: " + message, Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }

    [Fact]
    public void Create_field_outside_the_schema_throws_its_name()
    {
        ModelPackage package = Dcn with { Fields = [Dcn.Fields[0] with { Name = "other" }, .. Dcn.Fields.Skip(1)] };
        Assert.Equal("manifest.json: field 'other' is not in the schema", Assert.Throws<PackageException>(() => ScorerFactory.Create(package)).Message);
    }
}
