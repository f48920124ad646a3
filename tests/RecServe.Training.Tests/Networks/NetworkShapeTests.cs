using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

/// <summary>Parameter counts that the BARS benchmark logs for the published numbers of embedding rows.</summary>
public sealed class NetworkShapeTests
{
    private static readonly int[] Frappe = [957, 4082, 7, 7, 2, 3, 2, 9, 80, 240];
    private static readonly int[] MovieLens = [17045, 23743, 49451];

    [Theory]
    [InlineData("lr", 5_390)]
    [InlineData("fm", 59_280)]
    [InlineData("mlp", 417_891)]
    [InlineData("deepfm", 423_280)]
    [InlineData("dcnv2", 458_391)]
    public void Parameters_of_Frappe_are_the_published_ones(string model, long parameters)
    {
        Assert.Equal(5_389, Frappe.Sum());
        TrainingOptions options = ModelDefaults.Of(ModelNames.Parse(model));

        NetworkShape shape = Shape(options, Frappe);

        Assert.Equal(parameters, shape.Parameters);
        Assert.Equal(parameters, new ParameterStore(shape).Count);
    }

    [Theory]
    [InlineData("lr", 0, 90_240)]
    [InlineData("mlp", 0, 1_238_391)]
    [InlineData("dcnv2", 5, 1_243_071)]
    public void Parameters_of_MovieLens_are_the_published_ones(string model, int crossLayers, long parameters)
    {
        Assert.Equal(90_239, MovieLens.Sum());
        TrainingOptions options = ModelDefaults.Of(ModelNames.Parse(model)) with { CrossLayers = crossLayers };

        Assert.Equal(parameters, Shape(options, MovieLens).Parameters);
    }

    [Theory]
    [InlineData(4, 16, 4)]
    [InlineData(1, 100, 1)]
    public void Parameters_of_low_rank_experts_are_those_of_the_formula(int experts, int rank, int layers)
    {
        TrainingOptions options = ModelDefaults.Of(ModelKind.DcnV2) with { CrossLayers = layers };
        TrainingOptions mixture = options with { CrossExperts = experts, CrossRank = rank };
        const int Inputs = 100;

        NetworkShape shape = Shape(mixture, Frappe);

        // L · (K · (2·d·r + r²) + d) and the gates' K · d, in the place of L · (d² + d).
        Assert.Equal(Shape(options, Frappe).Parameters - (layers * Inputs * (Inputs + 1)) + (layers * ((experts * ((2 * Inputs * rank) + (rank * rank))) + Inputs)) + (experts * Inputs), shape.Parameters);
        Assert.Equal(shape.Parameters, new ParameterStore(shape).Count);
    }

    [Fact]
    public void Of_with_a_rank_beyond_the_embeddings_is_refused_by_number()
    {
        TrainingOptions options = ModelDefaults.Of(ModelKind.DcnV2) with { CrossExperts = 4, CrossRank = 32 };

        var error = Assert.Throws<TrainingException>(() => NetworkShape.Of(options, [("user", 3, 8), ("item", 4, 16)]));

        Assert.Equal("cross_rank is 32, expected 1 to 24, the floats of all embeddings", error.Message);
    }

    [Fact]
    public void Of_with_unequal_dims_and_pairs_is_refused_by_field()
    {
        var error = Assert.Throws<TrainingException>(() => NetworkShape.Of(ModelDefaults.Of(ModelKind.DeepFm), [("user", 3, 8), ("item", 4, 16)]));

        Assert.Equal("deepfm needs one embedding dim for all fields: 'user' has 8, 'item' has 16", error.Message);
    }

    [Fact]
    public void Store_of_too_many_parameters_is_refused_by_number()
    {
        NetworkShape shape = NetworkShape.Of(ModelDefaults.Of(ModelKind.Mlp), [("user", 200_000_000, 16)]);

        var error = Assert.Throws<TrainingException>(() => new ParameterStore(shape));

        Assert.Equal("the model has 3,200,330,401 parameters; the limit is 2,147,482,623", error.Message);
    }

    private static NetworkShape Shape(TrainingOptions options, int[] rows) =>
        NetworkShape.Of(options, [.. rows.Select((n, i) => ($"f{i}", n, 10))]);
}
